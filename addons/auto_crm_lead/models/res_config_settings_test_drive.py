from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    auto_drive_hours = fields.Float(
        related="company_id.auto_drive_hours", readonly=False
    )
    auto_drive_licence_years = fields.Integer(
        related="company_id.auto_drive_licence_years", readonly=False
    )
    auto_drive_remind_hours = fields.Integer(
        related="company_id.auto_drive_remind_hours", readonly=False
    )
    auto_drive_terms = fields.Html(
        related="company_id.auto_drive_terms", readonly=False
    )
