from . import test_reservation
from . import test_contract_stock
from . import test_contract_approval
from . import test_sale_addon
from . import test_group_agreement
