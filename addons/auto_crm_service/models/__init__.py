from . import auto_skill
from . import auto_bay
from . import auto_technician
from . import auto_labour_operation
from . import auto_labour_rate
