from odoo import fields, models


class AutoVehicleUse(models.Model):
    """What a customer wants a car for."""

    _name = "auto.vehicle.use"
    _description = "Use of a car"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
