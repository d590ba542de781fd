from odoo import fields, models
from odoo.exceptions import UserError

#: What a handover gives to the car, and takes from it when the car comes back.
HANDOVER_TERMS = ("warranty_end_date", "next_service_date", "next_service_odometer")


class AutoVehicle(models.Model):
    """Whether a car may leave to a customer."""

    _inherit = "auto.vehicle"

    delivery_notice_ids = fields.Many2many(
        comodel_name="auto.delivery.notice",
        string="Delivery notices",
        groups="auto_crm_base.group_consultant,"
        "auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,"
        "auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
        "auto_crm_base.group_adviser,"
        "auto_crm_base.group_service_manager,"
        "account.group_account_invoice,stock.group_stock_user",
    )

    def _check_may_leave(self):
        """Refuse to let these cars go to a customer without a released notice.

        Called by stock before and while it delivers, whatever the way.

        :raise UserError: that says what is missing
        """
        for vehicle in self.sudo():  # the notice is asked for, whoever delivers
            company = vehicle.company_id
            if company.auto_notice_required:
                vehicle._check_notice()
            elif company.auto_pdi_required and vehicle.pdi_state != "passed":
                raise UserError(
                    self.env._(
                        "%(vehicle)s may not leave: its pre-delivery inspection (PDI) "
                        "is not passed.",
                        vehicle=vehicle.display_name,
                    )
                )

    def _check_notice(self):
        """Refuse to let the car go without a notice that still holds."""
        self.ensure_one()
        order = self._active_reservation().order_id
        if not order:
            raise UserError(
                self.env._(
                    "%(vehicle)s may not leave to a customer: there is no contract "
                    "for it, so no delivery notice. A store that delivers without "
                    "contracts turns this off in the settings.",
                    vehicle=self.display_name,
                )
            )
        notices = order.delivery_notice_ids.filtered(
            lambda notice: self in notice.vehicle_ids
        )
        notice = notices.filtered(lambda one: one.state == "released")[:1]
        if not notice:
            waiting = notices.filtered(lambda one: one.state == "requested")[:1]
            raise UserError(
                self.env._(
                    "%(vehicle)s may not leave: the delivery notice %(notice)s of "
                    "%(order)s waits for its release.",
                    vehicle=self.display_name,
                    notice=waiting.name,
                    order=order.name,
                )
                if waiting
                else self.env._(
                    "%(vehicle)s may not leave: %(order)s has no released delivery "
                    "notice.",
                    vehicle=self.display_name,
                    order=order.name,
                )
            )
        missing = notice._missing()
        if missing:
            raise UserError(
                self.env._(
                    "%(vehicle)s may not leave: %(notice)s was released, but now "
                    "this is missing:\n%(missing)s",
                    vehicle=self.display_name,
                    notice=notice.name,
                    missing="\n".join(f"– {sentence}" for sentence in missing),
                )
            )

    def _follow_stock(self, location, line):
        result = super()._follow_stock(location, line)
        if location.usage == "customer":
            # Stock closes the notice, whoever delivers.
            self.sudo().delivery_notice_ids._cars_left()
        elif location.usage == "internal":
            sold = line.sudo().move_id.origin_returned_move_id.sale_line_id.order_id
            if sold:
                self._take_back_terms(sold)
        return result

    def _take_back_terms(self, order):
        """Forget what began with the handover of a sale that is undone.

        Only what the handover gave and nobody changed since: a car that was driven
        and serviced keeps what it has by that.

        :param order: the contract by which the car had left
        """
        # Who takes a car back need not see its handover, nor change cars.
        vehicle = self.sudo()
        handover = vehicle.env["auto.handover"].search(
            [
                ("order_id", "=", order.id),
                ("vehicle_id", "=", vehicle.id),
                ("state", "=", "done"),
            ],
            limit=1,
        )
        given = {
            name: False
            for name in HANDOVER_TERMS
            if handover[name] and handover[name] == vehicle[name]
        }
        if given:
            vehicle.write(given)

    def _stock_owner(self, line):
        # The buyer owns the car, whatever address it is brought to.
        buyer = line.sudo().move_id.sale_line_id.order_id.partner_id
        return buyer.commercial_partner_id or super()._stock_owner(line)
