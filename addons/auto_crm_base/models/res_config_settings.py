from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    auto_vin_check = fields.Selection(
        related="company_id.auto_vin_check", readonly=False
    )
    auto_factory_code = fields.Char(
        related="company_id.auto_factory_code", readonly=False
    )
    auto_consent_required = fields.Boolean(
        related="company_id.auto_consent_required", readonly=False
    )
    auto_contact_cap = fields.Integer(
        related="company_id.auto_contact_cap", readonly=False
    )
    auto_contact_cap_days = fields.Integer(
        related="company_id.auto_contact_cap_days", readonly=False
    )
    auto_country_id = fields.Many2one(
        related="company_id.country_id", readonly=False, string="Country of the store"
    )
