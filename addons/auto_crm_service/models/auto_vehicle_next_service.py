from odoo import fields, models

SERVICE_FIELDS = {"next_service_date", "next_service_odometer"}


class AutoVehicle(models.Model):
    """When the car comes for its next service, all its life."""

    _inherit = "auto.vehicle"

    def write(self, vals):
        if not vals.get("delivery_date") or vals.keys() & SERVICE_FIELDS:
            return super().write(vals)
        # With the delivery itself, which is one change of the car.
        first = self._first_services(fields.Date.to_date(vals["delivery_date"]))
        for vehicle, service in first.items():
            super(AutoVehicle, vehicle).write({**vals, **service})
        rest = self.filtered(lambda one: one not in first)
        return super(AutoVehicle, rest).write(vals) if rest else True

    def _first_services(self, date):
        """Return the first service of each of these that has none yet, as values.

        :param date: the day of the delivery
        """
        # The interval is the maker's: whoever delivers need not be allowed to see it.
        new = self.sudo().filtered(
            lambda one: not one.next_service_date and not one.next_service_odometer
        )
        plans = new.env["auto.maintenance.plan"]._by_vehicle(new)
        return {
            vehicle.with_env(self.env): plan._next(
                date, vehicle.odometer, is_first=True
            )
            for vehicle, plan in plans.items()
            if plan
        }

    def _plan_next_service(self, date, odometer):
        """Set the next service of the cars by their interval.

        Reminders of the service that is over by this become void.

        :param date: the day of the last service
        :param int odometer: what the meter showed then, in km
        """
        # The interval is the maker's, the date the workshop's: whoever returns the car
        # need not be allowed to change cars.
        vehicles = self.sudo()
        plans = vehicles.env["auto.maintenance.plan"]._by_vehicle(vehicles)
        for vehicle in vehicles.filtered(lambda one: plans[one]):
            vehicle.write(plans[vehicle]._next(date, odometer))
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
