from . import auto_repair_decide
from . import auto_repair_rework_new
