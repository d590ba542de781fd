from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    auto_drive_hours = fields.Float(
        string="Test drive takes",
        default=0.75,
        help="How long car and consultant are held, where no route says otherwise.",
    )
    auto_drive_licence_years = fields.Integer(
        string="Licence held at least (years)",
        default=1,
        help="A younger licence is warned of. 0: never.",
    )
    auto_drive_remind_hours = fields.Integer(
        string="Remind the customer before (hours)",
        default=24,
        help="By e-mail and SMS, as the customer allows. 0: never.",
    )
    auto_drive_terms = fields.Html(
        string="Terms of test drives",
        translate=True,
        help="What the driver signs; empty: our standard words.",
    )

    _auto_drive_check = models.Constraint(
        "CHECK (auto_drive_hours > 0 AND auto_drive_hours <= 72"
        " AND auto_drive_licence_years BETWEEN 0 AND 20"
        " AND auto_drive_remind_hours BETWEEN 0 AND 168)",
        "A test drive takes up to 72 hours, a licence is asked for up to 20 years, and "
        "the reminder goes out at most 168 hours before.",
    )
