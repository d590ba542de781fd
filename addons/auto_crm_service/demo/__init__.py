from . import repair_order_story
