from odoo import api, fields, models

from odoo.addons.fleet.models.fleet_vehicle_model import FUEL_TYPES


class AutoCompetitorModel(models.Model):
    """A model that a competitor offers against one of ours."""

    _name = "auto.competitor.model"
    _inherit = ["mail.thread"]
    _description = "Competitor's model"
    _order = "competitor_id, name, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    competitor_id = fields.Many2one(
        comodel_name="auto.competitor", required=True, index=True, ondelete="cascade"
    )
    category_id = fields.Many2one(
        comodel_name="fleet.vehicle.model.category", string="Body"
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    price_min = fields.Monetary(string="Price from", tracking=True)
    price_max = fields.Monetary(string="Price to", tracking=True)
    price_ids = fields.One2many(
        comodel_name="auto.competitor.price",
        inverse_name="model_id",
        string="Prices seen",
    )
    last_price = fields.Monetary(
        string="Price last seen",
        compute="_compute_last_price",
        help="What it was last offered for, by list, advertisement or offer.",
    )
    last_price_date = fields.Date(string="Seen on", compute="_compute_last_price")
    rival_model_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model",
        string="Against our models",
        help="The models of ours that a buyer compares with this one.",
    )
    strengths = fields.Text(help="What speaks for it, in the customers' words.")
    weaknesses = fields.Text(help="What speaks for ours.")

    seats = fields.Integer(aggregator=False)
    doors = fields.Integer(aggregator=False)
    default_fuel_type = fields.Selection(selection=FUEL_TYPES, string="Fuel")
    transmission = fields.Selection(
        selection=[("manual", "Manual"), ("automatic", "Automatic")]
    )
    drive_type = fields.Selection(
        selection=[
            ("fwd", "Front-wheel drive"),
            ("awd", "All-wheel drive"),
            ("rwd", "Rear-wheel drive"),
            ("4wd", "Four-wheel drive"),
        ],
        string="Drive",
    )
    power = fields.Float(string="Power (kW)", aggregator=False)
    vehicle_range = fields.Integer(string="Range (km)", aggregator=False)
    spec_value_ids = fields.One2many(
        comodel_name="auto.model.spec.value",
        inverse_name="competitor_model_id",
        string="Specifications",
    )
    customer_count = fields.Integer(
        string="Their customers", compute="_compute_result_counts"
    )
    won_count = fields.Integer(string="Won against", compute="_compute_result_counts")
    lost_count = fields.Integer(string="Lost to", compute="_compute_result_counts")

    _price_range = models.Constraint(
        "CHECK (price_min >= 0 AND (price_max IS NULL OR price_max = 0"
        " OR price_max >= price_min))",
        "A price is not negative, and the highest is not below the lowest.",
    )
    _numbers = models.Constraint(
        "CHECK (COALESCE(seats, 0) BETWEEN 0 AND 60 AND COALESCE(doors, 0) BETWEEN 0"
        " AND 9 AND COALESCE(power, 0) >= 0 AND COALESCE(vehicle_range, 0) >= 0)",
        "Seats are between 0 and 60, doors between 0 and 9; power and range are not "
        "negative.",
    )

    @api.depends("name", "competitor_id")
    def _compute_display_name(self):
        for model in self:
            model.display_name = f"{model.name} ({model.competitor_id.name or '?'})"

    @api.depends("price_ids.price", "price_ids.date")
    def _compute_last_price(self):
        for model in self:
            last = model.price_ids.sorted(lambda line: (line.date, line.id or 0))[-1:]
            model.last_price = last.price
            model.last_price_date = last.date

    def _compute_result_counts(self):
        results = self.env["auto.competitor.result"]._counts(
            "competitor_model_id", self
        )
        customers = {}
        customer_model = self.env["auto.competitor.customer"]
        if customer_model.has_access("read"):
            customers = dict(
                customer_model._read_group(
                    [("competitor_model_id", "in", self.ids)],
                    ["competitor_model_id"],
                    ["__count"],
                )
            )
        for model in self:
            model.won_count = results.get((model.id, "won"), 0)
            model.lost_count = results.get((model.id, "lost"), 0)
            model.customer_count = customers.get(model, 0)

    def _sheet_price(self):
        """Return lowest and highest price, and their currency."""
        self.ensure_one()
        return self.price_min, self.price_max, self.currency_id

    def action_compare(self):
        """Open the comparison sheet of these with our models."""
        return self.env["auto.model.compare"]._open(self.rival_model_ids, self)

    @api.readonly
    def action_open_results(self):
        """Open the wins and losses against this model."""
        self.ensure_one()
        return self.env["auto.competitor.result"]._open(
            self.display_name, [("competitor_model_id", "=", self.id)]
        )

    @api.readonly
    def action_open_customers(self):
        """Open who drives or chose this model."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_competitor_customer_action"
        )
        return action | {
            "domain": [("competitor_model_id", "=", self.id)],
            "context": {
                "default_competitor_model_id": self.id,
                "default_competitor_id": self.competitor_id.id,
            },
        }
