from odoo import fields, models


class AutoVehicleUse(models.Model):
    """What a customer wants a car for."""

    _name = "auto.vehicle.use"
    _inherit = ["auto.kept.mixin"]
    _description = "Use of a car"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    category_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.category",
        string="Suitable bodies",
        help="Cars with one of these bodies rank higher for this use.",
    )
