from . import test_workshop_config
