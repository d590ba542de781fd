from . import account_payment_register
from . import auto_take_payment
from . import auto_reservation_cancel
from . import auto_commission_compute
from . import auto_commission_pay
from . import auto_sales_plan_fill
