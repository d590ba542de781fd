from . import auto_lead_grade
from . import auto_lead_horizon
from . import auto_intake_channel
from . import auto_contact
from . import crm_lead
