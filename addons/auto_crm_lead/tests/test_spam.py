from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.common import AutoCase


@tagged("post_install", "-at_install")
class TestSpam(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = cls.stores[1]
        cls.Lead = cls.env["crm.lead"].with_company(cls.store)

    def _intake(self, **values):
        return self.Lead._intake(
            {"name": "Wang Wei", "phone": "13912345677", **values}, "website"
        )

    def _spam(self, **values):
        return self._intake(
            name="SEO backlinks",
            message="Best casino http://a.example http://b.example",
            **values,
        )

    def test_sincere_passes(self):
        lead = self._intake(message="I would like to see the new SUV on Saturday")
        self.assertFalse(lead.is_spam)
        self.assertTrue(lead.user_id)

    def test_doubtful_is_kept_apart_with_reasons(self):
        lead = self._spam()
        self.assertTrue(lead.is_spam)
        self.assertFalse(lead.user_id)
        self.assertGreaterEqual(lead.spam_score, self.store.spam_score)
        self.assertIn("Words of advertising", lead.spam_rule_ids.mapped("name"))
        self.assertEqual(lead.contact_ids.summary.count("casino"), 1)
        self.assertEqual(lead.intake_ids.state, "spam")

    def test_one_sign_is_not_enough(self):
        lead = self._intake(email="a@mailinator.com")
        self.assertFalse(lead.is_spam)
        self.assertTrue(lead.spam_rule_ids)
        lead = self._intake(
            name="asdfgh", email="b@sub.mailinator.com", phone="13912345699"
        )
        self.assertTrue(lead.is_spam)

    def test_honeypot_and_made_up_numbers(self):
        self.assertTrue(self._intake(honeypot="x", phone="13912345611").is_spam)
        lead = self._intake(name="测试", phone="13888888888")
        self.assertTrue(lead.is_spam)

    def test_one_click_back_and_learnt(self):
        lead = self._spam()
        lead.with_user(self.users["sales_manager", 1]).action_mark_sincere()
        self.assertFalse(lead.is_spam)
        self.assertTrue(lead.user_id, "allocated now")
        self.assertEqual(lead.spam_judged_by, self.users["sales_manager", 1])
        lead.action_set_won()
        again = self._spam()
        self.assertNotEqual(again, lead)
        self.assertFalse(again.is_spam, "the person is known as sincere")

    def test_not_sincere_is_learnt_too(self):
        lead = self._intake()
        lead.with_user(self.users["store_manager", 1]).action_mark_spam()
        self.assertTrue(lead.is_spam)
        entry = self.env["auto.spam.entry"].search([("lead_id", "=", lead.id)])
        self.assertEqual((entry.kind, entry.verdict), ("phone", "deny"))
        self.assertEqual(
            self.Lead._spam_score({"name": "Wang", "known": "deny"})[0], 100
        )

    def test_no_way_to_lose_in_passing(self):
        lead = self._intake()
        lead.user_id = self.users["consultant", 1]
        consultant = lead.with_user(self.users["consultant", 1])
        with self.assertRaises(AccessError):
            consultant.action_mark_spam()
        for user in (self.users["consultant", 1], self.env.user):
            with self.assertRaises(UserError):
                lead.with_user(user).write({"is_spam": True})
        self.assertFalse(lead.is_spam)

    def test_bad_patterns_are_refused(self):
        for kind, pattern in (("text", "("), ("phone", "[a"), ("text", " ")):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.env["auto.spam.rule"].create(
                    {"name": "Bad", "kind": kind, "pattern": pattern}
                )

    def test_rules_are_configuration(self):
        rule = self.env["auto.spam.rule"].create(
            {"name": "Mine", "kind": "text", "pattern": "unicorn", "weight": 100}
        )
        self.assertTrue(self._intake(message="A UNICORN please").is_spam)
        rule.active = False
        self.assertFalse(
            self._intake(message="A unicorn please", phone="13912345600").is_spam
        )
        with self.assertRaises(AccessError):
            rule.with_user(self.users["sales_manager", 1]).write({"weight": 0})
        rule.with_user(self.users["head_office"]).write({"weight": 0})
