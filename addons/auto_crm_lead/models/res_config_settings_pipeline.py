from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    match_max_count = fields.Integer(
        related="company_id.match_max_count", readonly=False
    )
    match_min_score = fields.Float(related="company_id.match_min_score", readonly=False)
    match_notify_score = fields.Float(
        related="company_id.match_notify_score", readonly=False
    )
    lost_check_percent = fields.Float(
        related="company_id.lost_check_percent", readonly=False
    )
    lost_check_days = fields.Integer(
        related="company_id.lost_check_days", readonly=False
    )
    lost_check_user_id = fields.Many2one(
        related="company_id.lost_check_user_id", readonly=False
    )
    spam_score = fields.Float(related="company_id.spam_score", readonly=False)
