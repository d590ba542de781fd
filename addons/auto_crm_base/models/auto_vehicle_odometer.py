from datetime import timedelta

from odoo import api, fields, models

from .auto_vehicle import LATEST_YEARS_AHEAD


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    odometer = fields.Integer(
        string="Odometer (km)",
        copy=False,
        aggregator="avg",
        help="The last reading of the meter. A new value is added to the ledger.",
    )
    true_odometer = fields.Integer(
        string="True distance (km)",
        copy=False,
        readonly=True,
        aggregator="avg",
        help="What the car has really run, over every replaced meter.",
    )
    odometer_date = fields.Date(string="Read on", copy=False, readonly=True)
    true_odometer_date = fields.Date(
        copy=False,
        readonly=True,
        help="The day on which the true distance was read.",
    )
    odometer_offset = fields.Integer(copy=False, readonly=True, aggregator=False)
    odometer_alert = fields.Boolean(
        string="Odometer turned back",
        copy=False,
        readonly=True,
        help="A reading is lower than an earlier one and no meter was replaced.",
    )
    daily_distance = fields.Float(
        string="Distance per day (km)",
        digits=(8, 1),
        copy=False,
        readonly=True,
        aggregator="avg",
        help="Estimated from the readings of the last two years; it turns rules in "
        "km into dates.",
    )
    odometer_ids = fields.One2many(
        comodel_name="auto.odometer.reading",
        inverse_name="vehicle_id",
        string="Odometer readings",
    )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        odometers = [vals.pop("odometer", 0) for vals in vals_list]
        vehicles = super().create(vals_list)
        self.env["auto.odometer.reading"]._record(
            [
                {"vehicle_id": vehicle.id, "value": odometer, "source": "manual"}
                for vehicle, odometer in zip(vehicles, odometers, strict=True)
                if odometer
            ]
        )
        return vehicles

    def write(self, vals):
        vals = dict(vals)
        odometer = vals.pop("odometer", None)
        result = super().write(vals)
        if odometer is not None:
            # The ledger is written by the system: look first whether this user may
            # change the car at all.
            self.check_access("write")
            today = fields.Date.context_today(self)
            self._record_odometer(odometer, today, "manual")
        return result

    def _record_odometer(self, value, date=None, source="manual", document=None):
        """Add one reading of the meter to each vehicle's ledger.

        :param int value: km as the meter shows them
        :param date: the day of the reading; today when left out
        :param str source: a key of ``auto.odometer.reading.source``
        :param document: the record that brought it (repair order, handover …)
        :return: the readings; one that is lower than before is kept and flagged
        :raise ValidationError: for a value below 0 or above 2,000,000 km, or a
            day in the future
        """
        return self.env["auto.odometer.reading"]._record(
            [
                {
                    "vehicle_id": vehicle.id,
                    "value": value,
                    "date": date or fields.Date.context_today(self),
                    "source": source,
                    "res_model": document._name if document else False,
                    "res_id": document.id if document else False,
                }
                for vehicle in self
            ]
        )

    def _write_odometer(self, vals):
        """Take over what the ledger says; called by the ledger only."""
        changed = {name: value for name, value in vals.items() if self[name] != value}
        if not changed:
            return True
        # Past the write() above, which would add a reading.
        return super().write(changed)  # pylint: disable=super-method-mismatch

    def _date_for_odometer(self, km):
        """Return the day on which the meter will show ``km``, or ``False``.

        It is the day of the last reading when that was reached already, and
        ``False`` when the daily distance is not known. Never further ahead than
        20 years.

        :param int km: as the present meter will show them
        """
        self.ensure_one()
        if not self.true_odometer_date:
            return False
        missing = km + self.odometer_offset - self.true_odometer
        if missing <= 0:
            return self.true_odometer_date
        if not self.daily_distance:
            return False
        days = missing / self.daily_distance
        if days > LATEST_YEARS_AHEAD * 365:
            return False
        return self.true_odometer_date + timedelta(days=round(days))
