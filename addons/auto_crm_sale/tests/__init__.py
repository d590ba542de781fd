from . import test_reservation
from . import test_contract_stock
from . import test_contract_approval
