from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestLeadContactData(LeadCase):
    """The consultant completes the contact data of his own prospect."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Zhang Wei", "+86 138 0013 8000")
        cls.lead = cls._lead(partner_id=cls.customer.id)
        cls.own = cls.lead.with_user(cls.consultant)
        cls.env.flush_all()

    @classmethod
    def _customer(cls, name, phone, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "phone": phone,
                "is_auto_customer": True,
                "store_ids": [(6, 0, cls.store.ids)],
                "auto_store_id": cls.store.id,
                "user_id": False,
                **values,
            }
        )

    def test_number_and_address_reach_the_customer(self):
        self.own.write({"phone": "+86 139 0013 9001"})
        self.own.web_save({"email_from": "zhang.wei@example.com"}, {"email_from": {}})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.lead.phone, "+86 139 0013 9001")
        self.assertEqual(self.customer.phone, "+86 139 0013 9001")
        self.assertEqual(self.customer.email, "zhang.wei@example.com")
        self.assertFalse(self.customer.user_id, "nobody's until it is won")
        held = self.env["auto.lead.identity"].search([("lead_id", "=", self.lead.id)])
        self.assertEqual(
            set(held.mapped("value")), {"+8613900139001", "zhang.wei@example.com"}
        )

    def test_the_number_of_another_open_prospect_is_refused(self):
        other = self._customer("Li Na", "+86 139 0013 9002")
        self._lead(partner_id=other.id)
        with self.assertRaisesRegex(UserError, "open prospect"), self.cr.savepoint():
            self.own.phone = "+86 139 0013 9002"
        self.assertEqual(self.customer.phone, "+86 138 0013 8000")

    def test_a_masked_value_is_never_written_back(self):
        with self.assertRaisesRegex(UserError, "masked"), self.cr.savepoint():
            self.own.phone = "138****8000"
        self.customer.email = "zhang.wei@example.com"
        self.own.email_from = "z***@example.com"
        self.assertEqual(self.customer.email, "zhang.wei@example.com")
        self.assertEqual(self.customer.phone, "+86 138 0013 8000")

    def test_not_the_prospects_of_a_colleague(self):
        colleague = self._new_user(
            "consultant", "test_contact_colleague", self.store, self.store
        )
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.lead.with_user(colleague).phone = "+86 139 0013 9003"
        self.assertEqual(self.customer.phone, "+86 138 0013 8000")

    def test_not_the_address_of_an_account(self):
        self.env["res.users"].create(
            {
                "login": "test_contact_portal",
                "partner_id": self.customer.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.own.email_from = "somebody.else@example.com"
        self.assertFalse(self.customer.email)
