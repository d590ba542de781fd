from odoo import fields, models


class AutoSkill(models.Model):
    """A trade of the workshop: what a technician can do and a bay is fitted for."""

    _name = "auto.skill"
    _inherit = ["auto.kept.mixin"]
    _description = "Workshop skill"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint("UNIQUE (name)", "There is such a skill already.")
