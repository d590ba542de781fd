from odoo import models

# What the screens show of an order itself.
SHOWN = {"service_state", "promised_on", "parts_reason"}


class RepairOrder(models.Model):
    """The screens of the workshop follow the orders."""

    _inherit = "repair.order"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & SHOWN:
            self.filtered("vehicle_id").company_id._tell_workshop()
        return result
