from odoo import api, fields, models


class AutoCompetitorPrice(models.Model):
    """A price at which a competitor was seen to offer a model."""

    _name = "auto.competitor.price"
    _description = "Price seen at a competitor"
    _order = "date desc, id desc"
    _rec_name = "model_id"

    model_id = fields.Many2one(
        comodel_name="auto.competitor.model",
        string="Competitor's model",
        required=True,
        index=True,
        ondelete="cascade",
    )
    competitor_id = fields.Many2one(
        related="model_id.competitor_id", store=True, index=True
    )
    date = fields.Date(
        string="Seen on", required=True, default=fields.Date.context_today
    )
    kind = fields.Selection(
        selection=[
            ("list", "List price"),
            ("advertised", "Advertised offer"),
            ("offer", "Offer to a customer"),
        ],
        required=True,
        default="offer",
    )
    currency_id = fields.Many2one(related="model_id.currency_id")
    price = fields.Monetary(required=True)
    note = fields.Char(
        string="What is in it", help="Accessories, insurance, finance, from whom heard."
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Reported by",
        readonly=True,
        default=lambda self: self.env.user,
        index="btree_not_null",
    )

    _price_check = models.Constraint("CHECK (price > 0)", "A price is above zero.")

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                vals["user_id"] = self.env.uid  # nobody reports in another's name
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            vals = {name: vals[name] for name in vals if name != "user_id"}
        return super().write(vals)
