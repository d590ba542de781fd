from . import controllers
from . import models
from . import wizard
from . import demo  # last: it extends the models
