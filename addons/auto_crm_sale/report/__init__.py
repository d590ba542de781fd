from . import auto_cross_sell_report
