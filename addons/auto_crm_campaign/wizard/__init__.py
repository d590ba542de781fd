from . import auto_event_invite
from . import auto_intake_wizard
from . import sms_composer
