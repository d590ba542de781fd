from odoo import fields, models


class AutoColor(models.Model):
    """A colour as customers wish for it, with the words that makers use for it."""

    _name = "auto.color"
    _inherit = ["auto.kept.mixin"]
    _description = "Colour"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    aliases = fields.Char(
        string="Also called",
        help="Words found in makers' colour names, separated by commas: "
        "a car painted “Glacier Silver Metallic” counts as silver.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
