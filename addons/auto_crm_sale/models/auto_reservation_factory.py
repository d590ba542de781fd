from odoo import api, fields, models
from odoo.exceptions import UserError


class AutoReservation(models.Model):
    """A customer who waits for a configuration gets a car on order."""

    _inherit = "auto.reservation"

    production_number = fields.Char(
        compute="_compute_production_number",
        inverse="_inverse_production_number",
        compute_sudo=True,
        help="The maker's number of the order. Enter it when the car is ordered for "
        "the customer who waits: it is then held for them.",
    )
    factory_text = fields.Char(
        string="Factory order", compute="_compute_factory_text", compute_sudo=True
    )
    expected_date = fields.Date(related="vehicle_id.expected_date")

    @api.depends("vehicle_id.production_number")
    def _compute_production_number(self):
        for reservation in self:
            reservation.production_number = reservation.vehicle_id.production_number

    def _inverse_production_number(self):
        vehicles = self.env["auto.vehicle"]
        numbers = {one: one.production_number for one in self}
        for reservation, number in numbers.items():
            number = vehicles._normalise_numbers({"production_number": number})
            number = number["production_number"]
            vehicle = reservation.vehicle_id
            # What the reservation shows, whoever may read the car.
            present = vehicle.sudo().production_number
            if number == present:
                continue
            if number and vehicle:
                vehicle._name_production_number(number)
            elif number and reservation.state in ("draft", "queued"):
                unit = vehicles._unit_on_order(
                    number, reservation.product_id, reservation.company_id
                )
                reservation._take_unit(unit)
                order = reservation.order_id
                line = order.order_line.filtered(
                    lambda one, product=unit.product_id: (
                        one.product_id == product and not one.vehicle_id
                    )
                )[:1]
                if line and order.state != "cancel":
                    order._name_unit(line, unit)
            else:
                raise UserError(
                    self.env._(
                        "The car is held by this reservation. Cancel it and reserve "
                        "another car."
                    )
                )
        # As it is stored, not as it was typed.
        self.invalidate_recordset(["production_number"])

    @api.depends(
        "vehicle_id.supply_state",
        "vehicle_id.expected_date",
        "vehicle_id.production_number",
    )
    @api.depends_context("lang")
    def _compute_factory_text(self):
        for reservation in self:
            reservation.factory_text = reservation.vehicle_id._factory_words() or False

    def _take_unit(self, vehicle):
        """Give a reservation without a car a car on order; one that waits takes it.

        :raise UserError: when somebody else has the car
        """
        self.ensure_one()
        vals = {"vehicle_id": vehicle.id}
        if self.order_id.state != "sale" and not self.date_expiry:
            vals["date_expiry"] = vehicle._held_until()
        waiting = self.state == "queued"
        self.write(vals)
        if waiting:
            self._check_takeable()
            self._take()
