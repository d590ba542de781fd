from odoo import api, fields, models


class AutoCompetitorModel(models.Model):
    """A model that a competitor offers against one of ours."""

    _name = "auto.competitor.model"
    _description = "Competitor's model"
    _order = "competitor_id, name, id"

    name = fields.Char(required=True)
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
    price_min = fields.Monetary(string="Price from")
    price_max = fields.Monetary(string="Price to")
    rival_model_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model",
        string="Against our models",
        help="The models of ours that a buyer compares with this one.",
    )
    strengths = fields.Text(help="What speaks for it, in the customers' words.")
    weaknesses = fields.Text(help="What speaks for ours.")

    _price_range = models.Constraint(
        "CHECK (price_min >= 0 AND (price_max IS NULL OR price_max = 0"
        " OR price_max >= price_min))",
        "A price is not negative, and the highest is not below the lowest.",
    )

    @api.depends("name", "competitor_id")
    def _compute_display_name(self):
        for model in self:
            model.display_name = f"{model.name} ({model.competitor_id.name or '?'})"
