from . import repair_order_story
from . import auto_complaint_story
from . import auto_recall_story
from . import auto_care_story
from . import auto_claim_story
from . import auto_shop_story
from . import auto_satisfaction_story
from . import auto_appointment_story
