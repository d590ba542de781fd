from odoo.tests import HttpCase, tagged

from .common import MoneyCase


class SaleTourCase(HttpCase, MoneyCase):
    """One sale, by the people of a store, from a car on show to its handover."""

    lang = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang(cls.lang)
        cls.technician = cls.users["technician", 1]
        for user in (cls.consultant, cls.manager, cls.technician, cls.cashier):
            user.write({"password": user.login, "lang": cls.lang})
        cls.product.list_price = 150000
        cls.store.write({"auto_notice_required": True, "auto_pdi_required": True})
        cls.buyer = cls.env["res.partner"].create(
            {
                "name": "Tour Buyer",
                "store_ids": [(6, 0, cls.store.ids)],
                "is_auto_customer": True,
                "user_id": cls.consultant.id,
            }
        )

    def _tour(self, path, name, user):
        self.start_tour(f"/odoo/{path}", f"auto_sale_{name}", login=user.login)
        self.env.invalidate_all()

    def _whole_sale(self):
        vehicle = self._receive()
        self._tour("sellable-cars", "reserve_and_contract", self.consultant)
        order = vehicle._active_reservation().order_id
        self.assertEqual(order.partner_id, self.buyer)
        self.assertEqual(order.contract_approval, "waiting")
        self._tour("auto-approvals", "approve", self.manager)
        self.assertEqual(order.contract_approval, "approved")
        self._tour(f"contracts/{order.id}", "confirm_and_notice", self.consultant)
        self.assertEqual(vehicle.sale_state, "sold")
        self._tour("payments-due", "take_payment", self.cashier)
        self.assertEqual(order.paid_amount, order.amount_total)
        inspection = vehicle.checklist_ids.filtered(lambda one: one.kind == "pdi")
        self._tour(f"inspections/{inspection.id}", "inspect", self.technician)
        self.assertEqual(vehicle.pdi_state, "passed")
        notice = order.delivery_notice_ids
        self._tour(f"delivery-notices/{notice.id}", "release", self.manager)
        self.assertEqual(vehicle.supply_state, "in_stock")
        self._tour(f"contracts/{order.id}", "handover", self.consultant)
        self.assertEqual(vehicle.supply_state, "out")
        self.assertEqual(vehicle.sale_state, "delivered")
        self.assertEqual(vehicle.owner_id, self.buyer)
        self.assertEqual(vehicle.odometer, 12)
        self.assertEqual(notice.state, "done")


@tagged("post_install", "-at_install")
class TestSaleTourEnglish(SaleTourCase):
    lang = "en_US"

    def test_a_whole_sale(self):
        self._whole_sale()


@tagged("post_install", "-at_install")
class TestSaleTourChinese(SaleTourCase):
    lang = "zh_CN"

    def test_a_whole_sale(self):
        self._whole_sale()
