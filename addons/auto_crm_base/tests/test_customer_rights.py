from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.auto_crm_base.models.res_users import ROLES

from .common import AutoCase

ROLES_AND_RIGHTS = {
    # role: (own store, other store), each of create, read, update, delete
    "consultant": ("cru", ""),
    "sales_manager": ("cru", ""),
    "adviser": ("cru", ""),
    "technician": ("r", ""),
    "service_manager": ("r", ""),
    "complaint": ("", ""),
    "callcentre": ("c", ""),
    "store_manager": ("cru", ""),
}


@tagged("post_install", "-at_install")
class TestCustomerRights(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = {
            number: cls.env["res.partner"].create(
                {
                    "name": f"Customer of store {number}",
                    "is_auto_customer": True,
                    "store_ids": [(6, 0, store.ids)],
                    "auto_store_id": store.id,
                    "user_id": cls.users["consultant", number].id,
                }
            )
            for number, store in cls.stores.items()
        }
        cls.contacts = {
            number: cls.env["auto.contact"].create(
                {"partner_id": customer.id, "company_id": cls.stores[number].id}
            )
            for number, customer in cls.customers.items()
        }
        cls.documents = {
            number: cls.env["auto.customer.document"].create(
                {"partner_id": customer.id, "number": "330102198805120011"}
            )
            for number, customer in cls.customers.items()
        }
        cls.consents = {
            number: cls.env["auto.consent"].create(
                {"partner_id": customer.id, "state": "given"}
            )
            for number, customer in cls.customers.items()
        }
        cls.env.flush_all()

    def _may(self, user, record, operation):
        self.env.invalidate_all()
        record = record.with_user(user)
        try:
            if operation == "r":
                record.read(["display_name"])
                return bool(record.search([("id", "=", record.id)]))
            if operation == "u":
                record.write({"comment": "x"})
            elif operation == "d":
                with self.env.cr.savepoint():
                    record.unlink()
                    raise AssertionError("deleted")
            elif operation == "c":
                record.create({"name": "New"}).flush_recordset()
        except AccessError:
            return False
        return True

    def test_customer_matrix(self):
        for role, rights in ROLES_AND_RIGHTS.items():
            user = self.users[role, 1]
            for customer, allowed in zip(
                (self.customers[1], self.customers[2]), rights, strict=True
            ):
                for operation in "ru":
                    with self.subTest(role=role, of=customer.name, op=operation):
                        self.assertEqual(
                            self._may(user, customer, operation), operation in allowed
                        )
            with self.subTest(role=role, op="c"):
                self.assertEqual(
                    self._may(user, self.customers[1].browse(), "c"), "c" in rights[0]
                )

    def test_head_office_and_auditor_read_all_and_write_none(self):
        for role in ("head_office", "auditor"):
            for customer in self.customers.values():
                self.assertTrue(self._may(self.users[role], customer, "r"))
                self.assertFalse(self._may(self.users[role], customer, "u"))
            self.assertFalse(self._may(self.users[role], customer.browse(), "c"))

    def test_consultant_changes_own_only(self):
        manager = self.users["sales_manager", 1]
        self.customers[1].with_user(manager).user_id = manager
        user = self.users["consultant", 1]
        self.assertTrue(self._may(user, self.customers[1], "r"))
        self.assertFalse(self._may(user, self.customers[1], "u"))

    def test_found_by_look_up(self):
        for role in ("callcentre", "complaint"):
            user = self.users[role, 1]
            customer = self.customers[2]
            self.assertFalse(self._may(user, customer, "r"))
            customer._join_store(self.stores[1], "call")
            self.assertFalse(self._may(user, customer, "r"))
            self.env["auto.access.log"].with_user(user)._log("lookup", customer)
            self.assertTrue(self._may(user, customer, "r"))
            self.assertFalse(self._may(user, customer, "u"))
            other = self.users["complaint" if role == "callcentre" else "callcentre", 1]
            if role == "callcentre":
                self.assertFalse(self._may(other, customer, "r"))
            customer.sudo().store_ids = self.stores[2]

    def test_what_belongs_to_a_customer_follows(self):
        for records in (self.contacts, self.documents, self.consents):
            for role in ("consultant", "sales_manager", "store_manager"):
                user = self.users[role, 1]
                self.assertTrue(self._may(user, records[1], "r"))
                self.assertFalse(self._may(user, records[2], "r"))
            for role in ("head_office", "auditor"):
                self.assertTrue(self._may(self.users[role], records[2], "r"))
            self.assertFalse(self._may(self.users["technician", 1], records[1], "r"))
            self.assertFalse(self._may(self.users["callcentre", 1], records[1], "r"))

    def test_everybody_sees_colleagues_stores_and_plain_partners(self):
        plain = self.env["res.partner"].create({"name": "Supplier"})
        for user in self.users.values():
            for partner in (
                self.users["consultant", 2].partner_id,
                self.stores[1].partner_id,
                user.partner_id,
                plain,
            ):
                self.assertTrue(self._may(user, partner, "r"), user.login)

    def test_portal_customer_sees_oneself(self):
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "portal_customer_x",
                "partner_id": self.customers[2].id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
                "company_id": self.env.company.id,
                "company_ids": [(6, 0, self.env.company.ids)],
            }
        )
        self.assertTrue(self._may(portal, self.customers[2], "r"))
        self.assertFalse(self._may(portal, self.customers[1], "r"))

    def test_merge_needs_the_right_on_both(self):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        own = self.customers[1].copy({"user_id": self.users["consultant", 1].id})
        own.store_ids = self.stores[1]
        self.customers[1].user_id = self.users["sales_manager", 1]
        with self.assertRaises(AccessError):
            wizard.with_user(self.users["consultant", 1])._merge(
                (own | self.customers[1]).ids, own
            )
        own.store_ids = self.stores[1] | self.stores[2]
        manager = self.users["sales_manager", 1]
        wizard.with_user(manager)._merge(
            (own | self.customers[1]).ids, self.customers[1]
        )
        self.assertFalse(own.exists())
        self.assertEqual(self.customers[1].store_ids, self.stores[1] | self.stores[2])

    def _screen(self, role):
        """Return the customer's form as that role's user gets it, and the user."""
        user = self.users.get((role, 1)) or self.users[role]
        partners = (
            self.env["res.partner"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
        )
        view = self.env.ref("auto_crm_base.res_partner_view_form_customer")
        return partners, partners.get_view(view.id)

    def test_form_opens_for_every_reader(self):
        """No field of the form answers with an access error."""
        log = self.env["auto.access.log"]
        for role in ROLES:
            with self.subTest(role=role):
                partners, view = self._screen(role)
                customer = partners.browse(self.customers[1].id)
                if role in ("callcentre", "complaint"):
                    log.with_user(partners.env.user)._log("lookup", customer)
                self.env.invalidate_all()
                spec = partners._get_fields_spec(view)
                self.assertTrue(customer.web_read(spec))

    def test_form_offers_only_what_is_saved(self):
        """Where the rules refuse to save, there is no New and nothing to type."""
        for role in ROLES:
            arch = etree.fromstring(self._screen(role)[1]["arch"])
            offered = {
                right for right in ("create", "edit") if arch.get(right) != "False"
            }
            rights = ROLES_AND_RIGHTS.get(role, ("r", ""))[0]
            expected = {
                right
                for right, letter in (("create", "c"), ("edit", "u"))
                if letter in rights
            }
            self.assertLessEqual(offered, expected, role)
            if role in ("consultant", "sales_manager", "adviser", "store_manager"):
                self.assertIn("edit", offered, role)

    def test_name_of_an_identity_document(self):
        document = self.env["auto.customer.document"].create(
            {
                "partner_id": self.customers[1].id,
                "kind": "driving_licence",
                "number": "330106",
            }
        )
        self.assertEqual(document.display_name, "Driving licence")

    def test_store_with_records_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "Archive the store"):
            self.stores[1].unlink()
