from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestSettlement(ServiceCase):
    """One repair order, and an invoice for each who pays a share."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls.till = cls.env["account.journal"].create(
            {
                "name": "Service till",
                "type": "cash",
                "code": "SVT1",
                "company_id": cls.store.id,
            }
        )
        cls.maker = cls.env["res.partner"].create({"name": "The Maker"})
        cls.insurer = cls.env["res.partner"].create({"name": "The Insurer"})
        cls.store.auto_warranty_partner_id = cls.maker
        cls.cashier = new_test_user(
            cls.env,
            "test_service_cashier",
            groups="auto_crm_base.group_user,account.group_account_invoice",
            company_id=cls.store.id,
            company_ids=[(6, 0, cls.store.ids)],
        )

    def _ready(self, *pay_types, parts=1, **values):
        """Return an order, ready, with a job for each payer."""
        repair = self._receive(**values)
        for pay_type in pay_types:
            self._job(repair, parts=parts, pay_type=pay_type)
        if repair.line_ids._to_decide():
            self._agree(repair)
        repair.action_to_workshop()
        self._work(repair)
        repair.action_quality_passed()
        return repair

    def _pay(self, repair):
        """Post and pay the customer's invoice as the cashier does."""
        order = repair.sudo().settlement_ids.filtered(
            lambda one: one.auto_pay_type == "customer" and one.state == "sale"
        )
        invoice = order.invoice_ids.with_user(self.cashier)
        invoice.action_post()
        self.env["account.payment.register"].with_user(self.cashier).with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"journal_id": self.till.id})._create_payments()
        repair.invalidate_recordset(["payment_status"])

    def test_four_payers(self):
        """Customer, maker and insurer get an invoice each; the house pays itself."""
        repair = self._ready(
            "customer", "warranty", "insurance", "internal", insurer_id=self.insurer.id
        )
        repair.action_settle()
        orders = repair.sudo().settlement_ids
        payers = {one.auto_pay_type: one.partner_id for one in orders}
        self.assertEqual(
            payers,
            {
                "customer": self.owner,
                "warranty": self.maker,
                "insurance": self.insurer,
            },
        )
        for order in orders:
            self.assertEqual(order.state, "sale")
            self.assertFalse(order.picking_ids)
            self.assertEqual(order.invoice_ids.state, "draft")
            self.assertEqual(
                order.invoice_ids.amount_total,
                repair[f"amount_{order.auto_pay_type}"],
            )
            self.assertEqual(
                order.order_line.mapped("qty_delivered"),
                order.order_line.mapped("product_uom_qty"),
            )
        self.assertEqual(repair.service_state, "settled")

    def test_paid_before_return(self):
        """The car leaves when the customer has paid."""
        repair = self._ready("customer")
        repair.action_settle()
        self.assertEqual(repair.payment_status, "open")
        self.assertIn(repair, repair.search([("payment_status", "=", "open")]))
        with self.assertRaisesRegex(UserError, "not paid"):
            repair.action_return_car()
        tiles = {tile["key"]: tile for tile in repair.partner_id._auto_360_counters()}
        unpaid = tiles["unpaid_repairs"]["action"]["domain"]
        self.assertIn(repair, repair.search(unpaid), "told wherever the customer comes")
        before = self._unpaid_for_sales(repair.partner_id)
        self.assertFalse(before["action"], "sales people see no repairs")
        self._pay(repair)
        after = self._unpaid_for_sales(repair.partner_id)
        self.assertEqual((before["count"], after["count"]), (1, 0))
        self.assertIn(repair, repair.search([("payment_status", "=", "paid")]))
        self.assertNotIn(repair, repair.search(unpaid))
        self.assertEqual(repair.payment_status, "paid")
        repair.action_return_car()
        self.assertEqual(repair.service_state, "returned")
        self.assertTrue(repair.date_out)

    def _unpaid_for_sales(self, partner):
        """Return what a consultant of the store is told of unpaid repairs."""
        partner = partner.with_user(self.users["consultant", 1])
        tiles = {tile["key"]: tile for tile in partner._auto_360_counters()}
        return tiles["unpaid_repairs"]

    def test_store_may_trust(self):
        """A store that trusts its customers returns cars before they pay."""
        self.store.auto_service_paid_first = False
        repair = self._ready("customer")
        repair.action_settle()
        repair.action_return_car()
        self.assertEqual(repair.service_state, "returned")

    def test_warranty_only(self):
        """Where the customer pays nothing, there is nothing to wait for."""
        repair = self._ready("warranty")
        repair.action_settle()
        self.assertEqual(repair.payment_status, "paid")
        repair.action_return_car()

    def test_payer_unknown(self):
        """A share that nobody pays stops the settlement, and nothing is left."""
        repair = self._ready("customer", "insurance")
        with self.assertRaisesRegex(UserError, "insurer"), self.env.cr.savepoint():
            repair.action_settle()
        self.assertFalse(repair.sudo().settlement_ids)
        self.assertEqual(repair.service_state, "ready")

    def test_declined_is_not_charged(self):
        """Only what was approved and issued is charged."""
        repair = self._receive()
        self._job(repair)
        wipers = self._job(repair, parts=1, concern="Wiper blades")
        self._agree(repair, declined=wipers.line_ids)
        repair.action_to_workshop()
        job = (repair.job_ids - wipers).with_user(self.technician)
        job.write({"cause": "Worn", "correction": "Replaced"})
        job.action_finish()
        repair.action_quality_passed()
        repair.action_settle()
        self.assertEqual(repair.sudo().settlement_ids.amount_untaxed, 300)

    def test_taken_back(self):
        """A settlement without posted invoice can be taken back, once more made."""
        repair = self._ready("customer")
        repair.action_settle()
        first = repair.sudo().settlement_ids
        repair.action_unsettle()
        self.assertEqual(first.state, "cancel")
        self.assertEqual(repair.service_state, "ready")
        repair.action_settle()
        self._pay(repair)
        with self.assertRaisesRegex(UserError, "posted"):
            repair.action_unsettle()
        with self.assertRaises(UserError):
            repair.action_settle()

    def test_cancelled_on_the_repair_order_only(self):
        """Neither a settlement is cancelled for itself nor the order copied."""
        repair = self._ready("customer")
        repair.action_settle()
        manager = self.users["store_manager", 1]
        with self.assertRaisesRegex(UserError, "settles the repair order"):
            repair.settlement_ids.with_user(manager).action_cancel()
        self.assertEqual(repair.sudo().settlement_ids.state, "sale")
        with self.assertRaisesRegex(UserError, "not copied"):
            repair.with_user(self.adviser).copy()

    def test_credited_is_not_paid(self):
        """An invoice that was taken back does not let the car go."""
        repair = self._ready("customer")
        repair.action_settle()
        invoice = repair.sudo().settlement_ids.invoice_ids
        invoice.action_post()
        invoice._reverse_moves(cancel=True)
        repair.invalidate_recordset(["payment_status"])
        self.assertEqual(repair.payment_status, "open")
        with self.assertRaisesRegex(UserError, "not paid"):
            repair.action_return_car()
        repair.action_unsettle()
        repair.action_settle()
        self._pay(repair)
        repair.action_return_car()

    def test_added_at_the_end(self):
        """Work that nobody did is not charged."""
        repair = self._ready("customer")
        self._job(repair, concern="One more thing")
        with self.assertRaisesRegex(UserError, "not decided"):
            repair.action_settle()
        self._agree(repair)
        with self.assertRaisesRegex(UserError, "Not done yet"):
            repair.action_settle()

    def test_settled_stays(self):
        """What the invoices stand on does not change any more."""
        repair = self._ready("customer")
        repair.action_settle()
        for values in (
            {"partner_id": self.maker.id},
            {"odometer_in": 5},
            {"date_in": "1990-01-01 00:00:00"},
            {"promised_on": "2099-01-01 00:00:00"},
        ):
            with self.assertRaises(UserError):
                repair.write(values)
        with self.assertRaises(UserError):
            repair.job_ids.with_user(self.technician).correction = "Nothing"

    def test_nothing_to_pay(self):
        """Where the customer owes nothing, nothing is waited for."""
        self.store.auto_service_discount_free = 100
        for pay_type, discount in (("internal", 0), ("customer", 100)):
            with self.subTest(pay_type):
                repair = self._receive(self._vehicle(self.owner))
                self._job(repair, pay_type=pay_type).line_ids.discount = discount
                if pay_type == "customer":
                    self._agree(repair)
                repair.action_to_workshop()
                self._work(repair)
                repair.action_quality_passed()
                self.assertEqual(repair.payment_status, "none")
                repair.action_settle()
                self.assertEqual(repair.payment_status, "paid")
                repair.action_return_car()
                self.assertEqual(repair.service_state, "returned")

    def test_invoice_says_what_was_agreed(self):
        """The cashier does not post another amount than the payer owes."""
        repair = self._ready("customer")
        repair.action_settle()
        invoice = repair.sudo().settlement_ids.invoice_ids.with_user(self.cashier)
        line = invoice.invoice_line_ids[0]
        price = line.price_unit
        line.price_unit = 1
        with self.assertRaisesRegex(UserError, "this payer owes"):
            invoice.action_post()
        line.price_unit = price
        self._pay(repair)
        self.assertEqual(repair.payment_status, "paid")
        credit = invoice._reverse_moves([{"ref": "Goodwill"}])
        credit.invoice_line_ids.write({"price_unit": 20})
        credit.action_post()
        self.assertEqual(credit.state, "posted")

    def test_returned_stays(self):
        """Nothing that figures or the car's ledger stand on changes afterwards."""
        repair = self._ready("warranty")
        repair.action_settle()
        repair.odometer_out = 30510
        repair.action_return_car()
        for values in (
            {"odometer_out": 99999},
            {"key_tag": "7"},
            {"user_id": self.service_manager.id},
            {"parts_reason": "None"},
        ):
            with self.assertRaises(UserError):
                repair.write(values)
        repair.internal_notes = "Wiper seen"
        readings = self.vehicle.odometer_ids
        self.assertEqual(max(readings.mapped("value")), 30510)

    def test_insurer_of_the_policy(self):
        """The insurer is the one of the car's policy, until somebody says another."""
        self.env["auto.insurance.policy"].create(
            {
                "number": "TEST-POLICY",
                "vehicle_id": self.vehicle.id,
                "insurer_id": self.insurer.id,
                "company_id": self.store.id,
            }
        )
        repair = self._receive()
        self.assertFalse(repair.insurer_id)
        self._job(repair, pay_type="insurance")
        self.assertEqual(repair.insurer_id, self.insurer)
        repair.insurer_id = self.maker
        self._job(repair, pay_type="insurance")
        self.assertEqual(repair.insurer_id, self.maker)
