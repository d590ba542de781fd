from odoo import models


class AutoVehicle(models.Model):
    """A car that comes in goes to whoever waits for it."""

    _inherit = "auto.vehicle"

    def _next_in_line(self):
        result = super()._next_in_line()
        # Who waits may be somebody whom the user may not see.
        waiting = self.env["auto.reservation"].sudo()
        for vehicle in self.sudo():
            if vehicle.availability != "available" or vehicle.is_used:
                continue
            following = waiting.search(
                [
                    ("state", "=", "queued"),
                    ("vehicle_id", "=", False),
                    ("product_id", "=", vehicle.product_id.id),
                    ("company_id", "=", vehicle.company_id.id),
                ],
                order="date_queue, id",
                limit=1,
            )
            if following and vehicle.product_id and not vehicle._active_reservation():
                following._give_car(vehicle)
        return result

    def _follow_stock(self, location, line):
        before = self.stock_location_id
        result = super()._follow_stock(location, line)
        if location.usage == "internal" and before.usage != "internal":
            # Whoever receives the car need not see who waits for it.
            self.sudo()._next_in_line()
            self._active_reservation()._tell_arrival()
        return result
