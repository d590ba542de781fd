from odoo import fields, models


class AutoMarketCategory(models.Model):
    """What a note on the market is about: prices, launches, campaigns, law …"""

    _name = "auto.market.category"
    _inherit = ["auto.kept.mixin"]
    _description = "Category of market information"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer(string="Tag colour")
    days = fields.Integer(
        string="Valid for (days)",
        help="Proposed as the end of the validity when a note is published; 0: open.",
    )

    _days_check = models.Constraint(
        "CHECK (days >= 0)", "Days of validity are not negative."
    )
