from odoo import fields, models


class AutoSatisfactionDimension(models.Model):
    """What satisfaction is made of: facility, staff, quality, time, price."""

    _name = "auto.satisfaction.dimension"
    _inherit = "auto.kept.mixin"
    _description = "Dimension of satisfaction"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="The column by which a third party's file names it."
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    weight = fields.Float(
        default=1.0, help="In the index, compared with the other dimensions."
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "There is a dimension with this code already."
    )
    _weight_check = models.Constraint("CHECK(weight > 0)", "The weight is above 0.")
