from odoo.tests import new_test_user, tagged

from .common import AutoCase


@tagged("post_install", "-at_install")
class TestReadWhole(AutoCase):
    """A program reads whole customers with any role that may see them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Zhang Wei",
                "phone": "+86 138 0013 8000",
                "is_auto_customer": True,
                "store_ids": [(6, 0, cls.stores[1].ids)],
                "auto_store_id": cls.stores[1].id,
                "user_id": cls.users["consultant", 1].id,
            }
        )
        cls.vehicle = cls.env["auto.vehicle"].create(
            {
                "license_plate": "沪A88801",
                "company_id": cls.stores[1].id,
                "owner_id": cls.customer.id,
            }
        )
        cls.env["auto.contact"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.stores[1].id,
                "summary": "Asked for a price",
            }
        )
        cls.env["auto.customer.document"].create(
            {"partner_id": cls.customer.id, "kind": "id_card", "number": "1234567890"}
        )
        cls.customer._auto_opt_out(source="person")

    def test_customer(self):
        for role, user in self._role_users().items():
            with self.subTest(role=role):
                if role in ("callcentre", "complaint"):
                    self.env["auto.access.log"].with_user(user)._log(
                        "lookup", self.customer.with_user(user)
                    )
                values = self._read_whole(user, self.customer)
                self.assertTrue(values)
                for name, model in (
                    ("consent_ids", "auto.consent"),
                    ("contact_log_ids", "auto.contact"),
                    ("auto_document_ids", "auto.customer.document"),
                    ("vehicle_ids", "auto.vehicle"),
                ):
                    may = self.env[model].with_user(user).has_access("read")
                    self.assertEqual(name in values, may, name)

    def test_vehicle(self):
        for role, user in self._role_users().items():
            with self.subTest(role=role):
                values = self._read_whole(user, self.vehicle)
                if role not in ("callcentre", "complaint", "technician"):
                    self.assertTrue(values)  # those see cars found or worked on

    def test_counts_of_what_one_may_not_read(self):
        """Whoever sees the car is told 0 of what is not for that role."""
        followups = self.env["auto.followup"]
        without = {
            role: user
            for role, user in self._role_users().items()
            if not followups.with_user(user).has_access("read")
        }
        self.assertTrue(without)
        for role, user in without.items():
            self.env.invalidate_all()
            vehicle = self.vehicle.with_user(user)
            self.assertEqual(vehicle.followup_count, 0, role)

    def test_stores_of_a_shared_car(self):
        """Stores that the user may not read stay out, whatever is read besides."""
        self.vehicle.store_ids = self.stores[1] | self.stores[2]
        user = self.users["store_manager", 1]
        for names in (
            ["store_ids"],
            ["store_ids", "followup_count"],
            ["followup_count", "store_ids"],
            None,
        ):
            for checked_before in (False, True):
                self.env.flush_all()
                self.env.invalidate_all()
                vehicle = self.vehicle.with_user(user).with_context(
                    allowed_company_ids=self.stores[1].ids
                )
                if checked_before:
                    vehicle.check_access("read")
                [values] = vehicle.read(names)
                self.assertEqual(values["store_ids"], self.stores[1].ids, names)
        self.env.invalidate_all()
        self.assertEqual(self.vehicle.store_ids, self.stores[1] | self.stores[2])

    def test_people_without_a_role(self):
        """Those who use Odoo for something else read their addresses as before."""
        partner = self.env["res.partner"].create({"name": "Paper Supplier"})
        for groups in ("base.group_user", "base.group_user,base.group_partner_manager"):
            user = new_test_user(self.env, f"plain_{len(groups)}", groups=groups)
            values = self._read_whole(user, partner)
            self.assertEqual(values["name"], "Paper Supplier")
            self.assertNotIn("consent_ids", values)

    def test_fields_asked_for_by_name(self):
        """The web client's views get every field that they show, as in Odoo."""
        partners = self.env["res.partner"].with_user(self.users["technician", 1])
        self.assertIn("vehicle_ids", partners.fields_get(["vehicle_ids"]))
        self.assertNotIn("consent_ids", partners.fields_get(["consent_ids"]))
        self.assertEqual(
            set(self.env["res.partner"].fields_get()),
            set(self.env["res.partner"]._fields),
        )

    def test_the_last_contact_is_no_secret(self):
        """Found by its date with any role, whatever the contacts themselves are."""
        technician = self.users["technician", 1]
        partners = self.env["res.partner"].with_user(technician)
        mine = [("id", "=", self.customer.id)]
        for operator, found in ((">=", 1), ("<", 0), ("<=", 0)):
            domain = [*mine, ("last_auto_contact_date", operator, "today -1d")]
            self.assertEqual(partners.search_count(domain), found, operator)
