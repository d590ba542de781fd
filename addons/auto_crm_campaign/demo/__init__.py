from . import auto_campaign_story
