from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import AutoCase


@tagged("post_install", "-at_install")
class TestConsent(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consultant = cls.users["consultant", 1]
        cls.customer = (
            cls.env["res.partner"]
            .with_user(cls.consultant)
            .create(
                {"name": "Li Na", "phone": "13800138000", "email": "li@example.com"}
            )
        )
        cls.consents = cls.env["auto.consent"].with_user(cls.consultant)

    def _enter(self, state, **values):
        consent = self.consents.create(
            {"partner_id": self.customer.id, "state": state, **values}
        )
        self.env.invalidate_all()
        return consent

    def test_last_word_holds_per_channel_and_purpose(self):
        self.assertEqual(self.customer.consent_sms, "unknown")
        before = fields.Datetime.now() - timedelta(days=2)
        self._enter("given", channel="sms", date=before)
        self.assertEqual(self.customer.consent_sms, "given")
        self.assertEqual(self.customer.consent_phone, "unknown")
        self._enter("withdrawn", channel="all", purpose="all")
        for channel in ("phone", "sms", "email", "wechat", "post"):
            self.assertEqual(self.customer[f"consent_{channel}"], "withdrawn")
            for purpose in ("marketing", "service", "survey"):
                self.assertFalse(self.customer._may_contact(channel, purpose))
        self._enter("given", channel="phone", purpose="service")
        self.assertTrue(self.customer._may_contact("phone", "service"))
        self.assertFalse(self.customer._may_contact("phone"))

    def test_one_opt_out_reaches_sms_and_mail_lists(self):
        self.customer.action_auto_opt_out()
        self.env.invalidate_all()
        customer = self.customer.sudo()
        self.assertTrue(customer.phone_sanitized_blacklisted)
        self.assertTrue(customer.is_blacklisted)
        self._enter("given", channel="all", purpose="marketing")
        self.assertFalse(customer.phone_sanitized_blacklisted)
        self.assertFalse(customer.is_blacklisted)

    def test_opt_out_by_odoo_link_is_honoured(self):
        self._enter("given", channel="all")
        self.env["mail.blacklist"].sudo()._add("li@example.com")
        self.env.invalidate_all()
        self.assertEqual(self.customer.consent_email, "withdrawn")
        self.assertFalse(self.customer._may_contact("email"))
        self.assertTrue(self.customer._may_contact("email", "service"))

    def test_consent_required_by_setting(self):
        self.stores[1].auto_consent_required = True
        self.assertFalse(self.customer._may_contact("sms"))
        self.assertTrue(self.customer._may_contact("sms", "service"))
        self._enter("given", channel="sms")
        self.assertTrue(self.customer._may_contact("sms"))

    def test_frequency_cap_over_all_stores(self):
        self.stores[1].write({"auto_contact_cap": 2, "auto_contact_cap_days": 10})
        contacts = self.env["auto.contact"]
        old = fields.Datetime.now() - timedelta(days=20)
        contacts.create({"partner_id": self.customer.id, "date": old})
        contacts.create({"partner_id": self.customer.id, "direction": "in"})
        contacts.create({"partner_id": self.customer.id})
        self.assertTrue(self.customer._may_contact("phone"))
        contacts.create(
            {"partner_id": self.customer.id, "company_id": self.stores[2].id}
        )
        self.assertFalse(self.customer._may_contact("phone"))
        self.assertTrue(self.customer._may_contact("phone", "service"))
        self.stores[1].auto_contact_cap = 0
        self.assertTrue(self.customer._may_contact("phone"))

    def test_asks_for_many_at_once(self):
        customers = self.customer.create([{"name": f"C{i}"} for i in range(20)])
        customers[3].action_auto_opt_out()
        self.env.flush_all()
        self.env.invalidate_all()
        customers._may_contact("sms")
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        allowed = customers._may_contact("sms")
        self.assertLessEqual(self.cr.sql_log_count - before, 8)
        self.assertEqual(allowed, customers - customers[3])
        self.assertFalse(customers.browse()._may_contact("sms"))

    def test_is_never_changed_nor_in_the_future(self):
        consent = self._enter("given")
        with self.assertRaises(UserError):
            consent.sudo().state = "withdrawn"
        with self.assertRaises(UserError):
            consent.sudo().unlink()
        with self.assertRaises(ValidationError):
            self._enter("given", date=fields.Datetime.now() + timedelta(days=5))
