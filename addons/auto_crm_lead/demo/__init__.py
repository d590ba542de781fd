from . import crm_lead_story
from . import auto_call_story
