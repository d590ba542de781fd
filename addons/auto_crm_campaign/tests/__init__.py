from . import test_bulk_mail
from . import test_bulk_message
from . import test_bulk_sending
from . import test_campaign
from . import test_campaign_concurrency
from . import test_campaign_event
from . import test_campaign_rights
from . import test_sms_gateway
