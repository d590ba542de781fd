from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.auto_crm_base.models.auto_followup_rule import SUBJECTS


class AutoFollowupResult(models.Model):
    """What reminders lead to: due, talked to, booked, came."""

    _name = "auto.followup.result"
    _description = "Result of follow-ups"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "followup_id"
    _depends = {
        "auto.followup": [
            "company_id",
            "complaint_id",
            "date_booked",
            "date_came",
            "date_contacted",
            "date_occurrence",
            "partner_id",
            "rule_id",
            "state",
            "user_id",
            "vehicle_id",
        ],
        "auto.followup.rule": ["subject", "visit_days"],
    }

    followup_id = fields.Many2one(
        comodel_name="auto.followup", string="Follow-up", readonly=True
    )
    date = fields.Date(string="Due", readonly=True)
    rule_id = fields.Many2one(
        comodel_name="auto.followup.rule", string="Reason", readonly=True
    )
    subject = fields.Selection(selection=SUBJECTS, readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", readonly=True
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Done by", readonly=True)
    due = fields.Integer(string="Follow-ups", readonly=True)
    talked = fields.Integer(string="Talked to", readonly=True)
    booked = fields.Integer(readonly=True)
    came = fields.Integer(readonly=True)
    unhappy = fields.Integer(string="Complaints", readonly=True)
    talked_rate = fields.Float(
        string="Talked to (%)", readonly=True, aggregator="avg", digits=(5, 1)
    )
    booked_rate = fields.Float(
        string="Booked (%)", readonly=True, aggregator="avg", digits=(5, 1)
    )
    came_rate = fields.Float(
        string="Came (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of all that were due, whether somebody was reached or not.",
    )
    days = fields.Float(
        string="Days until they came", readonly=True, aggregator="avg", digits=(6, 1)
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT f.id, f.id AS followup_id, f.date_occurrence AS date, f.rule_id,
                   rule.subject, f.company_id, f.user_id, 1 AS due,
                   (f.date_contacted IS NOT NULL)::int AS talked,
                   (f.date_booked IS NOT NULL)::int AS booked,
                   (f.date_came IS NOT NULL)::int AS came,
                   (f.complaint_id IS NOT NULL)::int AS unhappy,
                   100.0 * (f.date_contacted IS NOT NULL)::int AS talked_rate,
                   100.0 * (f.date_booked IS NOT NULL)::int AS booked_rate,
                   100.0 * (f.date_came IS NOT NULL)::int AS came_rate,
                   (f.date_came - COALESCE(f.date_contacted, f.date_occurrence))::float
                       AS days
              FROM auto_followup f
              JOIN auto_followup_rule rule ON rule.id = f.rule_id
            """
        )
