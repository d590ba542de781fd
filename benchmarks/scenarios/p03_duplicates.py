"""P3: finding the open prospect of a person, against crm's own duplicate search.

While there are many prospects, it also measures whether an intake (P1) costs more.
"""

from ..meter import Meter
from ..table import Row
from . import p01_intake
from .people import fill_leads, store


def run(env, options):
    """Measure at 10,000 prospects and at ``options.rows``."""
    company = store(env)
    env = env(context={"allowed_company_ids": company.ids})
    small = _at_size(env, company, 10_000, options)
    large = _at_size(env, company, options.rows, options)
    growth = large[0].cpu / small[0].cpu if small[0].cpu else float("inf")
    times = large[1].cpu / large[0].cpu if large[0].cpu else float("inf")
    note = f"{times:.0f}× faster; {growth:.2g}× of 10,000"
    return [
        Row("P3", "look-up, 10,000 prospects", *small[:2], "", True),
        Row(
            "P3",
            f"look-up, {options.rows:,} prospects / _get_lead_duplicates",
            *large[:2],
            "≥ 20× faster, ≤ 1.5× of 10,000",
            times >= 20 and growth <= 1.5,
            note,
        ),
        Row(
            "P3",
            f"intake (P1) among {options.rows:,} prospects / among 10,000",
            large[2],
            small[2],
            "≤ 1.3",
            large[2].cpu <= 1.3 * small[2].cpu,
        ),
    ]


def _at_size(env, company, rows, options):
    fill_leads(env, company, rows)
    ours, peer = Meter(), Meter()
    lead = env["crm.lead"]
    rounds = 20 * options.rounds
    step = max(1, rows // rounds)
    for number in range(1, rows + 1, step):
        phone = f"+86137{number:08d}"
        email = f"filler{number}@bench.example.com"
        env.invalidate_all()
        with ours.measure(env.cr):
            held = env["auto.lead.identity"]._holders(
                [(company.id, "phone", phone), (company.id, "email", email)]
            )
        env.invalidate_all()
        with peer.measure(env.cr):
            duplicates = lead._get_lead_duplicates(email=email)
        if set(held.values()) != set(duplicates.ids):
            raise AssertionError(f"{email}: {held} is not {duplicates}")
    intake = p01_intake.measure_intakes(env, options.rounds)
    return ours.cost, peer.cost, intake
