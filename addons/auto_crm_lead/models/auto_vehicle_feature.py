from odoo import fields, models


class AutoVehicleFeature(models.Model):
    """Equipment that a customer may insist on and that a car may have."""

    _name = "auto.vehicle.feature"
    _inherit = ["auto.kept.mixin"]
    _description = "Equipment"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    color = fields.Integer(string="Tag colour")
