from . import models
from . import demo  # last: it extends the models
