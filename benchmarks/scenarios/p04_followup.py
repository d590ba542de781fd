"""P4: reminding of 1,000 prospects that are due, against a base_automation rule."""

from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from ..meter import Meter
from ..table import Row
from .people import fresh_person, store

SIZE = 1000
SUMMARY = "Benchmark follow-up"


def run(env, options):
    """Measure our job and Odoo's time-based rule over as many due prospects."""
    module = env["ir.module.module"].search([("name", "=", "base_automation")])
    if module.state != "installed":
        module.button_immediate_install()
        env = module.env
    company = store(env)
    env = env(context={"allowed_company_ids": company.ids})
    ours, peer = Meter(), Meter()
    rule = _automation(env)
    for _round in range(2):
        due = _due_prospects(env)
        with ours.measure(env.cr, SIZE):
            env["crm.lead"]._cron_followup_remind()
            env.cr.commit()
        _check_done(env, [("auto_lead_id", "in", due)])
        rule.write(
            {
                "filter_domain": repr([("id", "in", due)]),
                "last_run": False,
                "active": True,
            }
        )
        env.cr.commit()
        with peer.measure(env.cr, SIZE):
            env["base.automation"]._cron_process_time_based_actions()
            env.cr.commit()
        rule.active = False
        env.cr.commit()
        _check_done(env, [("summary", "=", SUMMARY), ("res_id", "in", due)])
    queries = ours.cost.per_unit()[0]
    return [
        Row(
            "P4",
            f"follow-up job, {SIZE:,} due / base_automation",
            ours.cost,
            peer.cost,
            "≤ 0.05, ≤ 0.2 queries a lead",
            ours.cost.cpu / peer.cost.cpu <= 0.05 and queries <= 0.2,
        )
    ]


def _due_prospects(env):
    """Make SIZE prospects whose follow-up is overdue, and return their ids.

    They belong to the consultants that the intake chose, not to who runs the jobs.
    Whatever else is due is done before, so that both sides do these and no others.
    """
    env["crm.lead"]._cron_followup_remind()
    leads = env["crm.lead"]._intake_batch(
        [{"values": fresh_person(), "channel": "event"} for _ in range(SIZE)]
    )
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            UPDATE crm_lead SET next_followup_date = %s
             WHERE id IN %s
            """,
            fields.Date.today() - timedelta(days=1),
            tuple(leads.ids),
        )
    )
    env.cr.commit()
    env.invalidate_all()
    return leads.ids


def _check_done(env, domain):
    """Fail unless SIZE reminders were made: what did not run would look cheap."""
    made = env["mail.activity"].search_count(domain)
    if made != SIZE:
        raise AssertionError(f"{made} reminders of {domain[0][0]}, not {SIZE}")


def _automation(env):
    """Return a time-based rule that makes an activity for each due prospect."""
    model = env["ir.model"]._get("crm.lead")
    action = env["ir.actions.server"].create(
        {
            "name": "Benchmark reminder",
            "model_id": model.id,
            "state": "next_activity",
            "activity_type_id": env.ref("mail.mail_activity_data_todo").id,
            "activity_summary": SUMMARY,
            "activity_user_type": "generic",
            "activity_user_field_name": "user_id",
        }
    )
    return env["base.automation"].create(
        {
            "name": "Benchmark reminder",
            "model_id": model.id,
            "trigger": "on_time",
            "trg_date_id": env["ir.model.fields"]
            ._get("crm.lead", "next_followup_date")
            .id,
            "trg_date_range": 0,
            "trg_date_range_type": "hour",
            "action_server_ids": [(6, 0, action.ids)],
            "active": False,
        }
    )
