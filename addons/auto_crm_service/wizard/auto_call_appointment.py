from odoo import models
from odoo.exceptions import UserError


class AutoCall(models.TransientModel):
    """Book a time in the workshop while the customer is on the phone."""

    _inherit = "auto.call"

    def action_book_appointment(self):
        """Open a new appointment for the caller, over the call.

        :raise UserError: when nobody is named
        """
        self.ensure_one()
        if not self.partner_id and (self.new_name or "").strip():
            self.partner_id = self._create_caller()
        if not self.partner_id:
            raise UserError(self.env._("Say who calls: name the caller."))
        action = self.env["auto.appointment"]._action_book(
            partner=self.partner_id, vehicle=self.vehicle_id
        )
        return action | {"target": "new"}
