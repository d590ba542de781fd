from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AutoCase


@tagged("post_install", "-at_install")
class TestCustomer(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consultant = cls.users["consultant", 1]
        cls.partners = cls.env["res.partner"]
        cls.customer = cls.partners.with_user(cls.consultant).create(
            {"name": "Zhang Wei", "phone": "138 0013 8000"}
        )

    def test_created_by_a_role_is_a_customer_of_the_store(self):
        customer = self.customer.sudo()
        self.assertTrue(customer.is_auto_customer)
        self.assertEqual(customer.store_ids, self.stores[1])
        self.assertEqual(customer.auto_store_id, self.stores[1])
        self.assertEqual(customer.user_id, self.consultant)
        self.assertFalse(customer.company_id)

    def test_created_by_others_stays_plain(self):
        partner = self.partners.create({"name": "Supplier"})
        self.assertFalse(partner.is_auto_customer)
        self.assertFalse(partner.store_ids)

    def test_partners_of_users_and_companies_stay_plain(self):
        self.env.user.group_ids |= self.env.ref("auto_crm_base.group_store_manager")
        company = self.env["res.company"].create({"name": "New store"})
        user = self.env["res.users"].create({"name": "New user", "login": "new_user_x"})
        for partner in company.partner_id | user.partner_id:
            self.assertFalse(partner.store_ids)
            self.assertFalse(partner.is_auto_customer)

    def test_contact_follows_its_parent(self):
        child = self.partners.with_user(self.consultant).create(
            {"name": "Spouse", "parent_id": self.customer.id, "type": "other"}
        )
        self.assertEqual(child.sudo().store_ids, self.stores[1])
        self.customer._join_store(self.stores[2], "bought a car")
        self.assertEqual(child.sudo().store_ids, self.stores[1] | self.stores[2])
        moved = self.partners.create({"name": "Driver"})
        moved.parent_id = self.customer.sudo()
        self.assertEqual(moved.store_ids, self.stores[1] | self.stores[2])

    def test_contacts_created_with_their_company(self):
        company = self.partners.with_user(self.consultant).create(
            {
                "name": "Fleet Co.",
                "is_company": True,
                "child_ids": [
                    Command.create({"name": "Driver", "phone": "13800138777"})
                ],
            }
        )
        contact = company.sudo().child_ids
        self.assertEqual(contact.store_ids, self.stores[1])
        self.assertEqual(contact.auto_store_id, self.stores[1])
        self.assertTrue(contact.is_auto_customer)
        stranger = contact.with_user(self.users["consultant", 2])
        self.assertFalse(stranger.has_access("read"))

    def _typed(self, **values):
        """Return what the form says when the consultant has typed ``values``."""
        form = self.partners.with_user(self.consultant)
        spec = {name: {} for name in (*values, "auto_store_id")}
        return form.onchange(values, ["phone"], spec).get("warning")

    def test_number_and_address_that_reach_nobody_warn_in_the_form(self):
        for phone in ("abc", "138 0013 80a0", "12345"):
            warning = self._typed(name="Other", phone=phone)
            self.assertIn(phone, warning["message"])
        self.assertFalse(self._typed(name="Other", phone="+49 30 901820"))
        form = self.partners.with_user(self.consultant)
        for email, warns in (("not a mail", True), ("li@example.com", False)):
            told = form.onchange({"email": email}, ["email"], {"email": {}})
            self.assertEqual("warning" in told, warns, email)

    def test_home_store_left_empty_in_the_form(self):
        typed = {"name": "Typed", "auto_store_id": False, "is_auto_customer": True}
        customer = self.partners.with_user(self.consultant).create(typed)
        self.assertEqual(customer.auto_store_id, self.stores[1])
        contact = self.partners.with_user(self.consultant).create(
            {**typed, "parent_id": customer.id}
        )
        self.assertEqual(contact.auto_store_id, self.stores[1])

    def test_known_number_warns_in_the_form(self):
        warning = self._typed(name="Zhang W.", phone="+86 13800138000")
        self.assertIn("Zhang Wei", warning["message"])
        self.assertFalse(self._typed(name="Other", phone="13800138001"))
        # Contacts of one customer share a number, and a warning refuses nothing.
        self.assertFalse(
            self._typed(name="Spouse", phone="13800138000", parent_id=self.customer.id)
        )
        second = self.partners.with_user(self.consultant).create(
            {"name": "Husband", "phone": "13800138000"}
        )
        self.assertTrue(second)

    def test_number_of_another_store_is_not_told(self):
        self.partners.with_user(self.users["consultant", 2]).create(
            {"name": "Stranger", "phone": "13700137000"}
        )
        self.assertFalse(self._typed(name="New", phone="13700137000"))

    def test_find_customer_by_any_spelling(self):
        find = self.partners.with_user(self.users["callcentre", 2])._find_customer
        for spelling in (
            "13800138000",
            "+86 138-0013-8000",
            "0086 13800138000",
            "１３８００１３８０００",
        ):
            self.assertEqual(find(phone=spelling), self.customer, spelling)
        self.assertFalse(find(phone="garbage"))
        self.assertFalse(find(phone=""))
        self.assertFalse(find())
        self.customer.social_id = " WeiXin_ZW "
        self.assertEqual(self.customer.social_id, "weixin_zw")
        self.assertEqual(find(social_id="ＷeiXin_zw"), self.customer)
        self.customer.email = "Zhang.Wei@Example.com"
        self.assertEqual(find(email="zhang.wei@example.com "), self.customer)

    def test_birthday_is_found_whatever_the_year(self):
        self.customer.birthday = "1988-02-29"
        self.assertEqual(self.customer.birthday_mmdd, 229)
        self.customer.birthday = False
        self.assertEqual(self.customer.birthday_mmdd, 0)
        found = self.partners.search([("is_birthday_month", "=", True)])
        self.assertNotIn(self.customer, found)

    def test_customer_is_not_deleted_by_a_role(self):
        with self.assertRaises(UserError):
            self.customer.with_user(self.consultant).unlink()

    def test_consultant_neither_gives_away_nor_shares(self):
        other = self.users["consultant", 2]
        with self.assertRaises(AccessError):
            self.customer.with_user(self.consultant).user_id = other
        with self.assertRaises(AccessError):
            self.customer.with_user(self.consultant).store_ids |= self.stores[2]
        manager = self.users["sales_manager", 1]
        self.customer.with_user(manager).user_id = manager

    def test_kind_is_added_once_by_code(self):
        self.customer._add_customer_kind("service")
        self.customer._add_customer_kind("service")
        self.customer._add_customer_kind("no such kind")
        self.assertEqual(self.customer.sudo().auto_kind_ids.mapped("code"), ["service"])

    @mute_logger("odoo.sql_db")
    def test_customer_with_contacts_is_kept(self):
        self.env["auto.contact"].create({"partner_id": self.customer.id})
        with self.assertRaises(IntegrityError):
            self.customer.sudo().unlink()
            self.env.flush_all()

    def test_configuration_in_use_is_kept(self):
        kind, unused = self.env["auto.customer.kind"].create(
            [{"name": name, "code": name} for name in ("used", "unused")]
        )
        self.customer.sudo().auto_kind_ids = kind
        office = self.users["head_office"]
        with self.assertRaisesRegex(UserError, "archive it"), self.cr.savepoint():
            kind.with_user(office).unlink()
        self.assertEqual(self.customer.sudo().auto_kind_ids, kind)
        unused.with_user(office).unlink()
        self.assertFalse(unused.exists())
