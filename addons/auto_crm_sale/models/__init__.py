from . import res_company
from . import auto_reservation
from . import auto_vehicle
from . import sale_order
from . import sale_order_line
from . import stock_move
from . import stock_rule
