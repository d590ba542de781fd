from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_claim import ClaimCase


@tagged("post_install", "-at_install")
class TestGuarantee(ClaimCase):
    """The three guarantees of a car, counted over the stores of the group."""

    def _counts(self, kind, vehicle=None, months=24):
        return self.env["auto.guarantee.count"].search(
            [
                ("vehicle_id", "=", (vehicle or self.vehicle).id),
                ("rule_id.kind", "=", kind),
                ("rule_id.months", "=", months),
            ]
        )

    def test_same_problem(self):
        """The third repair warns the service manager, the fifth reaches the limit."""
        for number in range(1, 6):
            repair = self._ready("warranty")
            count = self._counts("problem")
            self.assertEqual(count.count, number)
            self.assertEqual(count.level, "012"[(number >= 3) + (number >= 5)])
        self.assertEqual(count.entry_ids.repair_id, self.vehicle.sudo().repair_ids)
        tasks = self.vehicle.sudo().activity_ids.filtered(
            lambda one: "same problem" in one.summary.lower()
        )
        self.assertEqual(tasks.user_id, self.service_manager)
        self.assertEqual(len(tasks), 2)
        self.assertIn("limit reached", repair.guarantee_note)
        self.assertIn(
            "limit reached",
            " ".join(self.vehicle.with_user(self.adviser)._counter_notes()),
        )

    def test_what_counts(self):
        """What the customer pays, accidents and early or late repairs do not."""
        self._ready("customer")
        self.assertFalse(self._counts("problem"))
        self.vehicle.delivery_date = fields.Date.subtract(
            fields.Date.today(), months=25
        )
        self._ready("warranty")
        self.assertFalse(self._counts("problem"))
        self.vehicle.delivery_date = fields.Date.today()
        repair = self._ready("warranty", odometer_in=50001)
        self.assertEqual(self._counts("problem").count, 1)
        repair.sudo().odometer_in = 50000
        self.vehicle._guarantee_refresh()
        self.assertEqual(self._counts("problem").count, 2)
        repair.job_ids.is_quality_fault = False
        self.assertEqual(self._counts("problem").count, 1)

    def test_days(self):
        """Each begun day of 24 hours counts, of cars in the house too."""
        repair = self._receive(
            date_in=fields.Datetime.now() - timedelta(days=20, hours=1)
        )
        self._job(repair, pay_type="warranty")
        self.vehicle._guarantee_refresh()
        count = self._counts("days")
        self.assertEqual((count.count, count.level), (21, "1"))
        stay = self._counts("stay", months=36)
        self.assertEqual((stay.count, stay.level), (21, "2"))
        with self.enter_registry_test_mode():
            self.env.ref("auto_crm_service.ir_cron_guarantee").method_direct_trigger()
        self.assertEqual(count.count, 21)

    def test_units_and_safety(self):
        """Units, main parts, safety faults; early ones at once."""
        # A database in use keeps the rule as it was.
        self.env.ref("auto_crm_service.guarantee_rule_early_unit").kind = "early"
        self.vehicle.delivery_date = fields.Date.subtract(fields.Date.today(), days=3)
        self.part.auto_part_group_id = self.env.ref("auto_crm_service.part_group_motor")
        repair = self._ready("warranty", odometer_in=500)
        repair.job_ids.is_safety_fault = True
        self.assertEqual(self._counts("unit").level, "1")
        # Within 7 days and within 60: another car, or another unit, at once.
        self.assertEqual(self._counts("early", months=0).mapped("level"), ["2", "2"])
        self.assertFalse(self._counts("main"), "a unit is not counted twice")
        self.assertEqual(self._counts("safety").level, "1")
        self.assertEqual(self._counts("safety", months=0).level, "2")

    def test_part_of_a_unit(self):
        """A main part of an engine: early at once, later among main parts."""
        self.part.auto_part_group_id = self.env.ref(
            "auto_crm_service.part_group_unit_part"
        )
        self.vehicle.delivery_date = fields.Date.subtract(fields.Date.today(), days=30)
        repair = self._ready("warranty", odometer_in=2900)
        self.assertEqual(self._counts("early", months=0).rule_id.days, 60)
        self.assertEqual(self._counts("main").count, 1)
        self.assertFalse(self._counts("unit"))
        repair.sudo().odometer_in = 3001
        self.vehicle._guarantee_refresh()
        self.assertFalse(self._counts("early", months=0))

    def test_lines_of_the_maker(self):
        """A job of the customer of which the maker pays a line counts."""
        repair = self._receive()
        job = self._job(repair, parts=1)
        self.assertFalse(job.is_quality_fault)
        job.line_ids[-1:].pay_type = "warranty"
        self.assertTrue(job.is_quality_fault)

    def test_two_stores(self):
        """Another store's repairs count, and are shown without its documents."""
        self._ready("warranty")
        other = self.users["adviser", 2]
        self.vehicle._join_store(self.stores[2], "test")
        self.owner._join_store(self.stores[2], "test")
        repair = self._receive(user=other)
        self._job(
            repair,
            pay_type="warranty",
            causal_part_id=self.part.id,
            technician_id=False,
        )
        repair.action_to_workshop()
        repair.job_ids.sudo().write({"cause": "x", "correction": "x"})
        repair.job_ids.action_finish()
        repair.with_user(self.users["service_manager", 2]).action_quality_passed()
        count = self._counts("problem").with_user(other)
        self.assertEqual(count.count, 2)
        self.assertEqual(len(count.entry_ids), 2)
        self.assertFalse(
            count.entry_ids.repair_id.filtered(
                lambda one: one.sudo().company_id == self.store
            ).has_access("read")
        )

    def test_written_by_nobody(self):
        """Nobody writes a count by hand."""
        self._ready("warranty")
        count = self._counts("problem")
        with self.assertRaises(UserError):
            count.count = 0

    def test_queries(self):
        """Counting ten cars costs as many queries as counting one."""

        def cars(number):
            result = self.env["auto.vehicle"]
            for _number in range(number):
                vehicle = self._vehicle(
                    self.owner, delivery_date=fields.Date.today() - timedelta(days=99)
                )
                repair = self._receive(vehicle=vehicle)
                self._job(repair, pay_type="warranty", causal_part_id=self.part.id)
                result |= vehicle
            return result

        costs = []
        for number in (1, 10):
            vehicles = cars(number)
            vehicles._guarantee_refresh()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            vehicles._guarantee_refresh()
            self.env.flush_all()
            costs.append(self.cr.sql_log_count - before)
        self.assertEqual(*costs)
