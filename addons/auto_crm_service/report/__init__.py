from . import auto_followup_result
from . import auto_satisfaction_ranking
