from . import complaint_form
from . import complaint_portal
from . import repair_portal
from . import recall_check
from . import appointment_form
from . import appointment_portal
from . import workshop_screen
from . import survey_satisfaction
