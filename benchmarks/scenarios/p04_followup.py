"""P4: reminding of 1,000 prospects that are due, against a base_automation rule."""

from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from ..meter import Meter
from ..table import Row
from .people import fresh_person, store

SIZE = 1000


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
        _due_prospects(env)
        with ours.measure(env.cr, SIZE):
            env["crm.lead"]._cron_followup_remind()
            env.cr.commit()
        rule.active = True
        with peer.measure(env.cr, SIZE):
            env["base.automation"]._cron_process_time_based_actions()
            env.cr.commit()
        rule.active = False
        env.cr.commit()
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
    """Make SIZE prospects whose next follow-up is today."""
    env["crm.lead"]._intake_batch(
        [{"values": fresh_person(), "channel": "event"} for _ in range(SIZE)]
    )
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            UPDATE crm_lead SET next_followup_date = %s, user_id = %s
             WHERE id IN (SELECT id FROM crm_lead ORDER BY id DESC LIMIT %s)
            """,
            fields.Date.today() - timedelta(days=1),
            env.uid,
            SIZE,
        )
    )
    env.cr.commit()
    env.invalidate_all()


def _automation(env):
    """Return a time-based rule that makes an activity for each due prospect."""
    model = env["ir.model"]._get("crm.lead")
    action = env["ir.actions.server"].create(
        {
            "name": "Benchmark reminder",
            "model_id": model.id,
            "state": "next_activity",
            "activity_type_id": env.ref("mail.mail_activity_data_todo").id,
            "activity_summary": "Follow up",
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
            "filter_domain": "[('name', 'like', 'Benchmark Person')]",
            "action_server_ids": [(6, 0, action.ids)],
            "active": False,
        }
    )
