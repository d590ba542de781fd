"""The rows of the scoreboard, one module each.

A module offers ``run(env, options)`` and returns a list of ``Row``. ``env`` is that of
a throw-away database with the addons and their demo data; what a scenario commits
there is nobody else's business.
``options.plain`` is an environment of a database with Odoo's own addons alone.
"""

from . import (
    p01_intake,
    p02_intake_batch,
    p03_duplicates,
    p04_followup,
    p12_repair,
    p13_complaint,
    p05_reminders,
    p06_other_users,
    p07_allocation,
    p14_install,
    p15_contract,
)

ALL = {
    "P1": p01_intake,
    "P2": p02_intake_batch,
    "P4": p04_followup,
    "P6": p06_other_users,
    "P7": p07_allocation,
    "P5": p05_reminders,  # leaves a million cars behind
    "P3": p03_duplicates,  # leaves a million prospects behind, so after the others
    "P12": p12_repair,
    "P13": p13_complaint,
    "P14": p14_install,
    "P15": p15_contract,
}
