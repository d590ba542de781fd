from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    auto_claim_answer_days = fields.Integer(
        string="Answer to a claim within (days)",
        default=30,
        help="A maker or insurer who has not decided by then is asked.",
    )

    _claim_days_check = models.Constraint(
        "CHECK (auto_claim_answer_days BETWEEN 1 AND 365)",
        "An answer takes between 1 and 365 days.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    auto_claim_answer_days = fields.Integer(
        related="company_id.auto_claim_answer_days", readonly=False
    )
