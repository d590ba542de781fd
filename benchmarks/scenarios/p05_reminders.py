"""P5: reminding of cars that are due, among many that are not.

The peer is the cheapest way that Odoo has: activities made by its ORM in one batch, for
who runs the job, of records that somebody else has found.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from ..meter import Meter
from ..table import Row
from .people import fresh_person, store

SIZE = 1000
PEOPLE = 5
SUMMARY = "Benchmark reminder"


def run(env, options):
    """Measure the job among few cars, and among ``options.rows``."""
    company = store(env)
    # Mails are made, and left in the queue: the mail server is not measured.
    env = env(
        context={"allowed_company_ids": company.ids, "mail_notify_force_send": False}
    )
    users = people(env, company)
    rule = reminder(env, company)
    owner = env["res.partner"].create({**fresh_person(), "is_auto_customer": True})
    env.cr.commit()
    few, many, peer = Meter(), Meter(), Meter()
    for _round in range(2):
        remind(env, rule, company, users, few)
        activities(env, owners(env, company, users), env.user, peer)
    _fill(env, company, owner, options.rows)
    for _round in range(2):
        remind(env, rule, company, users, many)
        activities(env, owners(env, company, users), env.user, peer)
    growth = many.cost.cpu / few.cost.cpu
    return [
        Row(
            "P5",
            f"{SIZE:,} reminders among {options.rows:,} cars / ORM activity batch",
            many.cost,
            peer.cost,
            "≤ 1.5",
            many.cost.cpu / peer.cost.cpu <= 1.5,
            f"{growth:.2f}× of few cars",
        )
    ]


def people(env, company):
    """Return those who do the follow-ups."""
    group = env.ref("auto_crm_base.group_consultant")
    return env["res.users"].create(
        [
            {
                "name": f"Reminded person {number}",
                "login": f"bench_reminded_{number}_{fresh_person()['phone']}",
                "email": f"reminded{number}@bench.example.com",
                "group_ids": [Command.set(group.ids)],
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
            }
            for number in range(PEOPLE)
        ]
    )


def reminder(env, company):
    """Return a rule for services that are due."""
    field = env["ir.model.fields"]._get("auto.vehicle", "next_service_date")
    return env["auto.followup.rule"].create(
        {
            "name": "Benchmark rule",
            "company_id": company.id,
            "date_field_id": field.id,
            "assignee": "consultant",
            "active": False,
        }
    )


def owners(env, company, users):
    """Make SIZE customers, of these people in turn."""
    return env["res.partner"].create(
        [
            {
                **fresh_person(),
                "is_auto_customer": True,
                "auto_store_id": company.id,
                "store_ids": [Command.set(company.ids)],
                "user_id": users[number % PEOPLE].id,
            }
            for number in range(SIZE)
        ]
    )


def due_cars(env, company, users):
    """Make SIZE cars whose service is due today, each with an owner of their own."""
    cars = env["auto.vehicle"].create(
        [
            {
                "owner_id": owner.id,
                "company_id": company.id,
                "license_plate": f"浙B{owner.id}",
                "next_service_date": fields.Date.today(),
            }
            for owner in owners(env, company, users)
        ]
    )
    env.cr.commit()
    env.invalidate_all()
    return cars


def remind(env, rule, company, users, meter):
    """Measure our job, its digests with it."""
    due_cars(env, company, users)
    followups = env["auto.followup"]
    with meter.measure(env.cr, SIZE):
        made = rule._generate()
        list(followups._send_digests())
        env.cr.commit()
    if made != SIZE:
        raise AssertionError(f"{made} reminders, not {SIZE}")


def activities(env, customers, users, meter):
    """Measure Odoo's own activities for as many records."""
    model_id = env["ir.model"]._get_id("res.partner")
    kind = env.ref("mail.mail_activity_data_call")
    env.cr.commit()
    env.invalidate_all()
    with meter.measure(env.cr, SIZE):
        env["mail.activity"].create(
            [
                {
                    "activity_type_id": kind.id,
                    "res_model_id": model_id,
                    "res_id": customer_id,
                    "user_id": users[number % len(users)].id,
                    "date_deadline": fields.Date.today(),
                    "summary": SUMMARY,
                }
                for number, customer_id in enumerate(customers.ids)
            ]
        )
        env.cr.commit()


def _fill(env, company, owner, rows):
    """Bring the cars that are not due up to ``rows``, as raw SQL.

    They stay, for the database is thrown away.
    """
    env.flush_all()
    there = env["auto.vehicle"].search_count([("license_plate", "=like", "FILL%")])
    env.cr.execute(
        SQL(
            """
            INSERT INTO auto_vehicle
                (license_plate, owner_id, company_id, active, next_service_date,
                 supply_state, sale_state, create_date)
            SELECT 'FILL' || i, %(owner)s, %(company)s, true,
                   %(first)s::date + (i %% 300)::int, 'out', 'third_party', now()
              FROM generate_series(%(there)s + 1, %(rows)s) AS i
            """,
            owner=owner.id,
            company=company.id,
            first=fields.Date.today() + timedelta(days=60),
            there=there,
            rows=rows,
        )
    )
    env.cr.commit()
    env.cr.execute(SQL("ANALYZE auto_vehicle"))
    env.cr.commit()
