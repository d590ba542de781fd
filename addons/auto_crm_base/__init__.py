from . import controllers
from . import models, tools, wizard
from . import demo  # last: it extends the models
