from . import test_access_matrix
from . import test_benefit
from . import test_benefit_concurrency
from . import test_enrol
from . import test_order_points
from . import test_points
from . import test_reception
from . import test_tiers
