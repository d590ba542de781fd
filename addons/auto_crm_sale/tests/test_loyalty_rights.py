from lxml import etree

from odoo.tests import tagged

from .common import MoneyCase


@tagged("post_install", "-at_install")
class TestLoyaltyRights(MoneyCase):
    """Whoever may open or cancel a contract may do so with Odoo's loyalty there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls.env.ref("auto_crm_member.program_club")
        cls.program.active = True
        cls.buyer = cls.partners[0]
        cls.buyer.is_auto_customer = True
        cls.member = cls.env["auto.member"].create(
            {
                "partner_id": cls.buyer.id,
                "program_id": cls.program.id,
                "company_id": cls.store.id,
            }
        )

    def _as(self, order, user):
        return order.with_user(user).with_context(
            allowed_company_ids=self.store.ids, lang="en_US"
        )

    def _confirmed(self):
        order = self._contract(self._receive(), self.buyer, user_id=self.consultant.id)
        self._as(order, self.consultant).action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    def test_contract_opens(self):
        order = self._confirmed()
        self.assertEqual(self.member.points, 1500, "1 point for 100 of the car")
        users = {
            role: self.users.get(role) or self.users[role, 1]
            for role in (
                "consultant",
                "sales_manager",
                "store_manager",
                "head_office",
                "auditor",
            )
        }
        users["cashier"] = self.cashier
        for role, user in users.items():
            with self.subTest(role):
                self.env.invalidate_all()
                mine = self._as(order, user)
                arch = etree.fromstring(mine.get_view(view_type="form")["arch"])
                names = arch.xpath("//field[not(ancestor::field)]/@name")
                specification = {name: {} for name in names}
                lines = self._as(order.order_line, user)
                specification["order_line"] = {
                    "fields": {
                        name: {}
                        for name in ("product_id", "is_reward_line", "coupon_id")
                        if name in lines._fields
                    }
                }
                [row] = mine.web_read(specification)
                self.assertEqual(row["loyalty_data"]["issued"], 1500)

    def test_contract_is_cancelled(self):
        for user in (
            self.consultant,
            self.manager,
            self.users["store_manager", 1],
            self.users["head_office"],
            self.cashier,
        ):
            with self.subTest(user.login):
                order = self._confirmed()
                self.assertEqual(self.member.points, 1500)
                self.env.invalidate_all()
                self._as(order, user)._action_cancel()
                self.assertEqual(order.state, "cancel")
                self.assertEqual(self.member.points, 0)
                self.assertFalse(order.coupon_point_ids)
