"""P1: one intake with recognition of the person, committed, against crm.lead create."""

from ..meter import Meter
from ..table import Row
from .people import fresh_person, store


def run(env, options):
    """Measure both, taking turns, ``options.rounds`` times each."""
    company = store(env)
    env = env(context={"allowed_company_ids": company.ids})
    ours, peer = Meter(), Meter()
    for warming in (True, False):
        for _round in range(3 if warming else options.rounds):
            _one(env, _intake, Meter() if warming else ours)
            _one(options.plain, _create, Meter() if warming else peer)
    extra = ours.cost.per_unit()[0] - peer.cost.per_unit()[0]
    ratio = ours.cost.cpu / peer.cost.cpu
    return [
        Row(
            "P1",
            "intake, single, with recognition and commit / crm.lead create",
            ours.cost,
            peer.cost,
            "≤ 1.25, ≤ +6 queries",
            ratio <= 1.25 and extra <= 6,
            f"{extra:+.1f} queries",
        )
    ]


def measure_intakes(env, rounds):
    """Return what one intake costs now."""
    meter = Meter()
    for number in range(3 + rounds):
        _one(env, _intake, meter if number >= 3 else Meter())
    return meter.cost


def _one(env, work, meter):
    env.invalidate_all()
    person = fresh_person()
    with meter.measure(env.cr):
        work(env, person)
        env.cr.commit()


def _intake(env, person):
    env["crm.lead"]._intake(person, "website")


def _create(env, person):
    env["crm.lead"].create(
        {
            "name": person["name"],
            "contact_name": person["name"],
            "phone": person["phone"],
            "email_from": person["email"],
            "type": "opportunity",
        }
    )
