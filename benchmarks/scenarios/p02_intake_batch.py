"""P2: an event list of 1,000 people, against creating as many leads in one batch."""

from ..meter import Meter
from ..table import Row
from .people import fresh_person, store

SIZE = 1000


def run(env, options):
    """Measure both, taking turns."""
    company = store(env)
    env = env(context={"allowed_company_ids": company.ids})
    ours, peer, plain = Meter(), Meter(), options.plain
    for _round in range(max(2, options.rounds // 20)):
        people = [fresh_person() for _ in range(SIZE)]
        with ours.measure(env.cr, SIZE):
            env["crm.lead"]._intake_batch(
                [{"values": person, "channel": "event"} for person in people]
            )
            env.cr.commit()
        env.invalidate_all()
        people = [fresh_person() for _ in range(SIZE)]
        with peer.measure(plain.cr, SIZE):
            plain["crm.lead"].create(
                [
                    {
                        "name": person["name"],
                        "contact_name": person["name"],
                        "phone": person["phone"],
                        "email_from": person["email"],
                        "type": "opportunity",
                    }
                    for person in people
                ]
            )
            plain.cr.commit()
        plain.invalidate_all()
    queries = ours.cost.per_unit()[0]
    return [
        Row(
            "P2",
            f"intake of {SIZE:,} / crm.lead batch create",
            ours.cost,
            peer.cost,
            "≤ 0.5, ≤ 2 queries a lead",
            ours.cost.cpu / peer.cost.cpu <= 0.5 and queries <= 2,
        )
    ]
