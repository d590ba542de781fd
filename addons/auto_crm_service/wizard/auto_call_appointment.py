from odoo import models


class AutoCall(models.TransientModel):
    """Book a time in the workshop while the customer is on the phone."""

    _inherit = "auto.call"

    def action_book_appointment(self):
        """Open a new appointment for the caller, over the call.

        :raise UserError: when nobody is named
        """
        self.ensure_one()
        action = self.env["auto.appointment"]._action_book(
            partner=self._named_caller(), vehicle=self.vehicle_id
        )
        return action | {"target": "new"}
