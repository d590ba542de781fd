from odoo.exceptions import AccessError, MissingError
from odoo.tests import tagged

from .common import AutoCase


@tagged("post_install", "-at_install")
class TestCustomerDuplicate(AutoCase):
    """Customers that came past the forms, and are recorded twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.users["store_manager", 1]
        cls.first, cls.second = cls._customers(1, "Lin Duplicate", "Lin Twice")
        (cls.elsewhere,) = cls._customers(2, "Lin Elsewhere")

    @classmethod
    def _customers(cls, store, *names):
        return cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "phone": "+86 138 0000 7788",
                    "is_auto_customer": True,
                    "store_ids": [(6, 0, cls.stores[store].ids)],
                    "auto_store_id": cls.stores[store].id,
                }
                for name in names
            ]
        )

    def _rows(self, user):
        # A list that SQL makes is read afresh, as the next request would.
        self.env.flush_all()
        self.env.invalidate_all()
        own = self.env["auto.customer.duplicate"].with_user(user)
        return own.with_context(allowed_company_ids=user.company_ids.ids).search(
            [("other_id", "in", (self.second | self.elsewhere).ids)]
        )

    def test_who_is_known_in_the_store_is_told(self):
        rows = self._rows(self.manager)
        self.assertEqual(rows.partner_id, self.first)
        self.assertEqual(rows.other_id, self.second)
        self.assertEqual(rows.sign, "phone")

    def test_other_stores_customers_are_not_told(self):
        self.assertFalse(self._rows(self.users["store_manager", 2]))
        office = self._rows(self.users["head_office"])
        self.assertEqual(office.other_id, self.second | self.elsewhere)

    def test_the_one_of_the_own_store_is_named_first(self):
        (third,) = self._customers(2, "Lin Third")
        own = self.env["auto.customer.duplicate"].with_user(
            self.users["store_manager", 2]
        )
        row = own.search([("other_id", "=", third.id)])
        self.assertEqual(row.partner_id, self.elsewhere)

    def test_told_apart_once_and_for_all(self):
        self._rows(self.manager).action_keep_apart()
        self.assertFalse(self._rows(self.manager))
        office = self._rows(self.users["head_office"])
        self.assertEqual(office.other_id, self.elsewhere)

    def test_an_old_screen_tells_nobody_apart_twice(self):
        rows = self._rows(self.manager)
        rows.action_keep_apart()
        self.env.invalidate_all()
        with self.assertRaises(MissingError):
            rows.action_keep_apart()

    def test_merged_into_one(self):
        action = self._rows(self.manager).action_merge()
        wizard = self.env[action["res_model"]].with_user(self.manager)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertEqual(wizard.partner_ids, self.first | self.second)
        wizard.dst_partner_id = self.first
        wizard.action_merge()
        self.assertFalse(self.second.exists())
        self.assertFalse(self._rows(self.manager))

    def test_a_family_is_one(self):
        self.second.parent_id = self.first
        self.assertFalse(self._rows(self.manager))

    def test_a_number_of_everybody_says_nothing(self):
        self._customers(1, *(f"Placeholder {number}" for number in range(20)))
        self.assertFalse(self._rows(self.manager))

    def test_consultants_have_no_list(self):
        with self.assertRaises(AccessError):
            self._rows(self.users["consultant", 1])

    def test_the_auditor_changes_nothing(self):
        auditor = self.users["auditor"]
        rows = self._rows(auditor)
        self.assertIn(self.second, rows.other_id)
        with self.assertRaises(AccessError):
            rows.action_keep_apart()
