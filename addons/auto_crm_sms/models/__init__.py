from . import mail_notification
