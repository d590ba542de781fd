from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import MemberCase


@tagged("post_install", "-at_install")
class TestPoints(MemberCase):
    """Points are corrected with a reason, and the old ones expire."""

    def setUp(self):
        super().setUp()
        self.member = self._enrol()

    def _earn(self, points, days):
        """Let the member have got points, or used them, so many days ago."""
        before = self.member.card_id.history_ids
        self.member._add_points(points, "Test")
        line = self.member.card_id.history_ids - before
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_history SET create_date = create_date"
                " - %s * INTERVAL '1 day' WHERE id = %s RETURNING id",
                days,
                line.id,
            )
        )
        line.invalidate_recordset()

    def _job(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "auto_crm_member.ir_cron_member_points"
            ).method_direct_trigger()

    def _correct(self, user, change, reason="Forgotten"):
        member = self._as(self.member, user)
        wizard = member.env["auto.member.points"].create(
            {"member_id": self.member.id, "change": change, "reason": reason}
        )
        return wizard.action_correct()

    def test_corrected(self):
        self._correct(self.manager, 300)
        self.assertEqual(self.member.points, 300)
        self._correct(self.manager, -50, "Given twice")
        self.assertEqual(self.member.points, 250)
        history = self.member.card_id.history_ids.sorted("id")
        self.assertEqual(history.mapped("issued"), [300, 0])
        self.assertEqual(history.mapped("used"), [0, 50])
        self.assertIn("Given twice", history[-1].description)
        self.assertIn("Given twice", self.member.message_ids[0].body)

    def test_bad_numbers(self):
        for change in (float("nan"), float("inf"), float("-inf"), 0.001):
            with self.subTest(change), self.assertRaisesRegex(UserError, "How many"):
                self._correct(self.manager, change)
        for change in (1e15, -1e15):
            with self.subTest(change), self.assertRaisesRegex(UserError, "At most"):
                self._correct(self.manager, change)
        self.assertEqual(self.member.points, 0)

    def test_not_by_everybody(self):
        for role in ("consultant", "adviser", "callcentre", "complaint"):
            with self.subTest(role), self.assertRaises(AccessError):
                self._correct(self.users[role, 1], 5)
        self.assertEqual(self.member.points, 0)

    def test_bad_input(self):
        for change, reason in ((0, "Why"), (5, "  "), (-5, "Too many")):
            with self.subTest(change=change), self.assertRaises(UserError):
                self._correct(self.manager, change, reason)

    def test_not_past_the_correction(self):
        """Odoo lets every salesperson write the points of a card."""
        card = self.member.card_id
        for role in ("consultant", "store_manager"):
            user = self.users[role, 1]
            user.group_ids |= self.env.ref("sales_team.group_sale_manager")
            mine = self._as(card, user)
            with self.assertRaises(AccessError):
                mine.write({"points": 9999})
            with self.assertRaises(AccessError):
                mine.env["loyalty.history"].create(
                    {"card_id": card.id, "description": "Gift", "issued": 9999}
                )
            wizard = mine.env["loyalty.card.update.balance"].create(
                {"card_id": card.id, "new_balance": 9999, "description": "Gift"}
            )
            with self.assertRaises(AccessError):
                wizard.action_update_card_point()
            with self.assertRaises(AccessError):
                mine.create(
                    {
                        "program_id": self.program.id,
                        "partner_id": self.partners[1].id,
                        "points": 9999,
                    }
                )
        manager = self._as(card, self.users["store_manager", 1])
        action = manager.action_loyalty_update_balance()
        self.assertEqual(action["res_model"], "auto.member.points")

    def test_other_programs_as_odoo_does(self):
        other = self.program.copy({"is_member_program": False, "name": "Plain"})
        user = self.users["consultant", 1]
        user.group_ids |= self.env.ref("sales_team.group_sale_manager")
        card = self._as(self.env["loyalty.card"], user).create(
            {"program_id": other.id, "points": 5}
        )
        card.points = 7
        self.assertEqual(card.points, 7)

    def test_oldest_expire(self):
        self.program.points_expiry_months = 12
        self._earn(100, days=800)
        self._earn(70, days=500)
        self._earn(-60, days=450)
        self._earn(30, days=100)
        self._job()
        self.assertEqual(self.member.points, 30, "110 of the old were left")
        self._job()
        self.assertEqual(self.member.points, 30, "twice takes nothing twice")
        self.assertIn("Expired", self.member.card_id.history_ids[0].description)

    def test_told_beforehand_once(self):
        self.program.write({"points_expiry_months": 12, "points_warning_days": 30})
        self.partner.email = "owner@example.com"
        self._earn(40, days=350)
        self._earn(60, days=20)
        self._job()
        self.assertEqual(self.member.points, 100)
        self.assertEqual(self.member.points_expiring, 40)
        today = fields.Date.context_today(self.member)
        day = self.member.points_expiry_date
        self.assertTrue(today < day <= fields.Date.add(today, days=30))
        told = (
            self.env["mail.mail"].search(
                [("model", "=", "auto.member"), ("res_id", "=", self.member.id)]
            )
            | self.env["mail.message"]
            .search([("model", "=", "auto.member"), ("res_id", "=", self.member.id)])
            .mail_ids
        )
        self.assertEqual(self.member.points_told_date, day)
        count = len(told)
        self._job()
        self.assertEqual(len(told.exists()), count)
        self._earn(-40, days=0)
        self._job()
        self.assertFalse(self.member.points_expiring)

    def test_no_limit(self):
        self._earn(100, days=4000)
        self._job()
        self.assertEqual(self.member.points, 100)
