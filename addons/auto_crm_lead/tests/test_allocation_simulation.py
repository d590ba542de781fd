from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged, warmup

from .common import LeadCase

START = fields.Datetime.to_datetime("2026-03-02 02:00:00")


@tagged("post_install", "-at_install")
class TestAllocationSimulation(LeadCase):
    """A changed rule is tried on what really came in, and nothing is touched."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["auto.allocation.rule"].search([]).active = False
        cls.rule = cls.env["auto.allocation.rule"].create(
            {"name": "Test rule", "method": "rotation", "working_hours": "ignore"}
        )
        cls.second = new_test_user(
            cls.env,
            "test_simulated",
            groups="auto_crm_base.group_consultant",
            company_id=cls.store.id,
            company_ids=[(6, 0, cls.store.ids)],
        )
        cls.leads = cls.env["crm.lead"]
        for number in range(6):
            with freeze_time(START + timedelta(hours=number)):
                lead = cls._lead(user=False)
                lead._allocate()
                cls.leads |= lead
        cls.env.flush_all()

    def _simulation(self, user=None, **values):
        return (
            self.env["auto.allocation.simulation"]
            .with_user(user or self.manager)
            .create(
                {
                    "company_id": self.store.id,
                    "date_from": "2026-03-01",
                    "date_to": "2026-03-31",
                    "rule_id": self.rule.id,
                    **values,
                }
            )
        )

    def _figures(self, one):
        return {
            line.user_id: (line.actual, line.now, line.trial, line.difference)
            for line in one.line_ids
        }

    def test_the_same_rule_changes_nothing(self):
        one = self._simulation()
        one.action_run()
        self.assertEqual(one.case_count, 6)
        self.assertEqual((one.moved_count, one.agreement), (0, 100))
        self.assertEqual(
            self._figures(one),
            {self.consultant: (3, 3, 3, 0), self.second: (3, 3, 3, 0)},
        )

    def test_another_rule_and_nothing_written(self):
        before = [
            (lead.user_id, lead.write_date, lead.assignment_ids) for lead in self.leads
        ]
        count = self.env["auto.lead.assignment"].search_count([])
        one = self._simulation(user_ids=[(6, 0, self.second.ids)])
        one.action_run()
        self.assertEqual(one.moved_count, 3)
        self.assertEqual(
            self._figures(one),
            {self.consultant: (3, 3, 0, -3), self.second: (3, 3, 6, 3)},
        )
        moved = one.case_ids.search(one.action_open_moved()["domain"])
        self.assertEqual(moved.now_user_id, self.consultant)
        self.assertIn("only one who could take it", moved[0].explanation)
        line = one.line_ids.filtered(lambda line: line.user_id == self.second)
        cases = one.case_ids.search(line.action_open_cases()["domain"])
        self.assertEqual(len(cases), 6)
        self.assertEqual(moved[0].action_open_lead()["res_id"], moved[0].lead_id.id)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(
            before,
            [
                (lead.user_id, lead.write_date, lead.assignment_ids)
                for lead in self.leads
            ],
        )
        self.assertEqual(self.env["auto.lead.assignment"].search_count([]), count)
        self.assertFalse(self.rule.user_ids)

    def test_region_and_horizon(self):
        """What a rule asks of the prospect can be changed too."""
        soon = self.horizons["now"]
        self.leads[:2].horizon_id = soon
        one = self._simulation(horizon_ids=[(6, 0, soon.ids)])
        one.action_run()
        self.assertEqual(self._figures(one)[self.env["res.users"]][2], 4)
        state = self.env["res.country.state"].search([], limit=1)
        one = self._simulation(state_ids=[(6, 0, state.ids)])
        one.action_run()
        self.assertEqual(self._figures(one)[self.env["res.users"]][2], 6)
        self.assertFalse(self.rule.state_ids)
        self.assertFalse(self.rule.horizon_ids)

    def test_capacity_and_closed_prospects(self):
        """Who closes one has room for the next, at the moment it was closed."""
        self.env["auto.salesperson"].create(
            {"user_id": self.second.id, "company_id": self.store.id, "max_open": 1}
        )
        values = {"user_ids": [(6, 0, self.second.ids)]}
        one = self._simulation(**values)
        one.action_run()
        figures = self._figures(one)
        self.assertEqual(figures[self.second][2], 1)
        self.assertEqual(figures[self.env["res.users"]][2], 5)
        last = one.case_ids[-1]
        self.assertIn("as many open as possible", last.explanation)
        first = self.leads[0]
        first.action_set_won()
        first.date_closed = START + timedelta(hours=2, minutes=30)
        one = self._simulation(**values)
        one.action_run()
        self.assertEqual(self._figures(one)[self.second][2], 2)

    def test_rule_switched_off(self):
        one = self._simulation(rule_active=False)
        one.action_run()
        self.assertEqual(self._figures(one)[self.env["res.users"]][2], 6)
        self.assertIn("No rule applies", one.case_ids[0].explanation)

    def test_who_and_when(self):
        with self.assertRaisesRegex(UserError, "No prospect"):
            self._simulation(date_from="2025-01-01", date_to="2025-01-31").action_run()
        with self.assertRaisesRegex(UserError, "ends before"):
            self._simulation(date_to="2026-02-01").action_run()
        one = self._simulation(company_id=self.stores[2].id)
        with self.assertRaises(AccessError):
            one.action_run()
        for role in ("consultant", "callcentre"):
            with self.assertRaises(AccessError):
                self._simulation(self.users[role, 1])
        other = self.env["auto.allocation.simulation"].with_user(
            self.users["store_manager", 1]
        )
        self.assertFalse(other.search([("id", "=", one.id)]))

    @warmup
    def test_queries(self):
        one = self._simulation(method="least")
        self.env.flush_all()
        with self.assertQueryCount(70):
            one.action_run()
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestAllocationExplained(LeadCase):
    """Why one won is read in words, long after."""

    def _why(self, method, *candidates):
        return (
            self.env["auto.lead.assignment"]
            .new(
                {
                    "kind": "auto",
                    "rule_name": "R",
                    "method": method,
                    "user_id": 1,
                    "candidates": [
                        {"name": f"P{one['user']}", "open": 3, "today": 1, **one}
                        for one in candidates
                    ],
                }
            )
            .explanation
        )

    def test_in_words(self):
        self.assertIn(
            "P1 has the fewest open prospects: 3, the next 5",
            self._why("least", {"user": 1, "score": 3}, {"user": 2, "score": 5}),
        )
        self.assertIn(
            "P1 has the most room: 15.0 % taken, the next 40 %",
            self._why("capacity", {"user": 1, "score": 15.0}, {"user": 2, "score": 40}),
        )
        self.assertIn(
            "P1 waited longest of 2",
            self._why("rotation", {"user": 1, "score": 0}, {"user": 2, "score": 0}),
        )
        self.assertIn(
            "P1 was the only one",
            self._why("least", {"user": 1, "score": 3}, {"user": 2, "out": "away"}),
        )
        self.assertIn("3 of 20 open", self._why("least", {"user": 1, "cap": 20}))

    def test_no_client_hides_an_assignment(self):
        lead = self._lead()
        count = len(lead.assignment_ids)
        lead.with_user(self.manager).with_context(auto_allocation=True).write(
            {"user_id": self.manager.id}
        )
        self.assertEqual(len(lead.assignment_ids), count + 1)
