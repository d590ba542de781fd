from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.auto_crm_base.tests.vehicle_common import VehicleCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 08:00:00")
class TestOdometer(VehicleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vehicle = cls.new_vehicle(1)

    def read_meter(self, value, day, source="repair", **values):
        return self.env["auto.odometer.reading"]._record(
            [
                {
                    "vehicle_id": self.vehicle.id,
                    "value": value,
                    "date": day,
                    "source": source,
                    **values,
                }
            ]
        )

    def test_readings_add_up(self):
        self.read_meter(1000, date(2026, 1, 1))
        self.read_meter(5000, date(2026, 4, 11))
        self.assertEqual(self.vehicle.odometer, 5000)
        self.assertEqual(self.vehicle.odometer_date, date(2026, 4, 11))
        self.assertEqual(self.vehicle.daily_distance, 40)
        self.assertFalse(self.vehicle.odometer_alert)
        # A reading entered late changes nothing of the present.
        late = self.read_meter(3000, date(2026, 2, 20))
        self.assertFalse(late.is_rollback)
        self.assertEqual(self.vehicle.odometer, 5000)

    def test_form_left_empty_is_no_reading(self):
        """Zero is a reading of a new car only, else nothing was typed."""
        self.read_meter(0, date(2026, 1, 1))
        self.read_meter(5000, date(2026, 2, 1))
        with self.assertRaisesRegex(ValidationError, "Enter the reading"):
            self.read_meter(0, date(2026, 3, 1), "manual")
        # Nor was the old meter of a car that has run at 0 when it was replaced.
        with self.assertRaisesRegex(ValidationError, "what the old meter showed"):
            self.read_meter(0, date(2026, 3, 1), "replacement", old_value=0)
        self.read_meter(0, date(2026, 3, 1), "replacement", old_value=6000)
        self.assertEqual(self.vehicle.true_odometer, 6000)
        self.assertFalse(self.vehicle.odometer_alert)

    def test_nobody_reads_it_before_the_car_is_built(self):
        self.vehicle.production_date = date(2024, 5, 1)
        with self.assertRaisesRegex(ValidationError, "was built on"):
            self.read_meter(10, date(2024, 4, 30))
        self.read_meter(10, date(2024, 5, 1))

    def test_entered_on_the_vehicle(self):
        self.vehicle.odometer = 1234
        reading = self.vehicle.odometer_ids
        self.assertEqual((reading.value, reading.source), (1234, "manual"))
        self.assertEqual(reading.date, date(2026, 6, 30))

    def test_rollback_is_kept_flagged_and_told(self):
        manager = self.users["store_manager", 1]
        self.read_meter(50000, date(2026, 1, 1))
        low = self.read_meter(20000, date(2026, 3, 1))
        self.assertTrue(low.is_rollback)
        self.assertTrue(self.vehicle.odometer_alert)
        self.assertEqual(self.vehicle.odometer, 20000)
        self.assertEqual(self.vehicle.true_odometer, 50000)
        activity = self.vehicle.activity_ids
        self.assertEqual(activity.user_id, manager)
        self.assertIn("20000", activity.summary)
        event = self.vehicle.event_ids.filtered(lambda row: row.kind == "odometer")
        self.assertEqual(len(event), 1)
        # The same reading again is a second reading, not a second alarm of the old.
        self.read_meter(20500, date(2026, 4, 1))
        self.assertEqual(len(self.vehicle.activity_ids), 2)

    def test_replaced_meter_explains_it(self):
        self.read_meter(50000, date(2026, 1, 1))
        self.read_meter(300, date(2026, 3, 1))
        self.assertTrue(self.vehicle.odometer_alert)
        # Found out later: the meter was replaced in between.
        self.read_meter(0, date(2026, 2, 1), "replacement", old_value=51000)
        self.assertFalse(self.vehicle.odometer_alert)
        self.assertEqual(self.vehicle.odometer, 300)
        self.assertEqual(self.vehicle.true_odometer, 51300)
        self.assertEqual(self.vehicle.odometer_offset, 51000)
        after = self.read_meter(1300, date(2026, 4, 1))
        self.assertEqual(after.true_value, 52300)
        # A second replacement adds to the first.
        self.read_meter(5000, date(2026, 5, 1), "replacement", old_value=2300)
        last = self.read_meter(6000, date(2026, 6, 1))
        self.assertEqual(last.true_value, 51000 + 2300 + 1000)
        with self.assertRaises(ValidationError):
            self.read_meter(0, date(2026, 6, 2), "replacement")

    def test_a_mistake_is_left_out(self):
        self.read_meter(1000, date(2026, 1, 1))
        wrong = self.read_meter(500000, date(2026, 2, 1))
        self.read_meter(2000, date(2026, 3, 1))
        self.assertTrue(self.vehicle.odometer_alert)
        with self.assertRaises(AccessError):
            wrong.with_user(self.users["adviser", 1]).action_mark_mistake()
        wrong.with_user(self.users["service_manager", 1]).action_mark_mistake()
        self.assertFalse(self.vehicle.odometer_alert)
        self.assertEqual(self.vehicle.true_odometer, 2000)
        self.assertEqual(len(self.vehicle.odometer_ids), 3)

    def test_nobody_changes_the_ledger(self):
        reading = self.read_meter(1000, date(2026, 1, 1))
        for user in (self.env.user, self.users["head_office"]):
            with self.assertRaises(UserError):
                reading.with_user(user).write({"value": 1})
            with self.assertRaises(UserError):
                reading.with_user(user).unlink()
        with self.assertRaises(AccessError):
            self.env["auto.odometer.reading"].with_user(
                self.users["head_office"]
            ).create({"vehicle_id": self.vehicle.id, "value": 5, "is_rollback": False})

    def test_an_adviser_adds_but_a_consultant_does_not(self):
        values = {"vehicle_id": self.vehicle.id, "value": 700}
        ledger = self.env["auto.odometer.reading"]
        ledger.with_user(self.users["adviser", 1]).create(values)
        self.assertEqual(self.vehicle.odometer, 700)
        self.assertEqual(self.vehicle.odometer_ids.user_id, self.users["adviser", 1])
        with self.assertRaises(AccessError):
            ledger.with_user(self.users["consultant", 1]).create(values)
        with self.assertRaises(AccessError):
            ledger.with_user(self.users["adviser", 2]).create(values)

    def test_bad_input(self):
        for value, day in (
            (-1, date(2026, 1, 1)),
            (2_000_001, date(2026, 1, 1)),
            (10, date(2099, 1, 1)),
            (10, date(1066, 1, 1)),
        ):
            with self.assertRaises(ValidationError, msg=(value, day)):
                self.vehicle._record_odometer(value, day)
        self.assertFalse(self.vehicle.odometer_ids)

    def test_daily_distance_is_robust(self):
        """One wild trip and one old year do not move the estimate much."""
        self.read_meter(90, date(2020, 1, 1))
        start = date(2025, 6, 1)
        for month in range(12):
            extra = 6000 if month >= 6 else 0
            self.read_meter(
                50000 + month * 1200 + extra, start + timedelta(days=30 * month)
            )
        self.assertAlmostEqual(self.vehicle.daily_distance, 48, delta=16)

    def test_from_the_day_of_delivery(self):
        self.vehicle.delivery_date = date(2026, 3, 2)
        self.read_meter(3000, date(2026, 6, 10))
        self.assertEqual(self.vehicle.daily_distance, 30)

    def test_date_for_odometer(self):
        self.assertFalse(self.vehicle._date_for_odometer(10000))
        self.read_meter(1000, date(2026, 1, 1))
        self.assertFalse(self.vehicle._date_for_odometer(10000))
        self.read_meter(5000, date(2026, 4, 11))
        self.assertEqual(
            self.vehicle._date_for_odometer(10000),
            date(2026, 4, 11) + timedelta(days=125),
        )
        self.assertEqual(self.vehicle._date_for_odometer(4000), date(2026, 4, 11))
        self.assertFalse(self.vehicle._date_for_odometer(1_900_000))
        # On a new meter the rule's km are those of the new meter.
        self.read_meter(0, date(2026, 4, 11), "replacement", old_value=5000)
        self.assertEqual(
            self.vehicle._date_for_odometer(5000),
            date(2026, 4, 11) + timedelta(days=125),
        )
