from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrderLine(models.Model):
    """A line of a contract orders a car from the factory by its production number."""

    _inherit = "sale.order.line"

    production_number = fields.Char(
        compute="_compute_production_number",
        inverse="_inverse_production_number",
        compute_sudo=True,
        help="The maker's number of the order. Enter it when the car is ordered: the "
        "factory's messages then reach this contract.",
    )

    @api.depends("vehicle_id.production_number")
    def _compute_production_number(self):
        for line in self:
            line.production_number = line.vehicle_id.production_number

    def _inverse_production_number(self):
        vehicles = self.env["auto.vehicle"]
        numbers = {line: line.production_number for line in self}
        for line, number in numbers.items():
            number = vehicles._normalise_numbers({"production_number": number})
            number = number["production_number"]
            vehicle = line.vehicle_id
            # What the line shows, whoever may read the car.
            present = vehicle.sudo().production_number
            if number == present:
                continue
            if not line.is_vehicle:
                raise UserError(
                    self.env._("Only a car has a production number, not this line.")
                )
            if number and vehicle and not present:
                vehicle._name_production_number(number)
            elif number:
                company = line.order_id.company_id or self.env.company
                unit = vehicles._unit_on_order(number, line.product_id, company)
                mistyped = vehicle.sudo().filtered("is_number_only")
                line.order_id._take_unit(line, unit)
                mistyped._put_away_unnamed()
            elif vehicle.sudo().is_on_order:
                line.vehicle_id = False
            else:
                raise UserError(
                    self.env._(
                        "%(vehicle)s is here already; it keeps its production number.",
                        vehicle=vehicle.sudo().display_name,
                    )
                )
        # As it is stored, not as it was typed.
        self.invalidate_recordset(["production_number"])
