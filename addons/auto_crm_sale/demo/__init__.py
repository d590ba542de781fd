from . import res_company_story
from . import sale_order_demo
from . import auto_handover_story
from . import auto_vehicle_story
from . import auto_vehicle_transfer_story
from . import auto_reservation_story
from . import auto_sales_plan_story
from . import auto_tradein_story
