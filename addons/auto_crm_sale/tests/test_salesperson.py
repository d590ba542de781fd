from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import tagged, warmup

from .test_sales_plan import PlanCase


@tagged("post_install", "-at_install")
class TestSalespersonResults(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["auto.salesperson"].create(
            [
                {"user_id": user.id, "company_id": cls.store.id}
                for user in (cls.consultant, cls.second)
            ]
        )

    def test_results(self):
        person = self.people[0]
        self.assertEqual(person.team_id, self.team)
        self._plan(
            {"user_id": self.consultant.id, "target_contracts": 4},
            {
                "user_id": self.consultant.id,
                "model_id": self.model.id,
                "target_contracts": 3,
            },
        )
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"Prospect {number}",
                    "type": "opportunity",
                    "company_id": self.store.id,
                    "user_id": self.consultant.id,
                }
                for number in range(4)
            ]
        )
        now = self._sell(deliver=True)
        earlier = self._sell()
        earlier.date_order = fields.Datetime.now() - relativedelta(months=3)
        self._sell(self.second)
        self.env.flush_all()
        self.env.invalidate_all()
        for user in (self.boss, self.consultant):
            seen = person.with_user(user)
            self.assertEqual((seen.month_contracts, seen.year_contracts), (1, 2))
            self.assertEqual((seen.month_deliveries, seen.month_revenue), (1, 150000))
            self.assertEqual((seen.month_prospects, seen.month_conversion), (4, 25))
            self.assertEqual(seen.year_conversion, 50)
            # The target by model is within the other, and the month without a
            # target does not count.
            self.assertEqual((seen.month_target, seen.year_target), (4, 4))
            self.assertEqual((seen.month_attainment, seen.year_attainment), (25, 25))
            self.env.invalidate_all()
        rows = self._opened(person.action_view_month_contracts())
        self.assertEqual(rows.order_id, now)
        rows = self._opened(person.action_view_year_contracts())
        self.assertEqual(rows.order_id, now | earlier)
        rows = self._opened(person.action_view_year_deliveries())
        self.assertEqual(rows.order_id, now)
        self.assertEqual(self._opened(person.action_view_month_deliveries()), rows)
        self.assertEqual(self._opened(person.action_view_month_prospects()), leads)
        self.assertEqual(self._opened(person.action_view_year_prospects()), leads)
        self.assertEqual(len(self._opened(person.action_view_targets())), 2)

    @warmup
    def test_queries(self):
        people = self.people.with_user(self.boss)
        self.env.flush_all()
        self.env.invalidate_all()
        people.mapped("user_id.name")
        people.mapped("company_id.resource_calendar_id.tz")
        with self.assertQueryCount(6):
            people.mapped("year_attainment")
