from odoo import api, fields, models
from odoo.tools import SQL

#: Room for as many sources in the numbers of the lines.
SOURCES = 16


class AutoCampaignReport(models.Model):
    """Each guest, prospect, test drive, contract and cost of a campaign as one line.

    Built from the same sources as the figures on the campaign.
    """

    _name = "auto.campaign.report"
    _description = "Campaign result"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "campaign_id"

    campaign_id = fields.Many2one(
        comodel_name="utm.campaign", string="Campaign", readonly=True
    )
    kind_id = fields.Many2one(
        comodel_name="auto.campaign.kind", string="Kind of campaign", readonly=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Datetime(readonly=True)
    source = fields.Char(readonly=True)
    source_name = fields.Char(string="What", compute="_compute_source_name")
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    invited = fields.Integer(readonly=True)
    attended = fields.Integer(readonly=True)
    leads = fields.Integer(string="Prospects", readonly=True)
    test_drives = fields.Integer(readonly=True)
    reservations = fields.Integer(readonly=True)
    orders = fields.Integer(string="Contracts", readonly=True)
    revenue = fields.Monetary(readonly=True)
    budget = fields.Monetary(readonly=True)
    cost = fields.Monetary(readonly=True)

    @api.depends("source")
    @api.depends_context("lang")
    def _compute_source_name(self):
        results = self.env["utm.campaign"]._auto_results()
        names = {key: source["label"] for key, source in results.items()}
        names["guests"] = self.env._("Guests")
        names["costs"] = self.env._("Costs")
        for line in self:
            line.source_name = names.get(line.source, "")

    @property
    def _table_query(self):
        parts = [
            self._result_part(index, key, source)
            for index, (key, source) in enumerate(
                self.env["utm.campaign"]._auto_results().items(), start=2
            )
        ]
        return SQL(
            """
            SELECT fact.*, campaign.auto_kind_id AS kind_id
              FROM (%s) fact
              JOIN utm_campaign campaign ON campaign.id = fact.campaign_id
             WHERE campaign.auto_store_id IS NOT NULL
            """,
            SQL(" UNION ALL ").join([self._guest_part(), self._cost_part(), *parts]),
        )

    @api.model
    def _guest_part(self):
        return SQL(
            """
            SELECT guest.id::bigint * %s AS id, event.auto_campaign_id AS campaign_id,
                   guest.company_id, event.date_begin AS date, 'guests' AS source,
                   'event.registration' AS res_model, guest.id AS res_id,
                   1 AS invited, (guest.state = 'done')::int AS attended, 0 AS leads,
                   0 AS test_drives, 0 AS reservations, 0 AS orders,
                   0::numeric AS revenue, 0::numeric AS budget, 0::numeric AS cost
              FROM event_registration guest
              JOIN event_event event ON event.id = guest.event_id
             WHERE guest.active AND guest.state != 'cancel'
            """,
            SOURCES,
        )

    @api.model
    def _cost_part(self):
        return SQL(
            """
            SELECT cost.id::bigint * %s + 1, cost.campaign_id, cost.company_id,
                   COALESCE(cost.date, campaign.auto_date_begin)::timestamp, 'costs',
                   'auto.campaign.cost', cost.id, 0, 0, 0, 0, 0, 0, 0::numeric,
                   cost.planned_amount,
                   CASE WHEN cost.state = 'booked' THEN cost.actual_amount ELSE 0 END
              FROM auto_campaign_cost cost
              JOIN utm_campaign campaign ON campaign.id = cost.campaign_id
            """,
            SOURCES,
        )

    @api.model
    def _result_part(self, index, key, source):
        """Return the lines of one source of ``utm.campaign._auto_results``."""
        # All records: this model's own rule says which the user reads.
        model = self.env[source["model"]].sudo().with_context(active_test=False)
        query = model._search(source["domain"])
        table = model._table
        campaign = model._read_group_groupby(table, source["campaign"], query)
        amount = SQL("0::numeric")
        if source.get("amount"):
            amount = SQL(
                "%s / COALESCE(NULLIF(%s, 0), 1)::numeric",
                model._field_to_sql(table, source["amount"], query),
                model._field_to_sql(table, source["rate"], query),
            )
        query.add_where(SQL("%s IS NOT NULL", campaign))
        return query.select(
            SQL("%s::bigint * %s + %s", SQL.identifier(table, "id"), SOURCES, index),
            campaign,
            SQL.identifier(table, "company_id"),
            model._field_to_sql(table, source["date"], query),
            SQL("%s", key),
            SQL("%s", source["model"]),
            SQL.identifier(table, "id"),
            SQL("0"),
            SQL("0"),
            *(
                SQL("1") if key == name else SQL("0")
                for name in ("leads", "test_drives", "reservations", "orders")
            ),
            amount,
            SQL("0::numeric"),
            SQL("0::numeric"),
        )

    def action_open(self):
        """Open the record that the line counts."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)._get_records_action()
