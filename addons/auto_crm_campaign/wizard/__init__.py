from . import auto_event_invite
from . import auto_intake_wizard
