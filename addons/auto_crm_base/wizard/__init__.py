from . import auto_vehicle_change_owner
from . import auto_vehicle_find
from . import auto_approval_refuse
