"""P6: reminders for other people, against activities of which Odoo mails each."""

from ..meter import Meter
from ..table import Row
from .p05_reminders import SIZE, activities, owners, people, remind, reminder
from .people import store


def run(env, options):
    """Measure both, taking turns."""
    company = store(env)
    # Mails are made, and left in the queue: the mail server is not measured.
    env = env(
        context={"allowed_company_ids": company.ids, "mail_notify_force_send": False}
    )
    users = people(env, company)
    rule = reminder(env, company)
    env.cr.commit()
    ours, peer = Meter(), Meter()
    for _round in range(2):
        remind(env, rule, company, users, ours)
        activities(env, owners(env, company, users), users, peer)
    return [
        Row(
            "P6",
            f"{SIZE:,} reminders for other users / activity create for another user",
            ours.cost,
            peer.cost,
            "≤ 0.125",
            ours.cost.cpu / peer.cost.cpu <= 0.125,
            "one digest a person",
        )
    ]
