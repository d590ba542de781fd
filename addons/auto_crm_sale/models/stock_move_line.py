from odoo import api, models
from odoo.exceptions import UserError, ValidationError


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.constrains("lot_id", "move_id")
    def _check_car_of_move(self):
        # Who moves goods need not be allowed to see the contract or its car.
        for line in self.sudo():
            vehicle = line.move_id.vehicle_id
            if vehicle.lot_id and line.lot_id and line.lot_id != vehicle.lot_id:
                raise ValidationError(
                    self.env._(
                        "This delivery is for %(vehicle)s. Whoever is to get another "
                        "car has it put on the contract.",
                        vehicle=vehicle.display_name,
                    )
                )

    def _check_cars_are_free(self):
        """Refuse to let a car go that is held for somebody else than these say.

        :raise UserError: who has it until when, within the store
        """
        # The car is held by whoever holds it, seen or not.
        lines = self.sudo()
        for holder in lines.lot_id.vehicle_ids._active_reservation():
            taking = lines.filtered(
                lambda line, car=holder.vehicle_id: line.lot_id == car.lot_id
            )
            if not taking._may_take(holder):
                raise UserError(holder._taken_sentence(self.env))

    def _may_take(self, holder):
        """Return whether these deliver the car to the one for whom it is held."""
        order = holder.order_id
        return bool(
            self
            and order
            and self.move_id.sale_line_id.order_id == order
            and all(place.usage == "customer" for place in self.location_dest_id)
        )

    def _adopt_contracts(self):
        """Let the contracts for which these set a car aside hold it; see
        ``sale.order._adopt_existing_contracts``.

        :return: how many cars are held now
        """
        held = self.env["auto.reservation"]
        for line in self:
            vehicle = line.lot_id.vehicle_ids
            moves = line.move_id._until_customer()
            sold = moves.sale_line_id[:1]
            order = sold.order_id
            if order.state != "sale" or vehicle._active_reservation():
                continue
            if sold.product_uom_qty == 1 and sold.product_id == vehicle.product_id:
                moves._adopt_vehicle(sold, vehicle)
            held += held.with_company(order.company_id).create(
                order._reservation_vals(vehicle)
            )
        held._take()
        held._tell_vehicle(self.env._("Reserved"))
        return len(held)
