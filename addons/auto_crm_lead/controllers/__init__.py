from . import outage
from . import import_template
from . import intake
from . import website_form
from . import guide
from . import referral
