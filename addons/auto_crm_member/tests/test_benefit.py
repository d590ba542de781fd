from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import MemberCase


@tagged("post_install", "-at_install")
class TestBenefit(MemberCase):
    """Benefits are used up, and never more often than granted."""

    def test_used_up(self):
        member = self._as(self._enrol(tier=1), self.adviser)
        for left in (1, 0):
            use = member._use_benefit(self.wash, note="After the service")
            state = member._benefit_states()[member.id][0]
            self.assertEqual(state["left"], left)
        self.assertEqual(use.number, 2)
        self.assertEqual((use.user_id, use.company_id), (self.adviser, self.store))
        with self.assertRaisesRegex(UserError, "2 of 2"):
            member._use_benefit(self.wash)
        self.assertIn("Wash", member.message_ids[0].body)

    def test_taken_back(self):
        member = self._as(self._enrol(tier=1), self.adviser)
        first = member._use_benefit(self.wash)
        member._use_benefit(self.wash)
        with self.assertRaises(AccessError):
            first.action_cancel()
        self._as(first, self.manager).action_cancel("The machine was broken")
        self.assertEqual(first.state, "cancelled")
        with self.assertRaises(UserError):
            self._as(first, self.manager).action_cancel()
        again = member._use_benefit(self.wash)
        self.assertEqual(again.number, 1, "the gap is filled")
        with self.assertRaises(UserError):
            member._use_benefit(self.wash)

    def test_another_year(self):
        joined = fields.Date.subtract(fields.Date.context_today(self.wash), years=2)
        member = self._enrol(tier=1, date_joined=joined)
        last_year = fields.Date.context_today(member).year - 1
        for _number in range(2):
            member._use_benefit(
                self.wash, date=fields.Date.to_date(f"{last_year}-06-01")
            )
        member._use_benefit(self.wash)
        self.assertEqual(member._benefit_states()[member.id][0]["left"], 1)

    def test_no_years_of_old(self):
        """Nobody takes the washes of years long gone."""
        today = fields.Date.context_today(self.wash)
        joined = fields.Date.subtract(today, days=400)
        member = self._as(self._enrol(tier=1, date_joined=joined), self.adviser)
        for days in (32, 399, 20_000):
            with self.subTest(days), self.assertRaisesRegex(UserError, "or later"):
                member._use_benefit(
                    self.wash, date=fields.Date.subtract(today, days=days)
                )
        member._use_benefit(self.wash, date=fields.Date.subtract(today, days=31))
        managed = self._as(member, self.manager)
        managed._use_benefit(self.wash, date=fields.Date.subtract(today, days=399))
        with self.assertRaisesRegex(UserError, "or later"):
            managed._use_benefit(self.wash, date=fields.Date.subtract(joined, days=1))

    def test_over_before_the_daily_job(self):
        today = fields.Date.context_today(self.wash)
        joined = fields.Date.subtract(today, days=400)
        member = self._enrol(tier=1, date_joined=joined, date_end=today)
        self.assertTrue(self.partner.member_badge)
        member.date_end = fields.Date.subtract(today, days=1)
        self.assertEqual(member.state, "active")
        self.assertFalse(self.partner.member_badge)
        self.assertFalse(member._benefit_states())
        with self.assertRaisesRegex(UserError, "not a member"):
            member._use_benefit(self.wash)

    def test_higher_tier_counts_what_was_used(self):
        member = self._enrol(tier=1)
        member._use_benefit(self.wash)
        member._give_tier(self.tiers[2])
        rows = {row["id"]: row for row in member._benefit_states()[member.id]}
        self.assertEqual(rows[self.wash.id]["left"], 2)
        self.assertIsNone(rows[self.labour.id]["left"])
        self.assertEqual(rows[self.labour.id]["percent"], 10)
        use = member._use_benefit(self.labour, document=self.partner)
        self.assertEqual(use.document_name, self.partner.display_name)

    def test_bad_input(self):
        member = self._enrol()
        tomorrow = fields.Date.add(fields.Date.context_today(member), days=1)
        with self.assertRaisesRegex(UserError, "do not have"):
            member._use_benefit(self.wash)
        with self.assertRaisesRegex(UserError, "future"):
            member._use_benefit(self.wash, date=tomorrow)
        member._end("ended", "Test")
        with self.assertRaisesRegex(UserError, "not a member"):
            member._use_benefit(self.wash)
        for role in ("callcentre", "complaint"):
            with self.subTest(role), self.assertRaises(AccessError):
                self._as(member, self.users[role, 1])._use_benefit(self.wash)

    def test_nobody_writes_it_by_hand(self):
        member = self._enrol(tier=1)
        use = member._use_benefit(self.wash)
        values = {
            "member_id": member.id,
            "benefit_id": self.wash.id,
            "year": 2020,
            "number": 1,
        }
        manager = self.users["store_manager", 1]
        with self.assertRaises(AccessError):
            self._as(use, manager).create(values)
        with self.assertRaises(AccessError):
            self._as(use, manager).write({"state": "cancelled"})
        with self.assertRaises(UserError):
            use.unlink()

    def test_dialog(self):
        member = self._as(self._enrol(tier=1), self.adviser)
        action = member.action_use_benefit()
        wizards = member.env[action["res_model"]].with_context(**action["context"])
        with Form(wizards) as form:
            self.assertEqual(form.available_ids.ids, self.wash.ids)
            form.benefit_id = self.wash
            self.assertEqual(form.left_text, "2 of 2")
        form.record.action_use()
        self.assertEqual(len(member.use_ids), 1)
        self.assertIn("Wash", str(member.benefits_html))
