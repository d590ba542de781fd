from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import MoneyCase


@tagged("post_install", "-at_install")
class TestPayment(MoneyCase):
    def setUp(self):
        super().setUp()
        self.vehicle = self._receive()
        self.order = self._contract(self.vehicle, self.partners[0])

    def test_deposit_invoice_and_balance(self):
        order = self.order
        self.assertEqual((order.paid_state, order.open_amount), ("unpaid", 150000))
        deposit = self._pay(order, 20000, "deposit")
        self.assertIn(deposit.state, ("in_process", "paid"))
        self.assertEqual(deposit.journal_id, self.tills[1])
        self.assertEqual((order.paid_state, order.paid_amount), ("deposit", 20000))
        order.action_confirm()
        self.assertEqual(order.due_ids.kind, "balance")
        self.assertEqual(order.due_ids.open_amount, 130000)
        order.order_line.product_id.invoice_policy = "order"
        invoice = order._create_invoices()
        invoice.action_post()
        # The deposit has gone into the invoice by itself and counts once.
        self.assertEqual(invoice.amount_residual, 130000)
        self.assertEqual(order.paid_amount, 20000)
        self._pay(order, 100000)
        self.assertEqual((order.paid_state, order.open_amount), ("partly", 30000))
        self.assertEqual(invoice.amount_residual, 30000)
        self._pay(order, 30000)
        self.assertEqual((order.paid_state, order.open_amount), ("paid", 0))
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(order.due_ids.open_amount, 0)
        deposit.action_draft()
        self.assertEqual((order.paid_state, order.open_amount), ("partly", 20000))
        deposit.action_post()
        self.assertEqual(order.paid_state, "paid")

    def test_nothing_is_taken_twice(self):
        wizard = self._wizard(1000)
        wizard.action_pay()
        with self.assertRaisesRegex(UserError, "taken already"):
            wizard.action_pay()
        self.assertEqual(self.order.paid_amount, 1000)

    def _wizard(self, amount):
        return (
            self.env["auto.take.payment"]
            .with_user(self.cashier)
            .with_context(allowed_company_ids=self.store.ids)
            .create({"order_id": self.order.id, "amount": amount, "kind": "balance"})
        )

    def test_the_customers_money_does_not_pay_the_loan(self):
        self.order.action_confirm()
        today = fields.Date.context_today(self.order)
        loan, deposit = self.env["auto.payment.due"].create(
            [
                {
                    "order_id": self.order.id,
                    "kind": kind,
                    "fixed_amount": amount,
                    "date_due": today + timedelta(days=days),
                }
                for kind, amount, days in (("loan", 50000, 1), ("deposit", 5000, 9))
            ]
        )
        self._pay(self.order, 5000, "deposit")
        self._pay(self.order, 5000, "deposit")
        self.assertEqual((deposit.paid_amount, loan.paid_amount), (5000, 0))

    def test_the_cashier_invoices(self):
        self.product.invoice_policy = "order"
        self.order.action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_user(self.cashier)
            .with_context(
                active_ids=self.order.ids,
                active_model="sale.order",
                allowed_company_ids=self.store.ids,
            )
            .create({"advance_payment_method": "delivered"})
        )
        wizard.create_invoices()
        invoice = self.order.invoice_ids.with_user(self.cashier)
        self.assertEqual(invoice.amount_total, 150000)
        # The product belongs to the group, in whose company no store works.
        self.env.flush_all()
        self.env.invalidate_all()
        invoice.with_context(allowed_company_ids=self.store.ids).action_post()
        self.assertEqual(invoice.state, "posted")

    def test_the_consultant_reads_and_withdraws_the_invoice(self):
        self.product.invoice_policy = "order"
        self.order.action_confirm()
        self.order._create_invoices()
        self.env.flush_all()
        self.env.invalidate_all()
        order = self.order.with_user(self.consultant).with_company(self.store)
        invoice = order.invoice_ids
        # All that the form shows to somebody who sees no payments.
        names = etree.fromstring(invoice.get_view(view_type="form")["arch"]).xpath(
            "//field[not(ancestor::field)]/@name"
        )
        self.assertNotIn("payment_count", names)
        self.assertTrue(invoice.read(set(names)))
        order.action_cancel()
        self.assertEqual((order.state, invoice.state), ("cancel", "cancel"))

    def test_down_payment_invoice(self):
        order = self.order
        order.action_confirm()
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_ids=order.ids, active_model="sale.order")
            .create({"advance_payment_method": "fixed", "fixed_amount": 10000})
        )
        wizard.create_invoices()
        down = order.invoice_ids
        down.action_post()
        self.assertEqual(order.paid_amount, 0)
        register = (
            self.env["account.payment.register"]
            .with_user(self.cashier)
            .with_context(
                allowed_company_ids=self.store.ids,
                active_model="account.move",
                active_ids=down.ids,
            )
            .create({"journal_id": self.tills[1].id})
        )
        payment = register._create_payments()
        self.assertEqual(payment.contract_id, order)
        self.assertEqual((order.paid_state, order.paid_amount), ("deposit", 10000))
        order.order_line.product_id.invoice_policy = "order"
        final = order._create_invoices(final=True)
        final.action_post()
        self.assertEqual(final.amount_total, 140000)
        self.assertEqual(order.open_amount, 140000)
        reversal = final._reverse_moves(cancel=True)
        self.assertEqual(reversal.state, "posted")
        self.assertEqual(order.paid_amount, 10000)

    def test_what_is_due_when(self):
        order = self.order
        today = fields.Date.context_today(order)
        bank = self.env["res.partner"].create({"name": "Test Bank"})
        order._plan_due("deposit", 10000, today - timedelta(days=2))
        loan = order._plan_due("loan", 90000, today + timedelta(days=20), payer=bank)
        order.action_confirm()
        balance = order.due_ids.filtered(lambda due: due.kind == "balance")
        self.assertEqual(balance.amount, 50000)
        self.assertEqual(order.overdue_amount, 10000)
        self.assertTrue(order.is_overdue)
        overdue = self.env["sale.order"].search([("is_overdue", "=", True)])
        self.assertIn(order, overdue)
        # The bank pays before the customer: the loan is paid, not the deposit.
        payment = self._pay(order, 90000, "loan", payer_id=bank.id)
        self.assertEqual(payment.partner_id, bank)
        self.assertEqual((loan.open_amount, balance.open_amount), (0, 50000))
        self.assertEqual(order.overdue_amount, 10000)
        self._pay(order, 30000)
        self.assertEqual(order.overdue_amount, 10000)
        self.assertEqual(balance.open_amount, 20000)
        order.order_line.price_unit = 155000
        self.assertEqual(balance.amount, 55000)
        order._action_cancel()
        self.assertFalse(order.is_overdue)
        self.assertEqual(order.open_amount, -120000)
        self.assertEqual(order.paid_state, "partly")
        self.assertEqual(order.owed_amount, 120000)

    def test_the_bank_pays_its_loan(self):
        order = self.order
        bank = self.env["res.partner"].create({"name": "Test Bank"})
        order._plan_due("loan", 60000, False, payer=bank)
        order.action_confirm()
        wizards = (
            self.env["auto.take.payment"]
            .with_user(self.cashier)
            .with_context(allowed_company_ids=self.store.ids)
        )
        wizard = wizards.create({"order_id": order.id, "kind": "loan"})
        self.assertEqual((wizard.amount, wizard.payer_id), (60000, bank))
        wizard = wizards.create({"order_id": order.id, "kind": "balance"})
        self.assertEqual((wizard.amount, wizard.payer_id), (90000, order.partner_id))
        with self.assertRaisesRegex(UserError, "Only .* is open"), self.cr.savepoint():
            self._pay(order, 66403, "loan")
        with Form(wizards.with_context(default_order_id=order.id)) as form:
            self.assertEqual(form.amount, 90000)
            form.kind = "loan"
            self.assertEqual((form.amount, form.payer_id), (60000, bank))
            form.amount = 1000
        form.record.action_pay()
        self.assertEqual(order.paid_amount, 1000)

    def test_nobody_says_that_it_is_paid(self):
        self.order.action_confirm()
        order = self.order.with_user(self.consultant)
        for vals in (
            {"paid_amount": 150000},
            {"open_amount": 0},
            {"paid_state": "paid"},
            {"is_vehicle_contract": False},
            {"note": "x", "paid_amount": 150000, "open_amount": 0},
        ):
            with (
                self.assertRaisesRegex(UserError, "follows from its payments"),
                self.cr.savepoint(),
            ):
                order.write(vals)
        forged = self.env["sale.order"].with_user(self.consultant)
        forged = forged.with_context(
            allowed_company_ids=self.store.ids, default_paid_state="paid"
        ).create(
            {
                "partner_id": self.partners[0].id,
                "paid_amount": 5000,
                "is_vehicle_contract": True,
            }
        )
        self.assertFalse(forged.is_vehicle_contract)
        self.assertFalse(forged.paid_amount)
        self.assertFalse(forged.paid_state)
        self._pay(self.order, 1000)
        self.assertEqual((order.paid_amount, order.paid_state), (1000, "partly"))

    def test_bad_amounts(self):
        for amount in (0, -5, 150000.01):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._pay(self.order, amount)
        tomorrow = fields.Date.context_today(self.order) + timedelta(days=1)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._pay(self.order, 10, date=tomorrow)
        self.order._action_cancel()
        with self.assertRaises(UserError), self.cr.savepoint():
            self._pay(self.order, 10)
        self.assertFalse(self.order.contract_payment_ids)

    def test_bad_schedule(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.order._plan_due("loan", 150001, False)
        due = self.order._plan_due("deposit", 1000, False)
        other = self._contract(self._receive(), self.partners[1])
        with self.assertRaises(UserError), self.cr.savepoint():
            due.order_id = other
        self._pay(self.order, 1000, "deposit")
        with self.assertRaises(UserError), self.cr.savepoint():
            due.unlink()
        payment = self.order.contract_payment_ids
        with self.assertRaises(UserError), self.cr.savepoint():
            payment.contract_id = other

    def test_rights(self):
        self.order.action_confirm()
        due = self.order.due_ids
        for user in (
            self.consultant,
            self.cashier,
            self.users["adviser", 1],
            self.users["auditor"],
        ):
            self.assertEqual(due.with_user(user).open_amount, 150000)
            self.assertIn(self.order.name, due.with_user(user).display_name)
        with self.assertRaises(AccessError):
            due.with_user(self.users["consultant", 2]).read(["amount"])
        with self.assertRaises(AccessError), self.cr.savepoint():
            due.with_user(self.users["auditor"]).note = "x"
        wizard = self.env["auto.take.payment"].with_user(self.consultant)
        with self.assertRaises(AccessError):
            wizard.create({"order_id": self.order.id, "amount": 1})

    def test_service_sees_the_open_amount(self):
        self.order.action_confirm()
        partner = self.partners[0].with_user(self.users["adviser", 1])
        tile = next(
            tile for tile in partner.auto_360_tiles if tile["key"] == "open_payments"
        )
        self.assertIn("150,000", tile["count"])

    def test_the_form_proposes(self):
        self.order.action_confirm()
        form = Form(self.env["auto.take.payment"].with_user(self.cashier))
        form.order_id = self.order
        self.assertEqual(form.amount, 150000)
        self.assertEqual(form.kind, "balance")
        self.assertEqual(form.journal_id, self.tills[1])
        # As opened from the reservation, with the amount of the deposit.
        form = Form(
            self.env["auto.take.payment"]
            .with_user(self.cashier)
            .with_context(
                default_order_id=self.order.id,
                default_kind="deposit",
                default_amount=4000,
            )
        )
        self.assertEqual((form.amount, form.kind), (4000, "deposit"))
        self.assertEqual(form.payer_id, self.order.partner_id)
