from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestForeignDocuments(ServiceCase):
    """What is not one's own is neither read through a window nor written past it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls.users["adviser", 2]

    def test_windows_tell_nothing_of_another_store(self):
        repair = self._receive()
        self._job(repair, parts=1)
        for model in ("auto.repair.share", "auto.repair.decide"):
            own = self.env[model].with_user(self.adviser)
            self.assertTrue(own.create({"repair_id": repair.id}))
            windows = self.env[model].with_user(self.stranger)
            with self.assertRaises(AccessError):
                windows.create({"repair_id": repair.id})
            with self.assertRaises(AccessError):
                windows.with_context(default_repair_id=repair.id).create({})
            with self.assertRaises(AccessError):
                windows.onchange({"repair_id": repair.id}, [], {"repair_id": {}})
            with self.assertRaises(AccessError):
                windows.with_context(default_repair_id=repair.id).onchange(
                    {}, [], {"repair_id": {}}
                )
            with self.assertRaises(AccessError):
                windows.create({"repair_id": 999999999})

    def test_figures_follow_from_others(self):
        repair = self._receive()
        job = self._job(repair, parts=1)
        amount = repair.amount_customer
        for record, name in (
            (repair, "amount_customer"),
            (repair, "amount_service"),
            (job, "amount_total"),
            (job, "clocked_hours"),
            (job, "standard_hours"),
            (job.line_ids[:1], "price_total"),
        ):
            with self.assertRaisesRegex(UserError, "by hand"):
                record.with_user(self.adviser).write({name: 77777})
        self.assertEqual(repair.amount_customer, amount)
        job.write({"amount_total": job.amount_total, "concern": "The same figure"})

    def test_order_stays_in_its_store(self):
        repair = self._receive()
        user = self.users["head_office"]
        for writer in (self.adviser, user):
            if not repair.with_user(writer).has_access("write"):
                continue
            with self.assertRaisesRegex(UserError, "stays in the store"):
                repair.with_user(writer).write({"company_id": self.stores[2].id})
        self.assertEqual(repair.sudo().company_id, self.store)

    def test_time_of_a_day_at_most(self):
        repair = self._receive()
        self._job(repair)
        self._agree(repair)
        repair.action_to_workshop()
        self._work(repair)
        with self.assertRaisesRegex(UserError, "more than a day"):
            repair.job_ids.time_ids.with_user(self.service_manager).write(
                {"start": "2001-01-01 08:00:00", "note": "Forgotten"}
            )
