from . import auto_campaign_report
