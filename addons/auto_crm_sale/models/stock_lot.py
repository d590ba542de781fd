from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _register_vehicles(self):
        result = super()._register_vehicles()
        # Whoever receives the car need not have the right to change it.
        used = self.sudo().filtered("product_id.is_used_car").vehicle_ids
        used.filtered(lambda car: not car.is_used).is_used = True
        return result

    def _update_standard_price(self):
        # Posting the bill of a car values it; the cashier need not be in stock.
        cars = self.sudo().filtered("product_id.is_vehicle")
        super(StockLot, cars)._update_standard_price()
        return super(
            StockLot, self.browse(set(self.ids) - set(cars.ids))
        )._update_standard_price()
