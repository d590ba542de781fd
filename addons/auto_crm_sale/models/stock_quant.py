from odoo import api, models
from odoo.exceptions import UserError


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model
    def _update_available_quantity(
        self,
        product_id,
        location_id,
        quantity=False,
        reserved_quantity=False,
        lot_id=None,
        **others,
    ):
        # The last door: no way by which a car comes to a customer leads past it,
        # not even a correction of a transfer that is done.
        if (
            quantity
            and quantity > 0
            and lot_id
            and product_id.is_vehicle
            and location_id.usage == "customer"
        ):
            self._check_car_may_leave(lot_id)
        return super()._update_available_quantity(
            product_id, location_id, quantity, reserved_quantity, lot_id, **others
        )

    @api.model
    def _check_car_may_leave(self, lot):
        vehicle = lot.sudo().vehicle_ids  # known to stock, seen or not
        if not vehicle and self.env.company.auto_notice_required:
            raise UserError(
                self.env._(
                    "The serial number %(lot)s is no car's: correct it to the VIN "
                    "before it leaves.",
                    lot=lot.name,
                )
            )
        vehicle._check_may_leave()
