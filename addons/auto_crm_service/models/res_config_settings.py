from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    auto_warranty_partner_id = fields.Many2one(
        related="company_id.auto_warranty_partner_id", readonly=False
    )
    auto_service_discount_free = fields.Float(
        related="company_id.auto_service_discount_free", readonly=False
    )
    auto_service_link_days = fields.Integer(
        related="company_id.auto_service_link_days", readonly=False
    )
    auto_service_paid_first = fields.Boolean(
        related="company_id.auto_service_paid_first", readonly=False
    )
