from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import MoneyCase


@tagged("post_install", "-at_install")
class TestReservationDeposit(MoneyCase):
    def setUp(self):
        super().setUp()
        self.product.list_price = 150000
        self.vehicle = self._receive()

    def _held(self, deposit=5000, paid=True, **values):
        reservation = self._reservation(
            self.vehicle, self.partners[0], deposit_amount=deposit, **values
        )
        reservation.action_confirm()
        reservation.action_request_deposit()
        if paid:
            self._pay(reservation.sudo().order_id, deposit, "deposit")
        return reservation

    def _cancel(self, reservation, user=None, **values):
        wizard = (
            self.env["auto.reservation.cancel"]
            .with_user(user or self.consultant)
            .with_company(self.store)
            .create({"reservation_id": reservation.id, "reason": "Moves", **values})
        )
        wizard.action_cancel()
        return wizard

    def test_deposit_is_a_down_payment_of_the_contract(self):
        reservation = self._held(paid=False)
        self.assertEqual(reservation.deposit_state, "due")
        order = reservation.sudo().order_id
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.vehicle_ids, self.vehicle)
        self.assertTrue(order.order_line.filtered("is_downpayment"))
        invoice = reservation.sudo().deposit_move_ids
        self.assertEqual((invoice.state, invoice.amount_total), ("posted", 5000))
        self._pay(order, 5000, "deposit")
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(reservation.deposit_paid, 5000)
        self.assertEqual(reservation.deposit_state, "paid")
        order.action_confirm()
        self.assertEqual(reservation.state, "active")
        order.order_line.product_id.invoice_policy = "order"
        final = order._create_invoices(final=True)
        self.assertEqual(final.amount_total, 145000)

    def test_asked_for_once_and_not_changed_then(self):
        reservation = self._held(paid=False)
        with self.assertRaises(UserError):
            reservation.action_request_deposit()
        with self.assertRaises(UserError):
            reservation.deposit_amount = 1
        with self.assertRaises(UserError):
            reservation.write({"deposit_settled": True})
        with self.assertRaises(UserError):
            reservation.write({"forfeited_amount": 0})

    def test_more_than_the_price(self):
        reservation = self._reservation(
            self.vehicle, self.partners[0], deposit_amount=150000
        )
        reservation.action_confirm()
        reservation.action_make_contract()
        reservation.sudo().order_id.order_line.price_unit = 140000
        with self.assertRaises(UserError):
            reservation.action_request_deposit()

    def test_deposit_above_the_price_of_the_car(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._reservation(self.vehicle, self.partners[0], deposit_amount=99999999)
        reservation = self._reservation(self.vehicle, self.partners[0])
        with self.assertRaises(ValidationError), self.cr.savepoint():
            reservation.deposit_amount = 150001
        reservation.deposit_amount = 150000

    def test_smallest_deposit(self):
        self.store.auto_deposit_min = 2000
        reservation = self._reservation(self.vehicle, self.partners[0])
        self.assertEqual(reservation.deposit_amount, 2000)
        reservation.deposit_amount = 100
        with self.assertRaises(UserError):
            reservation.action_confirm()
        reservation.deposit_amount = 2000
        reservation.action_confirm()
        self.assertEqual(reservation.state, "active")

    def test_unpaid_deposit_lets_it_expire(self):
        self.store.auto_deposit_hours = 24
        unpaid = self._held(paid=False)
        self.vehicle = self._receive()
        paid = self._held()
        later = fields.Datetime.now() + timedelta(hours=25)
        self.patch(fields.Datetime, "now", lambda *_args: later)
        with self.enter_registry_test_mode():
            self.env.ref(
                "auto_crm_sale.cron_reservation_expire"
            ).method_direct_trigger()
        self.assertEqual(unpaid.state, "expired")
        self.assertIn("deposit", unpaid.cancel_reason)
        self.assertEqual(unpaid.vehicle_id.sale_state, "free")
        self.assertEqual(unpaid.deposit_state, "none")
        self.assertEqual(
            unpaid.sudo().deposit_move_ids.mapped("amount_residual"), [0, 0]
        )
        self.assertEqual(paid.state, "active")

    def test_cancelled_at_once_gives_all_back(self):
        reservation = self._held()
        wizard = self._cancel(reservation)
        self.assertEqual((wizard.kept_amount, wizard.refund_amount), (0, 5000))
        self.assertEqual(reservation.state, "cancelled")
        self.assertEqual(reservation.cancel_reason, "Moves")
        self.assertEqual(reservation.deposit_state, "refund")
        self.assertEqual(reservation.sudo().order_id.state, "cancel")
        refund = reservation.sudo().deposit_move_ids.filtered(
            lambda move: move.move_type == "out_refund"
        )
        self.assertEqual(refund.amount_residual, 5000)
        action = reservation.sudo().action_pay_deposit_back()
        self.env[action["res_model"]].with_context(**action["context"]).create(
            {"journal_id": self.tills[1].id}
        )._create_payments()
        self.assertEqual(reservation.deposit_state, "settled")

    def test_cancelled_late_keeps_a_part(self):
        reservation = self._held()
        later = fields.Datetime.now() + timedelta(days=4)
        self.patch(fields.Datetime, "now", lambda *_args: later)
        self._cancel(reservation)
        self.assertEqual(reservation.forfeited_amount, 2500)
        self.assertEqual(reservation.refund_amount, 2500)
        moves = reservation.sudo().deposit_move_ids
        refund = moves.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((refund.amount_total, refund.amount_residual), (5000, 2500))
        kept = moves.filtered(
            lambda move: (
                move.invoice_line_ids.product_id
                == self.env.ref("auto_crm_sale.product_forfeited_deposit")
            )
        )
        self.assertEqual((kept.state, kept.amount_total), ("posted", 2500))
        self.assertEqual(kept.amount_residual, 0)
        self.assertFalse(kept.invoice_line_ids.tax_ids)

    def test_the_store_cancels(self):
        reservation = self._held()
        later = fields.Datetime.now() + timedelta(days=20)
        self.patch(fields.Datetime, "now", lambda *_args: later)
        self._cancel(reservation, cancelled_by="store")
        self.assertEqual(reservation.forfeited_amount, 0)

    def test_share_is_the_managers(self):
        reservation = self._held()
        with self.assertRaises(UserError):
            self._cancel(reservation, percent=80)
        self.assertEqual(reservation.state, "active")
        with self.assertRaises(UserError):
            self._cancel(reservation, reason="  ")
        with self.assertRaises(UserError):
            self._cancel(reservation, user=self.manager, percent=101)
        self._cancel(reservation, user=self.manager, percent=80)
        self.assertEqual(reservation.forfeited_amount, 4000)
        with self.assertRaises(UserError):
            self._cancel(reservation)

    def test_expired_deposit_is_settled_later(self):
        reservation = self._held()
        reservation.sudo()._end("expired", "Over")
        self.assertEqual(reservation.deposit_state, "unsettled")
        self.assertIn("deposit", reservation.sudo().activity_ids.mapped("summary")[0])
        self._cancel(reservation)
        self.assertEqual(reservation.state, "expired")
        self.assertEqual(reservation.forfeited_amount, 2500)
        self.assertFalse(reservation.sudo().activity_ids)

    def test_contract_holds(self):
        reservation = self._held()
        reservation.sudo().order_id.action_confirm()
        with self.assertRaises(UserError):
            self._cancel(reservation)
        reservation.sudo().order_id._action_cancel()
        self.assertEqual(reservation.state, "cancelled")
        self.assertEqual(reservation.deposit_state, "unsettled")

    def test_rules_of_a_store_take_the_place_of_the_general(self):
        rules = self.env["auto.forfeit.rule"]
        self.assertEqual(rules._percent_kept(self.store, "customer", 0), 0)
        self.assertEqual(rules._percent_kept(self.store, "customer", 3), 50)
        self.assertEqual(rules._percent_kept(self.store, "customer", 99), 100)
        rules.create(
            {"cancelled_by": "customer", "percent": 10, "company_id": self.store.id}
        )
        self.assertEqual(rules._percent_kept(self.store, "customer", 99), 10)
        self.assertEqual(rules._percent_kept(self.stores[2], "customer", 99), 100)

    def test_rights(self):
        reservation = self._held()
        other = self.users["consultant", 2]
        with self.assertRaises(AccessError):
            self._cancel(reservation, user=other)
        with self.assertRaises(AccessError):
            self._cancel(reservation, user=self.users["auditor"])
        with self.assertRaises(AccessError):
            self.env["auto.forfeit.rule"].with_user(self.manager).create(
                {"cancelled_by": "store", "percent": 1}
            )
        seen = reservation.with_user(self.cashier).with_company(self.store)
        self.assertEqual(seen.deposit_state, "paid")
        with self.assertRaises(AccessError):
            seen.write({"note": "x"})

    def test_printed(self):
        reservation = self._held()
        html = self.env["ir.actions.report"]._render_qweb_html(
            "auto_crm_sale.report_reservation", reservation.ids
        )[0]
        self.assertIn(reservation.name.encode(), html)
        self.assertIn(self.vehicle.vin.encode(), html)


@tagged("post_install", "-at_install")
class TestReservationWaiting(MoneyCase):
    def _wait(self, partner, **values):
        reservation = self._reservation(
            self.env["auto.vehicle"],
            partner,
            product_id=self.product.id,
            **{"vehicle_id": False, **values},
        )
        reservation.action_confirm()
        return reservation

    def test_first_who_waits_gets_the_car(self):
        self.product.list_price = 150000
        first, second = self._wait(self.partners[0]), self._wait(self.partners[1])
        self.assertEqual((first.state, second.state), ("queued", "queued"))
        self.assertEqual((first.queue_position, second.queue_position), (1, 2))
        first.action_make_contract()
        self.partners[0].email = "first@example.com"
        vehicle = self._receive()
        self.assertEqual(first.vehicle_id, vehicle)
        self.assertEqual(first.state, "active")
        self.assertEqual(first.sudo().order_id.vehicle_ids, vehicle)
        self.assertTrue(first.date_arrival)
        self.assertIn(
            self.env.ref("auto_crm_sale.mail_activity_reservation_arrival"),
            first.sudo().activity_ids.activity_type_id,
        )
        mail = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.partners[0].ids)]
        )
        self.assertIn(vehicle.vin, mail.body_html)
        self.assertEqual(second.state, "queued")
        self.assertEqual(second.queue_position, 1)
        first.action_cancel("Bought elsewhere")
        self.assertEqual(second.vehicle_id, vehicle)

    def test_free_car_is_given_at_once(self):
        vehicle = self._receive()
        reservation = self._wait(self.partners[0])
        self.assertEqual(reservation.vehicle_id, vehicle)

    def test_other_stores_car_is_not_given(self):
        self._receive(store=2)
        reservation = self._wait(self.partners[0])
        self.assertEqual(reservation.state, "queued")
        with self.assertRaises(UserError):
            reservation.action_confirm()

    def test_no_mail_to_whom_it_was_forbidden(self):
        self.partners[0].email = "first@example.com"
        self.patch(
            type(self.partners),
            "_may_contact",
            lambda partners, *_args: partners.browse(),
        )
        self._wait(self.partners[0])
        self._receive()
        self.assertFalse(
            self.env["mail.mail"].search(
                [("recipient_ids", "in", self.partners[0].ids)]
            )
        )
