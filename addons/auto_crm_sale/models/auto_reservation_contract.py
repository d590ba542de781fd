from odoo import models
from odoo.exceptions import UserError


class AutoReservation(models.Model):
    """From a reservation to the contract that takes it over."""

    _inherit = "auto.reservation"

    def action_make_contract(self):
        """Open the contract of the reservation; make it when there is none.

        The reservation goes on holding the car, now for this contract.

        :return: the action that opens it
        :raise UserError: when the reservation is not open any more
        """
        self.ensure_one()
        self.check_access("write")
        if self.order_id:
            return self.order_id._get_records_action()
        if self.state not in ("draft", "queued", "active"):
            raise UserError(
                self.env._("%(name)s is not open any more.", name=self.display_name)
            )
        orders = self.env["sale.order"].with_company(self.company_id)
        vals = {}
        if self.lead_id and self.lead_id.has_access("read"):
            vals = {
                name.removeprefix("default_"): value
                for name, value in (
                    self.lead_id._prepare_opportunity_quotation_context().items()
                )
            }
        vals |= self._contract_vals()
        self.order_id = orders.create(vals)
        return self.order_id._get_records_action()

    def _contract_vals(self):
        """Return the values of the contract that takes the reservation over."""
        self.ensure_one()
        lines = self.env["sale.order.line"]
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "origin": self.name,
            "order_line": [lines._contract_line_vals(self.vehicle_id, self.product_id)],
        }
