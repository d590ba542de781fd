from . import auto_vehicle_story
