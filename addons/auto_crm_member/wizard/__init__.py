from . import auto_erase_person
from . import auto_member_end
from . import auto_member_enrol
from . import auto_member_points
from . import auto_member_tier_change
from . import auto_member_use
from . import base_partner_merge
