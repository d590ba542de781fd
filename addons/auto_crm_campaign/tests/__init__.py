from . import test_campaign
from . import test_campaign_event
from . import test_campaign_rights
