from . import test_estimate
from . import test_labour_time
from . import test_member_discount
from . import test_parts
from . import test_reception
from . import test_repair_order
from . import test_settlement
from . import test_workshop_config
