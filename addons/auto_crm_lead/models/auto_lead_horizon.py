from odoo import fields, models


class AutoLeadHorizon(models.Model):
    _name = "auto.lead.horizon"
    _description = "Purchase horizon"
    _order = "months, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    active = fields.Boolean(default=True)
    months = fields.Integer()
