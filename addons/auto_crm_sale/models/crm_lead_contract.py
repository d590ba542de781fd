from odoo import models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    """From a prospect to a contract."""

    _inherit = "crm.lead"

    def action_make_contract(self):
        """Open a new contract for the prospect, with the car that suits.

        The customer is made from the prospect where there is none yet. The car is
        the one reserved for the prospect, or the best of those proposed that is
        still free; without one, the contract begins empty.

        :return: the action that opens it
        :raise UserError: when the prospect is closed
        """
        self.ensure_one()
        self.check_access("write")
        if not self.active:
            raise UserError(self.env._("This prospect is closed."))
        if not self.partner_id:
            self._handle_partner_assignment()
        if not self.partner_id:
            raise UserError(self.env._("Please enter the customer's name first."))
        reservation = self.env["auto.reservation"].search(
            [("lead_id", "=", self.id), ("state", "=", "active")], limit=1
        )
        if reservation:
            return reservation.action_make_contract()
        orders = self.env["sale.order"].with_company(self.company_id)
        vehicle = self._contract_vehicle()
        context = self._prepare_opportunity_quotation_context()
        vals = {name.removeprefix("default_"): value for name, value in context.items()}
        vals.setdefault("user_id", self.env.uid)
        if vehicle:
            line = orders.order_line._contract_line_vals(vehicle)
            vals["order_line"] = [line]
        return orders.create(vals)._get_records_action()

    def _contract_vehicle(self):
        """Return the car that was proposed to the prospect and is still free."""
        self.ensure_one()
        matches = self.env["auto.lead.match"].search(
            [("lead_id", "=", self.id), ("state", "!=", "dismissed")],
        )
        proposed = matches.filtered(lambda match: match.state == "proposed") or matches
        free = proposed.filtered(
            lambda match: (
                match.vehicle_id.product_id
                and match.vehicle_id.availability in ("available", "incoming")
                and not match.vehicle_id._active_reservation()
            )
        )
        return free.sorted("score", reverse=True)[:1].vehicle_id
