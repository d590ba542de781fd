from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import MoneyCase


@tagged("post_install", "-at_install")
class TestDeliveryNotice(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store.auto_notice_required = True

    def setUp(self):
        super().setUp()
        self.vehicle = self._receive()
        self.order = self._contract(self.vehicle, self.partners[0])
        self.order.action_confirm()

    def _notice(self, order=None):
        return (
            self.env["auto.delivery.notice"]
            .with_user(self.consultant)
            .with_context(allowed_company_ids=self.store.ids)
            .create({"order_id": (order or self.order).id})
        )

    def _deliver(self, order=None):
        picking = (order or self.order).picking_ids.filtered(
            lambda one: one.state not in ("done", "cancel")
        )
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
        return picking

    def _as_manager(self, notice):
        return notice.with_user(self.manager).with_context(
            allowed_company_ids=self.store.ids
        )

    def test_stores_require_it(self):
        company = self.env["res.company"].create(
            {"name": "Test Store 9", "parent_id": self.group.id}
        )
        self.assertTrue(company.auto_notice_required)
        self.assertFalse(self.group.auto_notice_required)

    def test_the_way_of_a_notice(self):
        with (
            self.assertRaisesRegex(UserError, "no released delivery notice"),
            self.cr.savepoint(),
        ):
            self._deliver()
        notice = self._notice()
        self.assertEqual(notice.vehicle_ids, self.vehicle)
        notice.action_request()
        self.assertEqual(notice.state, "requested")
        with (
            self.assertRaisesRegex(UserError, "waits for its release"),
            self.cr.savepoint(),
        ):
            self._deliver()
        manager = self._as_manager(notice)
        self.assertTrue(manager.can_release)
        with self.assertRaisesRegex(UserError, "Paid: "), self.cr.savepoint():
            manager.action_release()
        self._pay(self.order, 150000)
        self.assertTrue(manager.is_ready)
        manager.action_release()
        self.assertEqual(notice.state, "released")
        self.assertEqual(notice.released_by, self.manager)
        self._deliver()
        self.assertEqual(self.vehicle.sale_state, "delivered")
        self.assertEqual(notice.state, "done")
        self.assertEqual(self.vehicle.owner_id, self.partners[0])

    def test_what_no_longer_holds_stops_the_car(self):
        payment = self._pay(self.order, 150000)
        notice = self._notice()
        notice.action_request()
        self._as_manager(notice).action_release()
        payment.action_draft()
        with (
            self.assertRaisesRegex(UserError, "now this is missing"),
            self.cr.savepoint(),
        ):
            self._deliver()
        payment.action_post()
        manager = self._as_manager(notice)
        with self.assertRaisesRegex(UserError, "say why"), self.cr.savepoint():
            manager.action_revoke()
        manager.cancel_reason = "The cheque bounced"
        manager.action_revoke()
        self.assertEqual(notice.state, "cancelled")
        with self.assertRaises(UserError), self.cr.savepoint():
            self._deliver()

    def test_no_way_leads_past_it(self):
        stock, customers = self._stock(), self.customers
        free = self._receive()
        with self.assertRaisesRegex(UserError, "no contract"), self.cr.savepoint():
            self._move(stock, customers, free.vin, partner=self.buyer)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._move(stock, customers, self.vehicle.vin, partner=self.buyer)
        # The place of a serial number, changed on the serial number itself.
        with self.assertRaises(UserError), self.cr.savepoint():
            free.lot_id.location_id = customers
        # A move without a transfer.
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 1,
                "location_id": stock.id,
                "location_dest_id": customers.id,
                "company_id": self.store.id,
                "move_line_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.product.id,
                            "lot_id": free.lot_id.id,
                            "quantity": 1,
                            "location_id": stock.id,
                            "location_dest_id": customers.id,
                            "picked": True,
                        },
                    )
                ],
            }
        )
        move.picked = True
        with self.assertRaises(UserError), self.cr.savepoint():
            move._action_done()
        # A transfer that is done, corrected to another car.
        self._pay(self.order, 150000)
        notice = self._notice()
        notice.action_request()
        self._as_manager(notice).action_release()
        picking = self._deliver()
        with self.assertRaises(UserError), self.cr.savepoint():
            picking.move_line_ids.lot_id = free.lot_id
        with self.assertRaises(UserError), self.cr.savepoint():
            picking.move_line_ids.copy({"lot_id": free.lot_id.id, "quantity": 1})
        self.assertEqual(free.supply_state, "in_stock")
        # Straight from the supplier to a customer.
        with self.assertRaises(UserError), self.cr.savepoint():
            self._move(self.suppliers, customers, self._vin(), partner=self.buyer)

    def test_not_delivered_on_paper(self):
        move = self.order.picking_ids.move_ids
        move.picked = True
        keeper = new_test_user(
            self.env,
            "paper_keeper",
            "stock.group_stock_user",
            company_id=self.store.id,
            company_ids=self.store.ids,
        )
        for one in (move, move.with_user(keeper)):
            with self.assertRaises(UserError):
                one.write({"state": "done"})
        self.assertNotEqual(move.state, "done")

    def test_the_stores_rule(self):
        order, store = self.order, self.store
        store.auto_notice_paid_percent = 20
        store.auto_notice_invoiced = True
        store.auto_pdi_required = True
        self._pay(order, 30000)
        notice = self._notice()
        notice.action_request()
        missing = notice._missing()
        self.assertEqual(len(missing), 2, missing)
        order.order_line.product_id.invoice_policy = "order"
        order._create_invoices().action_post()
        checklist = self.vehicle.checklist_ids.filtered(lambda one: one.kind == "pdi")
        checklist.action_all_ok()
        checklist.action_finish()
        self.assertFalse(notice._missing())

    def test_loan(self):
        order = self.order
        addon = self.env["auto.sale.addon"].create(
            {
                "order_id": order.id,
                "kind_id": self.env.ref("auto_crm_sale.addon_kind_loan").id,
                "loan_amount": 100000,
                "supplier_id": self.buyer.id,
            }
        )
        loan = order.due_ids.filtered(lambda due: due.kind == "loan")
        self.assertEqual((loan.amount, loan.payer_id), (100000, self.buyer))
        self._pay(order, 50000)

        def met():
            rows = order._delivery_conditions(self.vehicle)
            return {code: is_met for code, _label, is_met in rows}

        self.assertFalse(met()["loan"])
        self.assertFalse(met()["paid"])
        addon.action_start()
        addon.action_loan_approve()
        self.assertTrue(met()["loan"])
        self.assertTrue(met()["paid"], "what the bank will pay is not asked for")
        self.assertEqual(loan.open_amount, 100000)
        addon.loan_amount = 90000
        self.assertEqual(loan.amount, 90000)
        self.assertFalse(met()["paid"])
        addon.action_cancel()
        self.assertFalse(loan.exists())

    def test_nobody_releases_past_the_approval(self):
        notice = self._notice()
        for vals in ({"state": "released"}, {"released_by": self.consultant.id}):
            with self.assertRaises(UserError), self.cr.savepoint():
                notice.write(vals)
        forged = notice.with_context(auto_delivery_notice=True)
        with self.assertRaises(UserError), self.cr.savepoint():
            forged.write({"state": "released"})
        self.assertEqual(
            self.env["auto.delivery.notice"]
            .create({"order_id": self.order.id, "state": "released"})
            .state,
            "draft",
        )
        notice.action_request()
        with self.assertRaises(UserError), self.cr.savepoint():
            notice.action_request()
        with self.assertRaises(UserError), self.cr.savepoint():
            notice.action_release()
        other = self._receive()
        with self.assertRaises(UserError), self.cr.savepoint():
            notice.vehicle_ids = other
        with self.assertRaises(UserError), self.cr.savepoint():
            self._notice().action_request()
        draft = self._notice()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            draft.vehicle_ids = other
        with self.assertRaises(AccessError), self.cr.savepoint():
            notice.action_revoke()
        with self.assertRaises(UserError), self.cr.savepoint():
            notice.sudo().unlink()

    def test_cancelled_contract(self):
        self._pay(self.order, 150000)
        notice = self._notice()
        notice.action_request()
        self._as_manager(notice).action_release()
        self.order._action_cancel()
        self.assertEqual(notice.state, "cancelled")

    def test_rights(self):
        notice = self._notice()
        for user in (self.manager, self.users["auditor"], self.cashier):
            self.assertEqual(notice.with_user(user).state, "draft")
        with self.assertRaises(AccessError):
            notice.with_user(self.users["sales_manager", 2]).read(["name"])
        with self.assertRaises(AccessError), self.cr.savepoint():
            notice.with_user(self.users["auditor"]).note = "x"
        self.order.user_id = self.manager
        with self.assertRaises(AccessError), self.cr.savepoint():
            notice.with_user(self.consultant).note = "x"
