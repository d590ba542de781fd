from . import sms_incoming
