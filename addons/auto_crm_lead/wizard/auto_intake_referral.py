from odoo import fields, models


class AutoIntakeWizard(models.TransientModel):
    """Who recommended the person, as told in the form “New prospect”."""

    _inherit = "auto.intake.wizard"

    referrer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recommended by",
        domain="[('is_auto_customer', '=', True)]",
        help="The customer who told the person of us; is counted and thanked.",
    )

    def _after_intake(self, result):
        done = super()._after_intake(result)
        if self.referrer_id:
            self.referrer_id.check_access("read")
            self.env["auto.referral"]._note_recommendation(
                self.referrer_id, result, "staff"
            )
        return done
