from . import auto_contact_log
from . import auto_lead_shelve
