from . import crm_lead_story
from . import auto_call_story
from . import auto_competitor_story
from . import auto_market_story
from . import auto_test_drive_story
from . import auto_knowledge_story
from . import guide_story
from . import auto_referral_story
