from odoo import api, fields, models


class AutoCompetitor(models.Model):
    """A company that sells cars to the prospects we lose."""

    _name = "auto.competitor"
    _inherit = ["auto.kept.mixin", "mail.thread"]
    _description = "Competitor"
    _order = "name, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Address book entry",
        index="btree_not_null",
        help="The company in the address book, when it is also a contact.",
    )
    brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand", string="Brands sold"
    )
    city = fields.Char()
    website = fields.Char()
    note = fields.Html(string="Notes")
    model_ids = fields.One2many(
        comodel_name="auto.competitor.model",
        inverse_name="competitor_id",
        string="Models",
    )
    lost_lead_count = fields.Integer(
        string="Lost to them",
        compute="_compute_lost_lead_count",
        help="Lost prospects that you may see and that bought from this competitor.",
    )
    won_count = fields.Integer(
        string="Won against them",
        compute="_compute_won_count",
        help="Prospects that you may see, that compared ours with theirs, and bought.",
    )
    customer_count = fields.Integer(
        string="Their customers", compute="_compute_customer_count"
    )

    _name_uniq = models.UniqueIndex(
        "(lower(name)) WHERE active", "This competitor is already in the list."
    )

    def _compute_lost_lead_count(self):
        counts = {}
        leads = self.env["crm.lead"].with_context(active_test=False)
        if leads.has_access("read"):
            counts = dict(
                leads._read_group(
                    [
                        ("competitor_id", "in", self.ids),
                        ("lost_state", "=", "approved"),
                    ],
                    ["competitor_id"],
                    ["__count"],
                )
            )
        for competitor in self:
            competitor.lost_lead_count = counts.get(competitor, 0)

    def _compute_won_count(self):
        counts = self.env["auto.competitor.result"]._counts("competitor_id", self)
        for competitor in self:
            competitor.won_count = counts.get((competitor.id, "won"), 0)

    def _compute_customer_count(self):
        counts = {}
        customers = self.env["auto.competitor.customer"]
        if customers.has_access("read"):
            counts = dict(
                customers._read_group(
                    [("competitor_id", "in", self.ids)], ["competitor_id"], ["__count"]
                )
            )
        for competitor in self:
            competitor.customer_count = counts.get(competitor, 0)

    @api.readonly
    def action_open_results(self):
        """Open the wins and losses against this competitor."""
        self.ensure_one()
        return self.env["auto.competitor.result"]._open(
            self.name, [("competitor_id", "=", self.id)]
        )

    @api.readonly
    def action_open_customers(self):
        """Open who drives or chose this competitor's cars."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_competitor_customer_action"
        )
        return action | {
            "domain": [("competitor_id", "=", self.id)],
            "context": {"default_competitor_id": self.id},
        }

    @api.readonly
    def action_open_lost_leads(self):
        """Open the prospects lost to this competitor."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Lost to %s", self.name),
            "res_model": "crm.lead",
            "view_mode": "list,form",
            "domain": [
                ("competitor_id", "=", self.id),
                ("lost_state", "=", "approved"),
            ],
            "context": {"active_test": False, "create": False},
        }
