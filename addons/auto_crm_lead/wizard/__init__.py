from . import auto_book_handover
from . import auto_contact_log
from . import auto_lead_shelve
from . import auto_lead_reassign
from . import crm_lead_lost
from . import auto_intake_wizard
from . import auto_call
from . import auto_erase_person
