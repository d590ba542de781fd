from odoo import fields, models


class AutoLeadGrade(models.Model):
    _name = "auto.lead.grade"
    _description = "Lead grade"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    horizon_days = fields.Integer()
    interval_days = fields.Integer()
    is_lost = fields.Boolean()
    is_won = fields.Boolean()
