from . import auto_cross_sell_report
from . import auto_sales_result
from . import auto_sales_target_report
from . import auto_used_car_report
