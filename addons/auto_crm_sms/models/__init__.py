from . import auto_followup_rule
from . import mail_notification
