from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, warmup

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestMyDay(LeadCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Lead = cls.env["crm.lead"].with_user(cls.consultant)
        cls.new = cls._lead(name="New one")
        cls.overdue = cls._lead(
            name="Overdue one",
            grade_id=cls.grades["B"].id,
            phone="+86 138 0013 8000",
        )
        cls.overdue._log_contact(
            "phone", "Will decide on Friday", result="reached", next_step="Call Friday"
        )
        cls.overdue.next_followup_date = cls.today - timedelta(days=3)
        cls.due = cls._lead(name="Due one", grade_id=cls.grades["A"].id)
        cls.due._log_contact("phone", "Hello")
        cls.due.next_followup_date = cls.today
        cls.woken = cls._lead(name="Woken one", grade_id=cls.grades["D"].id)
        cls.woken._log_contact("phone", "Later")
        cls.woken._shelve(cls.today + timedelta(days=2))
        cls.woken._wake()
        cls.planned = cls._lead(name="Planned one", grade_id=cls.grades["C"].id)
        cls.planned._log_contact("phone", "Hello")
        cls.shelved = cls._lead(name="Shelved one")
        cls.shelved._shelve(cls.today + timedelta(days=2))
        cls.won = cls._lead(name="Won one")
        cls.won.action_set_won()
        cls.foreign = cls._lead(name="Of a colleague", user=cls.manager)

    def test_sections(self):
        day = self.Lead.my_day()
        self.assertEqual(
            {card["title"]: card["section"] for card in day["cards"]},
            {
                "Woken one": "waking",
                "New one": "new",
                "Overdue one": "overdue",
                "Due one": "today",
            },
        )
        self.assertEqual(
            day["counts"], {"waking": 1, "new": 1, "overdue": 1, "today": 1}
        )
        self.assertEqual(day["cards"][0]["title"], "Woken one", "waking is on top")
        card = next(card for card in day["cards"] if card["title"] == "Overdue one")
        self.assertEqual(card["days_overdue"], 3)
        self.assertEqual(card["next_step"], "Call Friday")
        self.assertEqual(card["contacts"][0]["summary"], "Will decide on Friday")
        self.assertEqual(card["phone"], "+86 138 0013 8000", "own: in full")
        self.assertEqual(
            day["next_dates"][self.store.id][self.grades["A"].id],
            fields.Date.to_string(self.in_days(3)),
        )
        self.assertEqual(
            [user["id"] for user in day["users"]], self.consultant.ids, "no switching"
        )

    def test_ranking_by_promise(self):
        for code in "DHB":
            lead = self._lead(name=f"Rank {code}", grade_id=self.grades[code].id)
            lead._log_contact("phone", "Hello")
            lead.next_followup_date = self.today
        ranked = [
            card["title"]
            for card in self.Lead.my_day()["cards"]
            if card["title"].startswith("Rank")
        ]
        self.assertEqual(ranked, ["Rank H", "Rank B", "Rank D"])

    def test_log_and_next(self):
        outcome = self.Lead.my_day_log(
            self.overdue.id,
            {
                "summary": "Comes on Saturday",
                "result": "appointment",
                "grade_id": self.grades["H"].id,
                "next_step": "Test drive",
            },
        )
        self.assertFalse(outcome["card"])
        self.assertEqual(outcome["next_date"], fields.Date.to_string(self.in_days(1)))
        self.assertEqual(self.overdue.grade_id.code, "H")
        self.assertEqual(self.overdue.contact_ids[0].next_step, "Test drive")
        self.assertEqual(self.overdue.contact_ids[0].user_id, self.consultant)

    def test_log_for_today_keeps_the_card(self):
        outcome = self.Lead.my_day_log(
            self.due.id,
            {
                "summary": "Call again this evening",
                "next_date": fields.Date.to_string(self.today),
            },
        )
        self.assertEqual(outcome["card"]["section"], "today")

    def test_bad_input_leaves_nothing(self):
        for values in (
            {"summary": "  "},
            {"summary": "x", "result": "nonsense"},
            {"summary": "x", "channel": "pigeon"},
            {"summary": "x", "next_date": "soon"},
            {"summary": "x", "grade_id": 99999999},
            {"summary": "x", "horizon_id": 99999999},
        ):
            with self.assertRaises(ValidationError):
                self.Lead.my_day_log(self.new.id, values)
        with self.assertRaises(UserError):
            self.Lead.my_day_log(
                self.new.id, {"summary": "x", "next_date": "2001-01-01"}
            )
        with self.assertRaises(UserError):
            self.Lead.my_day_log(
                self.new.id, {"summary": "x", "grade_id": self.grades["S"].id}
            )
        with self.assertRaises(ValidationError):
            self.Lead.my_day_shelve(self.new.id, "some day")
        with self.assertRaises(UserError):
            self.Lead.my_day_log(0, {"summary": "x"})
        self.assertFalse(self.new.contact_ids)

    def test_only_own(self):
        with self.assertRaises(AccessError):
            self.Lead.my_day_log(self.foreign.id, {"summary": "Not mine"})
        with self.assertRaises(AccessError):
            self.Lead.my_day(self.manager.id)

    def test_manager_switches_within_the_store(self):
        other = self._lead(
            name="Store 2", user=self.users["consultant", 2], store=self.stores[2]
        )
        model = self.env["crm.lead"].with_user(self.users["store_manager", 1])
        people = {user["id"] for user in model.my_day()["users"]}
        self.assertIn(self.consultant.id, people)
        self.assertNotIn(self.users["consultant", 2].id, people)
        day = model.my_day(self.consultant.id)
        self.assertEqual(len(day["cards"]), 4)
        day = model.my_day(other.user_id.id)
        self.assertFalse(day["cards"], "another store's prospects stay unseen")

    def test_auditor_looks_only(self):
        model = self.env["crm.lead"].with_user(self.users["auditor"])
        day = model.with_context(allowed_company_ids=self.store.ids).my_day(
            self.consultant.id
        )
        self.assertEqual(len(day["cards"]), 4)
        self.assertFalse(day["can_log"])
        card = next(card for card in day["cards"] if card["title"] == "Overdue one")
        self.assertIn("*", card["phone"], "masked for whoever lacks the right")

    def test_roles_without_prospects(self):
        for role in ("technician", "adviser", "service_manager"):
            with self.assertRaises(AccessError):
                self.env["crm.lead"].with_user(self.users[role, 1]).my_day()

    def test_shelve(self):
        outcome = self.Lead.my_day_shelve(
            self.due.id, fields.Date.to_string(self.in_days(9)), "Abroad"
        )
        self.assertFalse(outcome["card"])
        self.assertEqual(self.due.followup_state, "shelved")
        self.assertEqual(self.due.wake_date, self.in_days(9))

    @warmup
    def test_query_budget(self):
        """One call, however many cards."""
        self.Lead.my_day()
        leads = self._lead(40, grade_id=self.grades["B"].id)
        leads._log_contact("phone", "Hello")
        leads.next_followup_date = self.today
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(28):
            self.assertEqual(len(self.Lead.my_day()["cards"]), 44)
