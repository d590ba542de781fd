from odoo import api, fields, models
from odoo.tools import SQL


class AutoLeadResponseReport(models.Model):
    """How soon prospects are answered, for each prospect that was received.

    The median stands beside the number of prospects that were never answered, since
    a median of those answered says nothing about the others. Time counts in the
    working hours of the store. An answer stays with whose prospect it was then; a
    prospect that waits is whose it is now.
    """

    _name = "auto.lead.response.report"
    _description = "Response time"
    _auto = False
    _order = "received_date desc, id desc"
    _rec_name = "lead_id"
    _depends = {
        "crm.lead": [
            "company_id",
            "first_touch_date",
            "grade_id",
            "intake_channel_id",
            "received_date",
            "response_band",
            "response_minutes",
            "user_id",
        ],
        "auto.lead.event": ["assigned_id", "kind", "lead_id"],
    }

    lead_id = fields.Many2one(comodel_name="crm.lead", string="Prospect", readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", readonly=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Consultant", readonly=True
    )
    intake_channel_id = fields.Many2one(
        comodel_name="auto.intake.channel", string="Channel", readonly=True
    )
    grade_id = fields.Many2one(
        comodel_name="auto.lead.grade", string="Grade", readonly=True
    )
    received_date = fields.Datetime(string="Received", readonly=True)
    first_touch_date = fields.Datetime(string="First human contact", readonly=True)
    response_minutes = fields.Integer(
        string="Median response (working minutes)",
        readonly=True,
        aggregator="median",
        help="The middle one of those answered; see the never answered beside it.",
    )
    band = fields.Selection(
        selection=lambda self: (
            self.env["crm.lead"]
            ._fields["response_band"]
            ._description_selection(self.env)
        ),
        string="Response",
        readonly=True,
    )
    answered = fields.Integer(readonly=True, aggregator="sum")
    never_answered = fields.Integer(
        string="Never answered", readonly=True, aggregator="sum"
    )
    never_share = fields.Float(
        string="Never answered (%)", readonly=True, aggregator="avg"
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT lead.id,
                   lead.id AS lead_id,
                   lead.company_id,
                   COALESCE(touch.assigned_id, lead.user_id) AS user_id,
                   lead.intake_channel_id,
                   lead.grade_id,
                   lead.received_date,
                   lead.first_touch_date,
                   CASE WHEN lead.first_touch_date IS NOT NULL
                        THEN lead.response_minutes END AS response_minutes,
                   CASE WHEN lead.first_touch_date IS NULL THEN 'never'
                        ELSE lead.response_band END AS band,
                   (lead.first_touch_date IS NOT NULL)::int AS answered,
                   (lead.first_touch_date IS NULL)::int AS never_answered,
                   CASE WHEN lead.first_touch_date IS NULL THEN 100.0 ELSE 0.0 END
                        AS never_share
              FROM crm_lead lead
         LEFT JOIN LATERAL (
                    SELECT event.assigned_id
                      FROM auto_lead_event event
                     WHERE event.lead_id = lead.id AND event.kind = 'first_touch'
                  ORDER BY event.id
                     LIMIT 1
                   ) touch ON TRUE
             WHERE lead.received_date IS NOT NULL
            """
        )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == "response_minutes:median":
            return SQL(
                "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %s)",
                self._field_to_sql(self._table, "response_minutes", query),
            )
        return super()._read_group_select(aggregate_spec, query)

    def action_open_lead(self):
        """Open the prospect behind a line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "view_mode": "form",
        }
