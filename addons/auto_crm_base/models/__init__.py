from . import auto_append_only_mixin
from . import auto_store_mixin
from . import auto_access_log
from . import auto_vehicle
from . import auto_contact
from . import res_partner
from . import res_users
from . import ir_http
