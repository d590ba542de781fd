from . import auto_call
