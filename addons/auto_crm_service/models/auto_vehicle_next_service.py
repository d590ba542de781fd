from odoo import fields, models


class AutoVehicle(models.Model):
    """When the car comes for its next service, all its life."""

    _inherit = "auto.vehicle"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("delivery_date"):
            new = self.filtered(
                lambda one: not one.next_service_date and not one.next_service_odometer
            )
            for vehicle in new:
                vehicle._plan_next_service(
                    vehicle.delivery_date, vehicle.odometer, is_first=True
                )
        return result

    def _plan_next_service(self, date, odometer, is_first=False):
        """Set the next service of the cars by their interval.

        Reminders of the service that is over by this become void.

        :param date: the day of the last service, or of the delivery
        :param int odometer: what the meter showed then, in km
        :param bool is_first: the car is new, its first service comes earlier
        """
        # The interval is the maker's, the date the workshop's: whoever hands the car
        # over, or returns it, need not be allowed to change cars.
        vehicles = self.sudo()
        plans = vehicles.env["auto.maintenance.plan"]._by_vehicle(vehicles)
        for vehicle in vehicles.filtered(lambda one: plans[one]):
            vehicle.write(plans[vehicle]._next(date, odometer, is_first))
        if not is_first:
            vehicles.env["auto.followup"].search(
                [
                    ("vehicle_id", "in", vehicles.ids),
                    ("is_open", "=", True),
                    ("rule_id.subject", "=", "maintenance"),
                ]
            )._close_void(self.env._("The service was done."))

    def _after_workshop(self, date, odometer, maintained):
        """Take over what a visit to the workshop says about the next service.

        A car of which nothing is known is asked to come within one interval.

        :param date: the day of the visit
        :param int odometer: what the meter showed, in km
        :param bool maintained: whether a service was done
        """
        known = self.next_service_date or self.next_service_odometer
        if maintained or not known:
            self._plan_next_service(date or fields.Date.context_today(self), odometer)
