from odoo import api, fields, models
from odoo.exceptions import ValidationError


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
    competitor_change_months = fields.Integer(
        related="company_id.competitor_change_months", readonly=False
    )
    auto_escalate_days = fields.Integer(
        related="company_id.auto_escalate_days", readonly=False
    )
    auto_escalate_manager_days = fields.Integer(
        related="company_id.auto_escalate_manager_days", readonly=False
    )
    auto_grade_hot_days = fields.Integer(
        related="company_id.auto_grade_hot_days", readonly=False
    )
    auto_grade_visit_days = fields.Integer(
        related="company_id.auto_grade_visit_days", readonly=False
    )
    intake_retention_days = fields.Integer(
        string="Keep what was received (days)",
        config_parameter="auto_crm_lead.intake_retention_days",
        default=400,
        help="How long the log of intakes keeps messages as they were received, with "
        "the personal data in them. 0: for ever.",
    )
    spam_score = fields.Float(related="company_id.spam_score", readonly=False)

    @api.constrains("intake_retention_days")
    def _check_intake_retention_days(self):
        if any(settings.intake_retention_days < 0 for settings in self):
            raise ValidationError(
                self.env._("What was received cannot be kept less than no days.")
            )

    def set_values(self):
        result = super().set_values()
        # Odoo keeps no parameter that is 0, which is a choice of its own here.
        self.env["ir.config_parameter"].sudo().set_param(
            "auto_crm_lead.intake_retention_days", str(self.intake_retention_days)
        )
        return result
