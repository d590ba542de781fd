from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AutoCase


@tagged("post_install", "-at_install")
class TestErase(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consultant = cls.users["consultant", 1]
        cls.customer = (
            cls.env["res.partner"]
            .with_user(cls.consultant)
            .create(
                {
                    "name": "Li Na",
                    "phone": "13800138000",
                    "email": "li@example.com",
                    "street": "1 West Lake",
                    "social_id": "lina88",
                    "birthday": "1990-01-01",
                    "child_ids": [(0, 0, {"name": "Husband", "phone": "13900139000"})],
                }
            )
            .sudo()
        )
        cls.contact = cls.env["auto.contact"].create(
            {
                "partner_id": cls.customer.id,
                "summary": "Lives at West Lake",
                "number": "13800138000",
                "company_id": cls.stores[1].id,
            }
        )
        cls.document = cls.env["auto.customer.document"].create(
            {"partner_id": cls.customer.id, "number": "330102198805120011"}
        )
        cls.vehicle = cls.env["auto.vehicle"].create(
            {
                "license_plate": "浙A12345",
                "owner_id": cls.customer.id,
                "store_ids": [(6, 0, cls.stores[1].ids)],
            }
        )
        cls.env.flush_all()
        cls.wizards = cls.env["auto.erase.person"].with_user(cls.users["head_office"])

    def _found(self, query):
        wizard = self.wizards.create({"query": query})
        wizard.action_find()
        return wizard

    def test_found_by_phone_plate_mail_and_social_id(self):
        for query in ("138 0013 8000", "浙A12345", "LI@example.com", "LiNa88"):
            self.assertEqual(self._found(query).partner_id, self.customer, query)
        with self.assertRaises(UserError):
            self._found("13800000000")
        with self.assertRaises(UserError):
            self._found("  ")

    def test_nothing_personal_is_left_and_history_stays(self):
        self.customer.message_post(body="Call Li Na on 13800138000")
        wizard = self._found("13800138000")
        self.assertIn("pseudonym", wizard.preview_text)
        with self.assertRaises(UserError):
            wizard.action_erase()
        wizard.reason = "Letter of 1 May, identity card seen"
        wizard.action_erase()
        self.env.invalidate_all()
        family = self.customer.with_context(active_test=False).search(
            [("id", "child_of", self.customer.id)]
        )
        self.assertEqual(len(family), 2)
        for person in family:
            self.assertFalse(person.active)
            self.assertEqual(person.name, f"Erased person {person.id}")
            for name in ("phone", "email", "street", "social_id", "birthday"):
                self.assertFalse(person[name], name)
            self.assertFalse(person.phone_sanitized)
        self.assertNotIn("Li Na", str(self.customer.message_ids.mapped("body")))
        self.assertFalse(self.customer.message_ids.tracking_value_ids)
        self.assertFalse(self.contact.summary)
        self.assertFalse(self.contact.number)
        self.assertTrue(self.contact.exists())
        self.assertFalse(self.document.exists())
        self.assertEqual(self.vehicle.owner_id, self.customer)
        log = self.env["auto.access.log"].search([("kind", "=", "erase")])
        self.assertEqual(set(log.mapped("res_id")), set(family.ids))
        self.assertFalse(self.customer._find_customer(phone="13800138000"))

    def test_who_works_here_is_not_erased(self):
        wizard = self.wizards.create(
            {"partner_id": self.consultant.partner_id.id, "reason": "x"}
        )
        with self.assertRaises(UserError):
            wizard.action_erase()
        wizard = self.wizards.create(
            {"partner_id": self.stores[1].partner_id.id, "reason": "x"}
        )
        with self.assertRaises(UserError):
            wizard.action_erase()

    def test_rights(self):
        for role in ("consultant", "store_manager", "callcentre"):
            with self.assertRaises(AccessError):
                self.env["auto.erase.person"].with_user(self.users[role, 1]).create(
                    {"query": "13800138000"}
                )

    def test_looking_for_a_person_shares_nothing(self):
        """Head office sees the person already; the stores stay as they are."""
        before = self.customer.store_ids
        user = self.users["head_office"]
        wizard = (
            self.env["auto.erase.person"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .create({"query": "138 0013 8000"})
        )
        wizard.action_find()
        self.assertEqual(wizard.partner_id, self.customer)
        self.assertEqual(self.customer.store_ids, before)
