from . import auto_followup_result
