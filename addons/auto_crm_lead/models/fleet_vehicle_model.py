from odoo import api, fields, models


class FleetVehicleModel(models.Model):
    """A model of ours beside those of others."""

    _inherit = "fleet.vehicle.model"

    spec_value_ids = fields.One2many(
        comodel_name="auto.model.spec.value",
        inverse_name="model_id",
        string="Specifications",
    )
    rival_ids = fields.Many2many(
        comodel_name="auto.competitor.model",
        relation="auto_competitor_model_fleet_vehicle_model_rel",
        column1="fleet_vehicle_model_id",
        column2="auto_competitor_model_id",
        string="Competing models",
        help="What customers compare this model with.",
    )
    guide_currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_guide_price"
    )
    guide_price_min = fields.Monetary(
        string="Guide price from",
        compute="_compute_guide_price",
        currency_field="guide_currency_id",
        help="The lowest guide price of its trims, or of its products without any.",
    )
    guide_price_max = fields.Monetary(
        string="Guide price to",
        compute="_compute_guide_price",
        currency_field="guide_currency_id",
    )

    @api.depends("trim_ids.list_price", "trim_ids.currency_id", "trim_ids.active")
    @api.depends_context("company")
    def _compute_guide_price(self):
        company = self.env.company
        today = fields.Date.context_today(self)
        # Those of the group are each store's, which need not read the group.
        owners = [False, *company.sudo().parent_ids.ids]
        products = dict(
            self.env["product.template"]._read_group(
                [
                    ("vehicle_model_id", "in", self.ids),
                    ("list_price", ">", 0),
                    ("company_id", "in", owners),
                ],
                ["vehicle_model_id"],
                ["id:recordset"],
            )
        )
        for model in self:
            priced = model.trim_ids.filtered("list_price")
            # Without trims, what its products are sold for.
            priced = priced or products.get(model._origin, priced)
            currency = priced[:1].currency_id or company.currency_id
            prices = [
                one.currency_id._convert(one.list_price, currency, company, today)
                for one in priced
            ]
            model.guide_currency_id = currency
            model.guide_price_min = min(prices, default=0)
            model.guide_price_max = max(prices, default=0)

    def _sheet_price(self):
        """Return lowest and highest guide price, and their currency."""
        self.ensure_one()
        return self.guide_price_min, self.guide_price_max, self.guide_currency_id

    def action_compare_rivals(self):
        """Open the comparison sheet of this model with the competing ones."""
        return self.env["auto.model.compare"]._open(self, self.rival_ids)
