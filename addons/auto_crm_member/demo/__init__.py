from . import res_company_story
from . import auto_member_story
