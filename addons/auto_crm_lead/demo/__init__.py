from . import crm_lead_story
