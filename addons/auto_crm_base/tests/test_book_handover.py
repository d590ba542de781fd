from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AutoCase


@tagged("post_install", "-at_install")
class TestBookHandover(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leaver = cls.users["consultant", 1]
        cls.heirs = cls.env["res.users"].concat(
            *(
                cls._new_user("consultant", f"heir_{i}", cls.stores[1], cls.stores[1])
                for i in range(2)
            )
        )
        cls.customers = (
            cls.env["res.partner"]
            .with_user(cls.leaver)
            .create([{"name": f"Customer {i}"} for i in range(6)])
            .sudo()
        )
        cls.manager = cls.users["sales_manager", 1]
        cls.activities = cls.env["mail.activity"].concat(
            *(
                customer.activity_schedule(
                    "mail.mail_activity_data_todo", user_id=cls.leaver.id
                )
                for customer in cls.customers
            )
        )

    def _wizard(self, user=None, **values):
        wizard = self.env["auto.book.handover"].with_user(user or self.manager)
        return wizard.create(
            {
                "company_id": self.stores[1].id,
                "from_user_id": self.leaver.id,
                "to_user_ids": [(6, 0, self.heirs.ids)],
                "reason": "Leaves",
                **values,
            }
        )

    def test_whole_book_split_evenly_and_kept_together(self):
        wizard = self._wizard()
        counts = {row["label"]: row["count"] for row in wizard.preview}
        self.assertEqual(counts["Customers"], 6)
        wizard.action_hand_over()
        self.env.invalidate_all()
        for heir in self.heirs:
            mine = self.customers.filtered(lambda c, heir=heir: c.user_id == heir)
            self.assertEqual(len(mine), 3)
        for customer in self.customers:
            self.assertTrue(customer.active)
            self.assertEqual(customer.activity_ids.user_id, customer.user_id)
        log = self.env["auto.access.log"].search([("kind", "=", "handover")], limit=1)
        self.assertEqual(log.res_id, self.leaver.id)
        self.assertIn("Leaves", log.detail)

    def test_other_store_is_untouched(self):
        foreign = self.customers[0].copy({"name": "Foreign"})
        foreign.write(
            {"store_ids": [(6, 0, self.stores[2].ids)], "user_id": self.leaver.id}
        )
        self._wizard().action_hand_over()
        self.assertEqual(foreign.user_id, self.leaver)

    def test_rights(self):
        with self.assertRaises(AccessError):
            self._wizard(user=self.users["consultant", 1])
        with self.assertRaises(AccessError):
            self._wizard(user=self.users["sales_manager", 2]).action_hand_over()
        with self.assertRaises(UserError):
            stranger = self.users["consultant", 2]
            self._wizard(to_user_ids=[(6, 0, stranger.ids)]).action_hand_over()
        with self.assertRaises(UserError):
            self._wizard(to_user_ids=[(6, 0, self.leaver.ids)]).action_hand_over()
        self.assertEqual(self.customers.user_id, self.leaver)

    def test_share_and_stop(self):
        customer = self.customers[0]
        wizard = self.env["auto.store.share"].with_user(self.users["store_manager", 1])
        values = {
            "partner_ids": [(6, 0, customer.ids)],
            "store": str(self.stores[2].id),
            "reason": "Moved",
        }
        wizard.create(values).action_apply()
        self.assertEqual(customer.store_ids, self.stores[1] | self.stores[2])
        wizard.create({**values, "operation": "stop"}).action_apply()
        self.assertEqual(customer.store_ids, self.stores[1])
        log = self.env["auto.access.log"].search([("res_id", "=", customer.id)])
        self.assertEqual(set(log.mapped("kind")), {"join_store", "leave_store"})
        # Both stores see it, the own one with the other's name.
        for kind in ("join_store", "leave_store"):
            entries = log.filtered(lambda entry, kind=kind: entry.kind == kind)
            self.assertEqual(entries.company_id, self.stores[1] | self.stores[2], kind)
            self.assertIn(
                self.stores[2].name,
                entries.filtered(
                    lambda entry: entry.company_id == self.stores[1]
                ).detail,
            )
        with self.assertRaises(UserError):
            wizard.create(
                {**values, "operation": "stop", "store": str(self.stores[1].id)}
            ).action_apply()
        with self.assertRaises(AccessError):
            self.env["auto.store.share"].with_user(self.leaver).create(values)
