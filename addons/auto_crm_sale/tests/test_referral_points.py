from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.auto_crm_lead.tests.test_referral import ReferralCase


@tagged("post_install", "-at_install")
class TestReferralPoints(ReferralCase, HttpCase):
    """Members get points for friends who buy, and see what became of them."""

    def test_points_once_and_for_members_only(self):
        with self.assertRaises(ValidationError):
            self.rule.write({"reward_kind": "points", "reward_points": 0})
        self.rule.write({"reward_kind": "points", "reward_points": 300})
        referral = self.recommend()
        referral.lead_id.action_set_won()
        self.assertEqual((referral.reward_state, referral.reward_points), ("due", 300))
        mine = referral.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "no member"):
            mine.action_give_reward()
        self.assertEqual(referral.reward_state, "due", "nothing half done")
        self.rule.reward_points = 5000  # what was promised stays
        member = self.env["auto.member"].create(
            {
                "partner_id": self.owner.id,
                "company_id": self.store.id,
                "program_id": self.env["loyalty.program"]
                .search([("is_member_program", "=", True)], limit=1)
                .id,
            }
        )
        before = member.points
        mine.action_give_reward()
        self.assertEqual(member.points - before, 300)
        with self.assertRaises(UserError):
            mine.action_give_reward()

    def test_customer_page(self):
        new_test_user(
            self.env,
            "recommending",
            groups="base.group_portal",
            partner_id=self.owner.id,
        )
        self.recommend(name="Quentin Friendly")
        foreign = self.owner.copy({"name": "Other", "phone": "", "email": ""})
        self.recommend("13800138777", name="Zacharias", owner=foreign)
        self.authenticate("recommending", "recommending")
        page = self.url_open("/my/recommendations")
        self.assertEqual(page.status_code, 200)
        self.assertIn("/auto/refer/", page.text)
        self.assertIn("Q…", page.text)
        for hidden in ("Quentin", "8701", "Zacharias", "Z…"):
            self.assertNotIn(hidden, page.text)
        self.assertIn("/my/recommendations", self.url_open("/my").text)
