from . import test_cadence
from . import test_grade
from . import test_intake
