"""P7: giving 400 prospects to consultants, against Odoo's own assignment."""

from ..meter import Meter
from ..table import Row
from .people import fresh_person, store

SIZE = 400
PEOPLE = 5
QUERIES = 10


def run(env, options):
    """Measure both, taking turns."""
    company = store(env)
    env = env(context={"allowed_company_ids": company.ids})
    _rule(env, company)
    team = _team(options.plain)
    ours, peer = Meter(), Meter()
    for warming in (True, False):
        for _round in range(1 if warming else 3):
            _ours(env, company, Meter() if warming else ours)
            _peer(options.plain, team, Meter() if warming else peer)
    queries = ours.cost.queries / (ours.cost.units / SIZE)
    ratio = ours.cost.cpu / peer.cost.cpu
    return [
        Row(
            "P7",
            f"assigning {SIZE} prospects to {PEOPLE} people / crm's own assignment",
            ours.cost,
            peer.cost,
            f"≤ 0.333, ≤ {QUERIES} queries",
            ratio <= 1 / 3 and queries <= QUERIES,
            f"{queries:.0f} queries for all",
        )
    ]


def _users(env, company, group):
    people = [fresh_person() for _ in range(PEOPLE)]
    return env["res.users"].create(
        [
            {
                "name": person["name"],
                "login": person["email"],
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "group_ids": [(4, env.ref(group).id)],
            }
            for person in people
        ]
    )


def _rule(env, company):
    """Let a rule of its own give the store's prospects to as many people."""
    users = _users(env, company, "auto_crm_base.group_consultant")
    env["auto.allocation.rule"].create(
        {
            "name": "Benchmark",
            "sequence": -1,
            "company_ids": [(6, 0, company.ids)],
            "user_ids": [(6, 0, users.ids)],
            "method": "least",
            "working_hours": "ignore",
        }
    )
    env.cr.commit()


def _team(env):
    """Return a team whose members take as many prospects as there are."""
    env["ir.config_parameter"].set_param("crm.lead.auto.assignment", True)
    users = _users(env, env.company, "sales_team.group_sale_salesman")
    team = env["crm.team"].create(
        {
            "name": "Benchmark",
            "use_leads": True,
            "company_id": env.company.id,
            "crm_team_member_ids": [
                (0, 0, {"user_id": user.id, "assignment_max": 100 * SIZE})
                for user in users
            ],
        }
    )
    env.cr.commit()
    return team


def _prospects(env, **values):
    leads = (
        env["crm.lead"]
        .with_context(tracking_disable=True)
        .create(
            [
                {
                    "name": person["name"],
                    "contact_name": person["name"],
                    "phone": person["phone"],
                    "email_from": person["email"],
                    "user_id": False,
                    "team_id": False,
                    "probability": 10,
                    **values,
                }
                for person in (fresh_person() for _ in range(SIZE))
            ]
        )
        .with_context(tracking_disable=False)
    )
    env.cr.commit()
    env.invalidate_all()
    return leads


def _ours(env, company, meter):
    leads = _prospects(env, type="opportunity", company_id=company.id)
    with meter.measure(env.cr, SIZE):
        leads._allocate()
        env.cr.commit()
    _check(leads)


def _peer(env, team, meter):
    leads = _prospects(env, type="lead")
    with meter.measure(env.cr, SIZE):
        team._action_assign_leads(force_quota=True)
        env.cr.commit()
    _check(leads)


def _check(leads):
    """Fail unless all were given away: what did not run would look cheap."""
    left = leads.filtered(lambda lead: not lead.user_id)
    if left:
        raise AssertionError(f"{len(left)} of {len(leads)} have nobody")
