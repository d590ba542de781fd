from odoo import SUPERUSER_ID, fields, models
from odoo.tools import SQL

# Results of a call in which somebody spoke with the customer.
REACHED = (
    "reached",
    "unhappy",
    "call_back",
    "appointment",
    "visited",
    "not_interested",
    "opt_out",
)


class AutoCallReport(models.Model):
    """Each agent's calls, and the prospects taken in by phone with what became of them.

    A line is a call of the contact log, or a prospect that an agent registered by
    phone. A sale counts on the day on which its prospect was taken in, so that sold
    and taken in are of the same people. Who calls us is always reached.
    """

    _name = "auto.call.report"
    _description = "Calls of agents"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "user_id"
    _depends = {
        "auto.contact": [
            "call_entry_id",
            "call_reason_id",
            "channel",
            "company_id",
            "date",
            "direction",
            "duration",
            "lead_id",
            "partner_id",
            "result",
            "user_id",
        ],
        "auto.call.list.entry": ["list_id"],
        "auto.lead.intake": ["channel_id", "created", "date", "lead_id"],
        "auto.intake.channel": ["code"],
        "crm.lead": ["company_id", "partner_id", "won_status"],
    }

    kind = fields.Selection(
        selection=[("call", "Call"), ("intake", "Prospect taken in")], readonly=True
    )
    date = fields.Datetime(readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Agent", readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    lead_id = fields.Many2one(comodel_name="crm.lead", string="Prospect", readonly=True)
    contact_id = fields.Many2one(
        comodel_name="auto.contact", string="Contact", readonly=True
    )
    list_id = fields.Many2one(
        comodel_name="auto.call.list", string="Call list", readonly=True
    )
    call_reason_id = fields.Many2one(
        comodel_name="auto.call.reason", string="Reason", readonly=True
    )
    direction = fields.Selection(
        selection=lambda self: (
            self.env["auto.contact"]
            ._fields["direction"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    result = fields.Selection(
        selection=lambda self: (
            self.env["auto.contact"]._fields["result"]._description_selection(self.env)
        ),
        readonly=True,
    )
    calls = fields.Integer(readonly=True, aggregator="sum")
    reached = fields.Integer(readonly=True, aggregator="sum")
    reached_share = fields.Float(
        string="Reached (%)", readonly=True, aggregator="avg", help="Of all calls."
    )
    appointments = fields.Integer(readonly=True, aggregator="sum")
    duration = fields.Integer(string="Duration (s)", readonly=True, aggregator="avg")
    intakes = fields.Integer(string="Taken in", readonly=True, aggregator="sum")
    sold = fields.Integer(
        readonly=True,
        aggregator="sum",
        help="Of the prospects taken in, those that ended in a sale.",
    )
    sold_share = fields.Float(
        string="Sold (%)",
        readonly=True,
        aggregator="avg",
        help="Of the prospects taken in.",
    )

    @property
    def _table_query(self) -> SQL:
        # Numbers of both sources, even and odd, so that a line keeps its own.
        return SQL(
            """
            SELECT contact.id * 2 AS id, 'call' AS kind, contact.date,
                   contact.user_id, contact.company_id, contact.partner_id,
                   contact.lead_id, contact.id AS contact_id, entry.list_id,
                   contact.call_reason_id, contact.direction, contact.result,
                   NULLIF(contact.duration, 0) AS duration, 1 AS calls,
                   spoke.with_customer::int AS reached,
                   CASE WHEN spoke.with_customer THEN 100.0 ELSE 0.0 END
                       AS reached_share,
                   (contact.result = 'appointment')::int AS appointments,
                   0 AS intakes, 0 AS sold, NULL::float AS sold_share
              FROM auto_contact contact
         LEFT JOIN auto_call_list_entry entry ON entry.id = contact.call_entry_id
CROSS JOIN LATERAL (SELECT contact.direction = 'in'
                        OR COALESCE(contact.result IN %(reached)s, FALSE)
                        AS with_customer) spoke
             WHERE contact.channel = 'phone' AND contact.user_id IS NOT NULL
         UNION ALL
            SELECT intake.id * 2 + 1, 'intake', intake.date, intake.create_uid,
                   lead.company_id, lead.partner_id, lead.id, NULL, NULL, NULL,
                   NULL, NULL, NULL, 0, 0, NULL, 0, 1,
                   (lead.won_status = 'won')::int,
                   CASE WHEN lead.won_status = 'won' THEN 100.0 ELSE 0.0 END
              FROM auto_lead_intake intake
              JOIN auto_intake_channel channel ON channel.id = intake.channel_id
              JOIN crm_lead lead ON lead.id = intake.lead_id
             WHERE intake.created AND channel.code = 'phone'
               AND intake.create_uid != %(system)s
            """,
            reached=REACHED,
            system=SUPERUSER_ID,
        )

    def action_open(self):
        """Open the prospect or the contact behind a line."""
        self.ensure_one()
        record = self.lead_id or self.contact_id
        if record == self.lead_id and not self.lead_id.has_access("read"):
            record = self.contact_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
