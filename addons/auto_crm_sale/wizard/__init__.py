from . import account_payment_register
from . import auto_take_payment
from . import auto_reservation_cancel
