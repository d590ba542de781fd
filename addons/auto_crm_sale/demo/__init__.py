from . import res_company_story
