from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.tests.common_matrix import MatrixCase

from ..models.auto_tradein import STATE
from .common import MoneyCase


class TradeinCase(MoneyCase):
    """A customer with an old car who buys a new one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.used = cls.store._used_car_product()
        cls.used.taxes_id = False
        cls.used.supplier_taxes_id = False
        cls.old = cls.env["auto.vehicle"].create(
            {
                "vin": cls._vin(),
                "license_plate": "浙A88Z01",
                "model_id": cls.model.id,
                "owner_id": cls.partners[0].id,
                "company_id": cls.store.id,
            }
        )

    def setUp(self):
        super().setUp()
        self.car = self._receive()
        self.order = self._contract(self.car, self.partners[0])

    def _tradein(self, user=None, **values):
        user = user or self.consultant
        return (
            self.env["auto.tradein"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .create(
                {
                    "partner_id": self.partners[0].id,
                    "vin": self.old.vin,
                    "order_id": self.order.id,
                    "company_id": self.store.id,
                    **values,
                }
            )
        )

    def _inspect(self, tradein, cost=0):
        tradein.action_inspect()
        checklist = tradein.checklist_id
        for line in checklist.line_ids.filtered("is_photo_required"):
            line.result = "na"
        if cost:
            checklist.line_ids[0].write(
                {"result": "defect", "note": "Dent", "repair_cost": cost}
            )
        checklist.action_all_ok()
        checklist.action_finish()

    def _appraised(self, cost=3000, **values):
        tradein = self._tradein()
        self._inspect(tradein, cost)
        tradein.write(
            {
                "odometer": 62000,
                "market_value": 60000,
                "extra_cost": 1000,
                "expected_price": 66000,
                "offer_amount": 55000,
                **values,
            }
        )
        tradein.action_appraise()
        return tradein

    def _accepted(self, **values):
        tradein = self._appraised(**values)
        tradein.action_offer()
        tradein.action_accept()
        return tradein

    def _received(self, **values):
        tradein = self._accepted(**values)
        manager = tradein.with_user(self.manager)
        manager.action_purchase()
        manager.action_receive()
        return tradein

    def _as_cashier(self, tradein):
        return tradein.with_user(self.cashier).with_context(
            allowed_company_ids=self.store.ids
        )


@tagged("post_install", "-at_install")
class TestTradein(TradeinCase):
    def test_appraisal(self):
        tradein = self._tradein()
        self.assertEqual(tradein.vehicle_id, self.old)
        self.assertEqual(tradein.license_plate, "浙A88Z01")
        with self.assertRaises(UserError) as caught:
            tradein.action_appraise()
        self.assertIn("inspection", str(caught.exception))
        self._inspect(tradein, 3000)
        # Nobody is sent to repair a car that is not ours.
        self.assertFalse(tradein.checklist_id.activity_ids)
        self.assertEqual(tradein.defect_cost, 3000)
        tradein.write({"odometer": 62000, "market_value": 60000, "extra_cost": 1000})
        self.assertEqual(tradein.limit_amount, 56000)
        tradein.action_appraise()
        self.assertEqual(tradein.state, "appraised")
        self.assertEqual(tradein.appraiser_id, self.consultant)
        reading = self.old.odometer_ids
        self.assertEqual((reading.value, reading.source), (62000, "inspection"))
        self.assertIn("tradein", self.old.event_ids.mapped("kind"))

    def test_offer_within_its_worth_needs_nobody(self):
        tradein = self._appraised(offer_amount=56000)
        tradein.action_offer()
        self.assertEqual(tradein.state, "offered")
        today = fields.Date.context_today(tradein)
        self.assertEqual(tradein.date_valid, today + timedelta(days=7))
        for name, value in (("offer_amount", 60000), ("market_value", 1)):
            with self.assertRaises(UserError), self.cr.savepoint():
                tradein[name] = value
        line = tradein.checklist_id.line_ids[0]
        with self.assertRaises(UserError), self.cr.savepoint():
            line.repair_cost = 0
        tradein.action_reappraise()
        tradein.offer_amount = 50000
        tradein.action_offer()
        tradein.action_accept()
        self.assertEqual(tradein.date_accepted, today)

    def test_offer_above_its_worth_is_approved(self):
        tradein = self._appraised(offer_amount=58000)
        self.assertTrue(tradein.needs_approval)
        tradein.action_offer()
        self.assertEqual(
            (tradein.state, tradein.approval_state), ("appraised", "waiting")
        )
        with self.assertRaises(UserError), self.cr.savepoint():
            tradein.offer_amount = 59000
        with self.assertRaises(UserError), self.cr.savepoint():
            tradein.action_approve()
        manager = tradein.with_user(self.manager)
        self.assertTrue(manager.can_decide)
        manager.action_approve()
        self.assertEqual(tradein.state, "offered")
        # More than the sales manager may decide.
        tradein.action_reappraise()
        tradein.write({"offer_amount": 160000, "market_value": 100000})
        tradein.action_offer()
        manager.invalidate_recordset()
        self.assertFalse(manager.can_decide)
        boss = tradein.with_user(self.users["store_manager", 1])
        self.assertTrue(boss.can_decide)
        tradein._waiting_approval("tradein_offer").with_user(
            self.users["store_manager", 1]
        ).action_refuse("Too much")
        self.assertEqual(
            (tradein.state, tradein.approval_state), ("appraised", "refused")
        )

    def test_accepted_in_the_payments_of_the_contract(self):
        self.order.action_confirm()
        tradein = self._accepted()
        due = self.order.due_ids.filtered(lambda one: one.kind == "tradein")
        self.assertEqual((due.tradein_id, due.amount), (tradein, 55000))
        balance = self.order.due_ids.filtered(lambda one: one.kind == "balance")
        self.assertEqual(balance.amount, 95000)
        self.assertEqual(self.order.paid_amount, 0)
        # No discount: neither the price nor what is given away changes.
        self.assertEqual(self.order.amount_total, 150000)
        self.assertEqual(self.order.contract_approval, "none")
        tradein.decline_reason = "Sold to a neighbour"
        tradein.action_decline()
        self.assertEqual(balance.amount, 150000)
        self.assertFalse(due.exists())

    def test_bought_and_set_off(self):
        self.order.action_confirm()
        tradein = self._accepted()
        with self.assertRaises(AccessError):
            tradein.action_purchase()
        tradein.with_user(self.manager).action_purchase()
        purchase = tradein.sudo().purchase_id
        self.assertEqual(tradein.state, "purchased")
        self.assertEqual(purchase.amount_total, 55000)
        self.assertEqual(purchase.partner_id, self.partners[0])
        self.assertFalse(self.used.seller_ids)
        vehicles = self.env["auto.vehicle"].search_count([])
        keeper = self.users["sales_manager", 1]
        tradein.with_user(keeper).action_receive()
        # The same car, in stock under another serial number.
        self.assertEqual(self.env["auto.vehicle"].search_count([]), vehicles)
        old = self.old
        self.assertEqual(tradein.state, "received")
        self.assertEqual((old.supply_state, old.sale_state), ("in_stock", "free"))
        self.assertEqual(old.availability, "available")
        self.assertEqual(old.product_id, self.used)
        self.assertEqual(old.lot_id.name, old.vin)
        self.assertTrue(old.is_used)
        self.assertEqual(old.list_price, 66000)
        self.assertFalse(old.owner_id)
        self.assertEqual(old.owner_ids.partner_id, self.partners[0])
        self.assertFalse(
            self.env["auto.stock.check"].search([("vehicle_id", "=", old.id)])
        )
        # What was found is to be done now.
        self.assertTrue(tradein.checklist_id.line_ids[0].activity_id)
        bill = tradein.sudo().bill_ids
        self.assertEqual((bill.state, bill.amount_total), ("draft", 55000))
        self.assertEqual(self.order.paid_amount, 0)
        self._as_cashier(tradein).action_settle()
        self.assertEqual(bill.payment_state, "paid")
        offset = tradein.sudo().offset_move_id
        self.assertEqual(offset.state, "posted")
        self.assertEqual(sum(offset.line_ids.mapped("balance")), 0)
        self.assertEqual(self.order.paid_amount, 55000)
        self.assertEqual(self.order.open_amount, 95000)
        due = self.order.due_ids.filtered(lambda one: one.kind == "tradein")
        self.assertEqual(due.open_amount, 0)
        # The invoice takes it like any payment, and it counts once.
        self.car.product_id.invoice_policy = "order"
        invoice = self.order._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 150000)
        self.assertEqual(invoice.amount_residual, 95000)
        self.assertEqual(self.order.paid_amount, 55000)
        self._pay(self.order, 95000)
        self.assertEqual(self.order.paid_state, "paid")
        with self.assertRaises(UserError), self.cr.savepoint():
            tradein.order_id = False
        with self.assertRaises(UserError), self.cr.savepoint():
            tradein.with_user(self.manager).action_cancel()

    def test_after_the_invoice_and_worth_more_than_the_rest(self):
        self.order.action_confirm()
        self.car.product_id.invoice_policy = "order"
        invoice = self.order._create_invoices()
        invoice.action_post()
        self._pay(self.order, 120000)
        tradein = self._received()
        bill = tradein.sudo().bill_ids
        bill.with_user(self.cashier).action_post()  # in the accounting itself
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.order.open_amount, 0)
        self.assertEqual(bill.amount_residual, 25000)
        tasks = tradein.sudo().activity_ids.mapped("summary")
        self.assertTrue(any("25,000" in task for task in tasks), tasks)
        # Reset to draft it pays nothing any more.
        tradein.sudo().offset_move_id.button_draft()
        self.assertEqual(self.order.open_amount, 30000)

    def test_a_lien_is_paid_off_first(self):
        self.order.action_confirm()
        tradein = self._appraised()
        with self.assertRaises(UserError), self.cr.savepoint():
            tradein.write({"has_lien": True, "lien_amount": 60000})
            tradein.action_offer()
        tradein.write({"has_lien": True, "lien_amount": 20000})
        tradein.action_offer()
        tradein.action_accept()
        self.assertEqual((tradein.equity_amount, tradein.offset_amount), (35000, 35000))
        tradein.with_user(self.manager).action_purchase()
        tradein.with_user(self.manager).action_receive()
        self._as_cashier(tradein).action_settle()
        self.assertEqual(self.order.paid_amount, 35000)
        self.assertEqual(tradein.sudo().bill_ids.amount_residual, 20000)

    def test_received_in_the_inventory(self):
        tradein = self._accepted()
        tradein.with_user(self.manager).action_purchase()
        picking = tradein.sudo().purchase_id.picking_ids
        other = self._vin()
        picking.move_ids.move_line_ids.write({"lot_name": other, "lot_id": False})
        picking.move_ids.picked = True
        with self.assertRaises(UserError), self.cr.savepoint():
            picking.button_validate()
        self.assertEqual(tradein.state, "purchased")
        picking.move_ids.move_line_ids.write({"lot_name": self.old.vin})
        picking.button_validate()
        self.assertEqual(tradein.state, "received")

    def test_sold_again_and_traded_in_again(self):
        tradein = self._received()
        old = self.old
        sold = self._contract(old, self.partners[1])
        self.assertTrue(sold.is_used_sale)
        self.assertFalse(self.order.is_used_sale)
        line = sold.order_line
        self.assertEqual(line.list_price, 66000)
        sold.action_confirm()
        picking = sold.picking_ids
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(old.owner_id, self.partners[1])
        row = self.env["auto.used.car.report"].search([("vehicle_id", "=", old.id)])
        self.assertEqual((row.state, row.order_id), ("sold", sold))
        self.assertEqual(row.tradein_id, tradein.sudo())
        self.assertEqual((row.cost, row.reconditioning), (55000, 4000))
        self.assertEqual(row.gross, line.price_subtotal - 55000 - 4000)
        # The new car became used at its delivery, its contract did not.
        self.order.action_confirm()
        new = self.order.picking_ids
        new.move_ids.picked = True
        new.button_validate()
        self.assertTrue(self.car.is_used)
        self.env.invalidate_all()
        self.assertFalse(self.order.is_used_sale)
        # It comes back once more, as the same car under the same serial number.
        order = self._contract(self._receive(), self.partners[1])
        lot = old.lot_id
        again = self._tradein(
            partner_id=self.partners[1].id, vin=old.vin, order_id=order.id
        )
        self.assertEqual(again.vehicle_id, old)
        self._inspect(again)
        again.write({"odometer": 63000, "market_value": 50000, "offer_amount": 40000})
        again.action_appraise()
        again.action_offer()
        again.action_accept()
        again.with_user(self.manager).action_purchase()
        again.with_user(self.manager).action_receive()
        self.assertEqual((old.lot_id, old.availability), (lot, "available"))
        rows = self.env["auto.used.car.report"].search([("vehicle_id", "=", old.id)])
        self.assertEqual(sorted(rows.mapped("state")), ["sold", "stock"])

    def test_price_of_the_used_car(self):
        self._received()
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partners[1].id,
                "company_id": self.store.id,
                "order_line": [
                    self.env["sale.order.line"]._contract_line_vals(self.old)
                ],
            }
        )
        self.assertEqual(order.order_line.price_unit, 66000)
        self.assertEqual(order.contract_discount, 0)
        order.order_line.price_unit = 60000
        self.assertEqual(order.contract_discount, 6000)

    def test_contract_cancelled(self):
        self.order.action_confirm()
        tradein = self._accepted()
        self.order._action_cancel()
        self.assertFalse(tradein.order_id)
        self.assertEqual(tradein.state, "accepted")
        self.assertEqual(tradein.sudo().activity_ids.user_id, self.consultant)
        self.assertFalse(self.order.due_ids.filtered("tradein_id"))

    def test_contract_cancelled_after_the_purchase(self):
        self.order.action_confirm()
        tradein = self._received()
        self._as_cashier(tradein).action_settle()
        self.order._action_cancel()
        self.assertEqual(tradein.state, "received")
        tasks = tradein.sudo().activity_ids.mapped("summary")
        self.assertTrue(any("55,000" in task for task in tasks), tasks)
        self.assertEqual(self.order.open_amount, -55000)

    def test_cancelled_purchase(self):
        tradein = self._accepted()
        tradein.with_user(self.manager).action_purchase()
        purchase = tradein.sudo().purchase_id
        with self.assertRaises(AccessError), self.cr.savepoint():
            tradein.action_cancel()
        tradein.with_user(self.manager).action_cancel()
        self.assertEqual((tradein.state, purchase.state), ("cancelled", "cancel"))
        self.assertEqual(self.old.owner_id, self.partners[0])
        self._tradein()  # the car is free for another try

    def test_sent_back(self):
        tradein = self._received()
        picking = tradein.sudo().purchase_id.picking_ids
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.move_line_ids.write({"lot_id": self.old.lot_id.id})
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(tradein.state, "cancelled")
        self.assertEqual(self.old.owner_id, self.partners[0])
        self.assertEqual(self.old.sale_state, "third_party")

    def test_one_open_trade_in(self):
        tradein = self._tradein()
        with self.assertRaises(ValidationError) as caught, self.cr.savepoint():
            self._tradein()
        self.assertIn(tradein.name, str(caught.exception))
        with self.assertRaises(ValidationError) as caught, self.cr.savepoint():
            self._tradein(
                user=self.users["consultant", 2],
                company_id=self.stores[2].id,
                order_id=False,
                partner_id=self.partners[0].id,
            )
        self.assertNotIn(tradein.name, str(caught.exception))
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            second = self._tradein(vin=self._vin())
            self.env.cr.execute(
                "UPDATE auto_tradein SET vehicle_id = %s WHERE id = %s",
                (self.old.id, second.id),
            )

    def test_the_car_by_vin_or_plate(self):
        tradein = self._tradein(vin=False, license_plate="浙A·88z01")
        self.assertEqual(tradein.vehicle_id, self.old)
        tradein.action_cancel()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._tradein(vin="123")
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._tradein(vin=self.car.vin)  # in our own stock
        vin = self._vin()
        new = self._tradein(vin=vin.lower(), model_id=self.model.id, color="Red")
        self.assertEqual((new.vehicle_id.vin, new.vehicle_id.color), (vin, "Red"))
        self.assertEqual(new.vehicle_id.sudo().owner_id, self.partners[0])
        self.assertEqual(new.vehicle_id.sale_state, "third_party")
        late = self._tradein(vin=False)
        self.assertFalse(late.vehicle_id)
        with self.assertRaises(UserError), self.cr.savepoint():
            late.action_inspect()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            late.vin = "XX"
        late.vin = self._vin()
        self.assertTrue(late.vehicle_id)

    def test_one_plate_is_one_car(self):
        # Nobody here knows the car: there is but its plate.
        first = self._tradein(vin=False, license_plate="浙A·8x123")
        self.assertFalse(first.vehicle_id)
        self.assertEqual(first.license_plate, "浙A8X123")
        with self.assertRaisesRegex(ValidationError, first.name), self.cr.savepoint():
            self._tradein(vin=False, license_plate="浙A8X123 ")
        other = self._tradein(vin=False, license_plate="浙A8X124")
        with self.assertRaises(ValidationError), self.cr.savepoint():
            other.license_plate = "浙A-8X123"
        # A colleague's is not told, only that there is one.
        hidden = self.users["consultant", 2]
        with self.assertRaisesRegex(ValidationError, "colleague"), self.cr.savepoint():
            self._tradein(
                user=hidden,
                vin=False,
                license_plate="浙A8X123",
                order_id=False,
                company_id=self.stores[2].id,
            )
        first.action_cancel()
        other.license_plate = "浙A-8X123"

    def test_bad_input(self):
        tradein = self._tradein()
        for values in ({"market_value": -1}, {"odometer": 3000000}, {"key_count": -1}):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                tradein.write(values)
                tradein.flush_recordset()
        with self.assertRaises(UserError), self.cr.savepoint():
            tradein.write({"state": "received"})
        with self.assertRaises(UserError), self.cr.savepoint():
            tradein.with_context(auto_tradein=True).write({"state": "received"})
        forged = self._tradein(vin=self._vin(), state="accepted")
        self.assertEqual(forged.state, "draft")
        for step in ("action_offer", "action_accept", "action_decline"):
            with self.assertRaises(UserError), self.cr.savepoint():
                getattr(tradein, step)()
        with self.assertRaises(UserError), self.cr.savepoint():
            tradein.with_user(self.manager).action_purchase()
        other = self._contract(self._receive(store=2), self.partners[1], store=2)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            tradein.sudo().order_id = other

    def test_taxes_that_change_the_price(self):
        tax = self.env["account.tax"].search(
            [("company_id", "=", self.group.id), ("type_tax_use", "=", "purchase")],
            limit=1,
        )
        tax.write({"amount": 13, "price_include_override": "tax_excluded"})
        self.used.supplier_taxes_id = tax
        tradein = self._accepted()
        with self.assertRaises(UserError), self.cr.savepoint():
            tradein.with_user(self.manager).action_purchase()
        self.assertEqual(tradein.state, "accepted")

    def test_offers_expire(self):
        tradein = self._appraised()
        tradein.action_offer()
        yesterday = fields.Date.context_today(tradein) - timedelta(days=1)
        tradein.with_context(auto_tradein=STATE).sudo().write({"date_valid": yesterday})
        with self.assertRaises(UserError), self.cr.savepoint():
            tradein.action_accept()
        with self.enter_registry_test_mode():
            self.env.ref("auto_crm_sale.cron_tradein_expire").method_direct_trigger()
        self.assertEqual(tradein.state, "expired")
        self.assertEqual(tradein.sudo().activity_ids.user_id, self.consultant)
        tradein.action_reappraise()
        self.assertEqual(tradein.state, "appraised")

    def test_from_the_prospect_and_the_contract(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Wants a car",
                "type": "opportunity",
                "partner_id": self.partners[0].id,
                "company_id": self.store.id,
                "user_id": self.consultant.id,
                "tradein_wanted": "yes",
                "tradein_model": "Golf",
                "tradein_year": 2019,
                "tradein_plate": "浙A88Z01",
                "tradein_odometer": 61000,
            }
        )
        action = lead.with_user(self.consultant).action_tradein()
        tradein = (
            self.env["auto.tradein"]
            .with_user(self.consultant)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(tradein.vehicle_id, self.old)
        self.assertEqual((tradein.description, tradein.odometer), ("Golf 2019", 61000))
        self.assertEqual(lead.tradein_count, 1)
        self.assertEqual(lead.action_tradein()["res_id"], tradein.id)
        action = self.order.with_user(self.consultant).action_tradein()
        self.assertEqual(action["context"]["default_order_id"], self.order.id)
        tiles = self.partners[0].with_user(self.consultant).auto_360_tiles
        tile = next(tile for tile in tiles if tile["key"] == "tradeins")
        self.assertEqual(tile["count"], 1)

    def test_gross_is_for_those_who_see_floor_prices(self):
        tradein = self._appraised()
        self.assertEqual(tradein.with_user(self.manager).expected_gross, 7000)
        with self.assertRaises(AccessError):
            tradein.read(["expected_gross"])

    def test_report_hides_costs(self):
        self._received()
        rows = self.env["auto.used.car.report"].with_user(self.users["auditor"])
        row = rows.search([("vehicle_id", "=", self.old.id)])
        self.assertEqual((row.bought, row.source), (1, "tradein"))
        with self.assertRaises(AccessError):
            row.read(["cost"])
        with self.assertRaises(AccessError):
            rows.with_user(self.consultant).search([])

    def test_printed(self):
        tradein = self._appraised()
        tradein.action_offer()
        html = self.env["ir.actions.report"]._render_qweb_html(
            "auto_crm_sale.report_tradein_document", tradein.ids
        )[0]
        text = html.decode()
        self.assertIn(tradein.name, text)
        self.assertIn("Dent", text)
        self.assertIn("55,000", text)
        tradein.action_accept()
        html = self.env["ir.actions.report"]._render_qweb_html(
            "auto_crm_sale.report_contract", self.order.ids
        )[0]
        self.assertIn(self.old.vin, html.decode())
        self.assertIn("95,000", html.decode())


@tagged("post_install", "-at_install")
class TestTradeinRights(MatrixCase):
    def test_matrix(self):
        partner = self.env["res.partner"].create({"name": "Seller"})

        def make(store, user):
            return (
                self.env["auto.tradein"]
                .with_company(store)
                .create(
                    {
                        "partner_id": partner.id,
                        "company_id": store.id,
                        "user_id": user.id,
                    }
                ),
                None,
            )

        self.check_matrix(
            "auto.tradein",
            """
            consultant: CRUD own
            sales_manager: CRUD st
            store_manager: CRUD st
            head_office: CRUD all
            auditor: R all
            """,
            make,
        )
