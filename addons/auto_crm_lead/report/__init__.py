from . import auto_lead_response_report
from . import auto_lead_grade_report
from . import auto_call_report
from . import auto_competitor_result
