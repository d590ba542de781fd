from . import auto_member_story
