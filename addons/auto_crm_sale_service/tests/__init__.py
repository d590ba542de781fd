from . import test_handover_satisfaction
