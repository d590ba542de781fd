from odoo import fields, models


class AutoIntakeChannel(models.Model):
    _name = "auto.intake.channel"
    _description = "Intake channel"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
