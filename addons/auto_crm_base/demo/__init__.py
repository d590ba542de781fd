from . import auto_vehicle_story
from . import auto_knowledge_story
