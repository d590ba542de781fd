import re
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.auto_crm_base.controllers import public_form

from .test_intake import IntakeCase


class ReferralCase(IntakeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.users.values():
            user.lang = "en_US"  # the tests compare what people read
        cls.env["auto.referral.rule"].search([]).active = False
        cls.rule = cls.env["auto.referral.rule"].create(
            {
                "name": "Voucher",
                "reward_kind": "gift",
                "reward_text": "A voucher",
                "company_id": cls.store.id,
            }
        )
        cls.owner = cls.env["res.partner"].create(
            {
                "name": "Very Secret Owner",
                "phone": "+86 138 0013 8700",
                "email": "owner@example.com",
                "is_auto_customer": True,
                "auto_store_id": cls.store.id,
                "store_ids": cls.store.ids,
                "user_id": cls.users["consultant", 1].id,
            }
        )
        cls.manager = cls.users["sales_manager", 1]

    def recommend(self, phone="13800138701", name="Friend", owner=None):
        [result] = self.Lead._intake_process(
            [{"values": {"name": name, "phone": phone}, "channel": "referral"}]
        )
        return self.env["auto.referral"]._note_recommendation(
            owner or self.owner, result, "staff"
        )


@tagged("post_install", "-at_install")
class TestReferral(ReferralCase):
    """Friends are counted once, thanked for, and rewarded once."""

    def test_counted_and_thanked(self):
        referral = self.recommend()
        self.assertEqual(referral.state, "received")
        self.assertEqual(referral.rule_id, self.rule)
        self.assertEqual(referral.user_id, self.owner.user_id)
        self.assertEqual(referral.activity_ids.user_id, self.owner.user_id)
        self.assertEqual(self.owner.with_user(self.manager).referral_count, 1)
        referral.with_user(self.owner.user_id).action_thanked()
        self.assertTrue(referral.is_thanked)
        self.assertFalse(referral.activity_ids)
        contact = self.env["auto.contact"].search([("partner_id", "=", self.owner.id)])
        self.assertEqual(contact.user_id, self.owner.user_id)
        referral.with_user(self.owner.user_id).action_thanked()
        self.assertEqual(
            self.env["auto.contact"].search_count([("partner_id", "=", self.owner.id)]),
            1,
        )

    def test_thanks_by_email(self):
        self.rule.thank = "email"
        referral = self.recommend()
        self.assertTrue(referral.is_thanked)
        self.assertFalse(referral.activity_ids)
        self.owner.email = False
        referral = self.recommend("13800138702")
        self.assertFalse(referral.is_thanked, "no address")
        self.assertTrue(referral.activity_ids)

    def test_no_recommendation_of_oneself(self):
        referral = self.recommend("138 0013 8700")
        self.assertEqual((referral.state, referral.void_reason), ("void", "self"))
        child = self.env["res.partner"].create(
            {"name": "Wife", "parent_id": self.owner.id, "phone": "+86 13800138703"}
        )
        self.env.flush_all()
        referral = self.recommend("13800138703")
        self.assertEqual(referral.friend_id, child)
        self.assertEqual(referral.void_reason, "self")

    def test_a_friend_counts_once(self):
        first = self.recommend()
        other = self.owner.copy({"name": "Other", "phone": "", "email": ""})
        second = self.recommend(owner=other)
        self.assertEqual((second.state, second.void_reason), ("void", "twice"))
        again = self.recommend()
        self.assertEqual(again, first, "told twice")
        self.intake(phone="13800138704")
        known = self.recommend("13800138704")
        self.assertEqual(known.void_reason, "known")

    def test_customers_are_no_friends_to_win(self):
        lead = self.intake(phone="13800138705")
        lead.action_set_won()
        self.assertEqual(self.recommend("13800138705").void_reason, "customer")

    def test_reward_when_the_friend_buys_and_once(self):
        referral = self.recommend()
        self.assertEqual(referral.reward_state, "none")
        with self.assertRaises(UserError):
            referral.with_user(self.manager).action_give_reward()
        referral.lead_id.action_set_won()
        self.assertEqual((referral.state, referral.reward_state), ("bought", "due"))
        self.assertEqual(referral.reward_name, "A voucher")
        task = referral.activity_ids.filtered(lambda one: "reward" in one.summary)
        self.assertEqual(task.user_id, self.users["sales_manager", 1], "who may")
        with self.assertRaises(AccessError):
            referral.with_user(self.owner.user_id).action_give_reward()
        referral.with_user(self.manager).action_give_reward()
        self.assertEqual(referral.reward_state, "given")
        self.assertEqual(referral.reward_user_id, self.manager)
        with self.assertRaisesRegex(UserError, "No reward is due"):
            referral.with_user(self.manager).action_give_reward()

    def test_thanks_leave_the_reward_open(self):
        referral = self.recommend()
        referral.sudo().activity_ids.flush_recordset()
        self.env.cr.execute(
            "UPDATE mail_activity SET create_date = create_date - interval '1 day'"
            " WHERE id IN %s",
            [tuple(referral.activity_ids.ids)],
        )
        referral.activity_ids.invalidate_recordset()
        referral.lead_id.action_set_won()
        self.assertEqual(len(referral.activity_ids), 2)
        referral.with_user(self.manager).action_thanked()  # instead of the keeper
        self.assertIn("reward", referral.activity_ids.summary)
        referral.with_user(self.manager).action_give_reward()
        self.assertFalse(referral.activity_ids)

    def test_friend_buys_by_a_later_prospect(self):
        referral = self.recommend()
        first = referral.lead_id
        reason = self.env.ref("auto_crm_lead.lost_reason_given_up")
        first.action_request_lost(reason.id, "Not now")
        if first.lost_state == "requested":
            first.with_user(self.manager).action_approve_lost()
        self.assertEqual(first.won_status, "lost")
        [result] = self.Lead._intake_process(
            [
                {
                    "values": {"name": "Friend", "phone": "13800138701"},
                    "channel": "website",
                }
            ]
        )
        second = result["lead"]
        self.assertNotEqual(second, first)
        self.assertEqual(second.partner_id, referral.friend_id)
        second.action_set_won()
        self.assertEqual((referral.state, referral.lead_id), ("bought", second))

    def test_a_sale_undone(self):
        referral = self.recommend()
        lead = referral.lead_id
        lead.action_set_won()
        lead.stage_id = self.env["crm.stage"]._first_shared_id()
        self.assertEqual((referral.state, referral.reward_state), ("received", "none"))
        lead.action_set_won()
        self.assertEqual(referral.reward_state, "due")

    def test_limit_of_the_year(self):
        self.rule.max_a_year = 1
        first, second = self.recommend(), self.recommend("13800138706")
        (first | second).lead_id.action_set_won()
        self.assertEqual(
            sorted((first | second).mapped("reward_state")), ["due", "limit"]
        )

    def test_nothing_by_hand(self):
        referral = self.recommend()
        mine = referral.with_user(self.manager)
        for values in (
            {"reward_state": "given"},
            {"state": "bought"},
            {"referrer_id": self.manager.partner_id.id},
            {"thanked_date": "2026-01-01 00:00:00"},
        ):
            with self.assertRaises(UserError):
                mine.write(values)
        mine.note = "Neighbours"
        with self.assertRaises(UserError):
            mine.copy()
        with self.assertRaises(AccessError):
            mine.unlink()

    def test_who_sees_it(self):
        referral = self.recommend()
        referrals = self.env["auto.referral"]
        seen = {
            role: bool(referrals.with_user(user).search([("id", "=", referral.id)]))
            for role, user in (
                ("own", self.owner.user_id),
                ("manager", self.manager),
                ("auditor", self.users["auditor"]),
                ("other store", self.users["sales_manager", 2]),
                ("other consultant", self.users["consultant", 2]),
            )
        }
        self.assertEqual(
            seen,
            {
                "own": True,
                "manager": True,
                "auditor": True,
                "other store": False,
                "other consultant": False,
            },
        )

    def test_by_the_form(self):
        wizard = (
            self.env["auto.intake.wizard"]
            .with_user(self.owner.user_id)
            .with_company(self.store)
            .create(
                {
                    "name": "Friend",
                    "phone": "13800138707",
                    "referrer_id": self.owner.id,
                    "channel_id": self.env.ref("auto_crm_lead.channel_referral").id,
                }
            )
        )
        action = wizard.action_confirm()
        lead = self.env["crm.lead"].browse(action["res_id"])
        self.assertEqual(lead.referral_ids.referrer_id, self.owner)
        self.assertEqual(lead.referral_ids.way, "staff")

    def test_link_of_a_foreign_customer(self):
        hidden = self.owner.copy(
            {
                "name": "Hidden",
                "store_ids": [(6, 0, self.stores[2].ids)],
                "auto_store_id": self.stores[2].id,
                "user_id": False,
            }
        )
        self.env.flush_all()
        with self.assertRaises(AccessError):
            self.env["auto.referral.link"].with_user(
                self.users["consultant", 1]
            ).create({"partner_id": hidden.id})


@tagged("post_install", "-at_install")
class TestReferralPage(ReferralCase, HttpCase):
    def test_friend_comes_by_the_link(self):
        window = (
            self.env["auto.referral.link"]
            .with_user(self.users["consultant", 1])
            .create({"partner_id": self.owner.id})
        )
        path = "/auto/refer/" + window.url.rpartition("/")[2]
        self.assertTrue(window.code)
        self.env.flush_all()
        page = self.url_open(path)
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.store.name, page.text)
        for secret in ("Very Secret", "8700", "owner@example.com"):
            self.assertNotIn(secret, page.text)
        hidden = dict(
            re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        )
        data = {"name": "Friend", "phone": "13800138708", "consent": "1", **hidden}
        with patch.object(public_form, "MIN_SECONDS", 0):
            self.assertIn(
                "alert-danger", self.url_open(path, data=data | {"consent": ""}).text
            )
            answer = self.url_open(path, data=data)
            lead = self.env["crm.lead"].search([("phone", "like", "8708")])
            self.assertIn(lead.public_ref, answer.text)
            self.url_open(path, data=data)
        self.assertEqual(lead.intake_channel_id.code, "referral")
        self.assertEqual(len(lead.referral_ids), 1, "sent twice by a slip")
        self.assertEqual(lead.referral_ids.referrer_id, self.owner)
        self.assertEqual(lead.referral_ids.way, "link")

    def test_unknown_or_archived(self):
        self.assertEqual(self.url_open("/auto/refer/none").status_code, 404)
        url = self.owner._referral_url()
        self.owner.active = False
        self.env.flush_all()
        path = "/auto/refer/" + url.rpartition("/")[2]
        self.assertEqual(self.url_open(path).status_code, 404)
