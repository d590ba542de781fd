from odoo import fields, models


class AutoCallReason(models.Model):
    """Why somebody calls: told in the wrap-up, counted in the statistics."""

    _name = "auto.call.reason"
    _inherit = ["auto.kept.mixin"]
    _description = "Reason for a call"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
