from odoo import api, fields, models
from odoo.exceptions import UserError


class AutoFollowupClose(models.TransientModel):
    _inherit = "auto.followup.close"

    is_unhappy = fields.Boolean(
        string="The customer is not content",
        compute="_compute_is_unhappy",
        store=True,
        readonly=False,
        help="Opens a complaint: the complaint desk takes it from here.",
    )

    @api.depends("result")
    def _compute_is_unhappy(self):
        for wizard in self:
            wizard.is_unhappy = wizard.is_unhappy or wizard.result == "unhappy"

    def action_confirm(self):
        """Make a complaint of what an unhappy customer said."""
        self.ensure_one()
        unhappy = self.is_unhappy and self.mode == "done"
        if unhappy and not (self.note or "").strip():
            raise UserError(self.env._("Write what the customer is not content with."))
        if unhappy and self.result == "reached" and not self.retry_date:
            # The tick says what the result did not: whoever follows the result, such
            # as the handover of the car, is told too.
            self.result = "unhappy"
        action = super().action_confirm()
        if unhappy and not self.followup_id.complaint_id:
            self.followup_id._complain(self.note)
        return action
