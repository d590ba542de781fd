from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    auto_used_product_id = fields.Many2one(
        related="company_id.auto_used_product_id", readonly=False
    )
    auto_tradein_days = fields.Integer(
        related="company_id.auto_tradein_days", readonly=False
    )
