from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, warmup

from .common_claim import ClaimCase


@tagged("post_install", "-at_install")
class TestClaim(ClaimCase):
    """A claim, from one click on the repair order to the payer's money."""

    def test_one_click(self):
        """Everything comes from the repair order, and a second click opens it."""
        claim = self._claim()
        repair = claim.repair_id
        self.assertEqual(claim.partner_id, self.maker)
        self.assertEqual(claim.customer_id, self.owner)
        self.assertEqual(claim.odometer_in, 30500)
        self.assertEqual(claim.amount_expected, repair.amount_warranty)
        self.assertEqual(claim.line_ids.mapped("kind"), ["labour", "part"])
        self.assertEqual(repair.action_claim_warranty()["res_id"], claim.id)
        self.assertIn("under warranty", claim.eligibility)
        self.assertEqual(
            claim.check_state, "passed", claim.result_ids.mapped("message")
        )

    def test_nothing_to_claim(self):
        """An order that the customer pays has no claim."""
        repair = self._ready("customer")
        with self.assertRaisesRegex(UserError, "Nothing on"):
            repair.action_claim_warranty()

    def test_paid(self):
        """Submitted, approved, paid by the invoice, closed."""
        claim = self._claim()
        claim.action_submit()
        self.assertEqual(claim.state, "submitted")
        self.assertEqual(
            claim.date_answer_due, fields.Date.add(fields.Date.today(), days=30)
        )
        with self.assertRaisesRegex(UserError, "submitted already"):
            claim.action_submit()
        self._decide(claim, ("approved",), ("approved",))
        self.assertEqual(claim.state, "decided")
        self.assertEqual(claim.amount_open, claim.amount_expected)
        manager = claim.with_user(self.service_manager)
        with self.assertRaisesRegex(UserError, "not paid"):
            manager.action_close()
        self._pay(self._invoice(claim))
        self.assertEqual(claim.state, "paid")
        self.assertEqual(claim.amount_received, claim.amount_expected)
        manager.action_close()
        self.assertEqual(claim.state, "closed")
        events = self.env["auto.vehicle.event"].search(
            [("vehicle_id", "=", self.vehicle.id), ("kind", "=", "claim")]
        )
        self.assertEqual(len(events), 2)

    def test_reduced_on_draft_invoice(self):
        """A draft invoice is lowered to what the payer pays."""
        claim = self._claim()
        claim.action_submit()
        self._decide(
            claim, ("reduced", 100, self.reason_time), ("refused", 0, self.wear)
        )
        self.assertEqual(claim.amount_decided, 100)
        manager = claim.with_user(self.service_manager)
        with self.assertRaisesRegex(UserError, "who bears"):
            manager.action_close()
        manager._bear(dict.fromkeys(manager.line_ids, "internal"), "Our mistake")
        invoice = self._invoice(claim)
        self.assertAlmostEqual(invoice.amount_total, 100, places=1)
        self.assertEqual(claim.amount_house, claim.amount_expected - 100)
        self.assertEqual(claim.line_ids.bearer_by_id, self.service_manager)
        self._pay(invoice)
        self.assertEqual(claim.state, "paid")
        manager.action_close()

    def test_refused_on_posted_invoice(self):
        """A posted invoice gets a credit note, the customer an invoice."""
        claim = self._claim()
        invoice = self._invoice(claim)
        invoice.action_post()
        claim.action_submit()
        self._decide(claim, ("approved",), ("refused", 0, self.wear))
        manager = claim.with_user(self.service_manager)
        self.assertTrue(claim.sudo().activity_ids)
        manager._bear({manager.line_ids[1]: "customer"})
        moves = claim.sudo().move_ids
        credit = moves.filtered(lambda move: move.move_type == "out_refund")
        rebill = moves.filtered("is_auto_claim_rebill")
        self.assertEqual(credit.amount_total, 480)
        self.assertEqual((credit.state, rebill.state), ("draft", "draft"))
        self.assertEqual(rebill.partner_id, self.owner)
        self.assertEqual(rebill.amount_total, 480)
        order = claim.repair_id.sudo().settlement_ids
        self.assertEqual(order.invoice_status, "invoiced")
        credit.action_post()
        (invoice | credit).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self._pay(invoice)
        self.assertEqual(claim.amount_received, claim.line_ids[0].amount)
        self.assertEqual(claim.state, "paid")
        with self.assertRaisesRegex(UserError, "who bears it"):
            self._decide(claim, ("approved",), ("approved",))

    def test_sent_back(self):
        """What is sent back is put right and submitted again; the rest stays."""
        claim = self._claim()
        claim.action_submit()
        self._decide(claim, ("approved",), ("returned", 0, self.wear))
        self.assertEqual(claim.state, "returned")
        claim.action_submit()
        self.assertEqual(claim.state, "submitted")
        self.assertEqual(claim.round, 2)
        self.assertEqual(claim.line_ids.mapped("decision"), ["approved", False])
        self._decide(claim, ("approved",), ("approved",))
        self.assertEqual(claim.state, "decided")

    def test_bad_decisions(self):
        """A decision that cannot be is refused with words, and nothing is kept."""
        claim = self._claim()
        with self.assertRaisesRegex(UserError, "not before the payer"):
            self._decide(claim, ("approved",), ("approved",))
        claim.action_submit()
        for rows, words in (
            ([("reduced", 999999, self.wear)], "between zero"),
            ([("reduced", -1, self.wear)], "between zero"),
            ([("refused",)], "why"),
            ([("eaten",)], "no decision"),
        ):
            with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
                self._decide(claim, *rows)
        with self.assertRaisesRegex(UserError, "that day"), self.env.cr.savepoint():
            self._decide(claim, ("approved",), date=fields.Date.to_date("2099-01-01"))
        self.assertFalse(any(claim.line_ids.mapped("decision")))

    def test_same_decision_twice(self):
        """The same decision once more changes nothing."""
        claim = self._claim()
        claim.action_submit()
        rows = (("approved",), ("refused", 0, self.wear))
        self.assertEqual(self._decide(claim, *rows), 2)
        messages = len(claim.sudo().message_ids)
        self.assertEqual(self._decide(claim, *rows), 0)
        self.assertEqual(len(claim.sudo().message_ids), messages)

    def test_guards(self):
        """Nobody writes state, money or decisions past the buttons."""
        claim = self._claim(settled=False)
        for values in (
            {"step": "decided"},
            {"state": "paid"},
            {"amount_received": 1},
            {"company_id": self.stores[2].id},
            {"check_state": "passed"},
        ):
            with self.assertRaises(UserError):
                claim.with_user(self.service_manager).write(values)
        with self.assertRaises(UserError):
            claim.with_user(self.service_manager).line_ids.write({"amount": 1})
        with self.assertRaises(AccessError):
            self._decide(claim, ("approved",), user=self.adviser)
        claim.action_submit()
        with self.assertRaises(UserError):
            claim.with_user(self.service_manager).note = "Later"
        with self.assertRaisesRegex(UserError, "submitted"):
            claim.repair_id.line_ids[0].sudo().quantity = 9
        with self.assertRaises(UserError):
            claim.with_user(self.service_manager).sudo().unlink()

    def test_before_settlement(self):
        """A claim may be decided before the order is settled."""
        claim = self._claim(settled=False)
        claim.action_submit()
        self._decide(claim, ("approved",), ("refused", 0, self.wear))
        manager = claim.with_user(self.service_manager)
        with self.assertRaisesRegex(UserError, "Settle"), self.env.cr.savepoint():
            manager._bear({manager.line_ids[1]: "internal"})
        claim.repair_id.action_settle()
        self.assertEqual(self._invoice(claim).auto_claim_id, claim)
        manager._bear({manager.line_ids[1]: "internal"})
        self.assertEqual(self._invoice(claim).amount_total, claim.amount_decided)

    def test_settled_again(self):
        """An invoice made anew is lowered as the first one was."""
        claim = self._claim()
        claim.action_submit()
        self._decide(claim, ("approved",), ("refused", 0, self.wear))
        manager = claim.with_user(self.service_manager)
        manager._bear({manager.line_ids[1]: "internal"})
        claim.repair_id.action_unsettle()
        claim.repair_id.action_settle()
        invoice = self._invoice(claim).filtered(lambda one: one.state != "cancel")
        self.assertEqual(invoice.amount_total, claim.amount_decided)

    def test_payer_follows(self):
        """Until it is submitted the claim follows the order's payer."""
        claim = self._claim("insurance", settled=False)
        other = self.env["res.partner"].create({"name": "Another Insurer"})
        claim.repair_id.insurer_id = other
        claim.action_check()
        self.assertEqual(claim.partner_id, other)

    def test_handled_in_the_store(self):
        """Only who works in the store handles the claim."""
        claim = self._claim(settled=False)
        with self.assertRaises(ValidationError):
            claim.user_id = self.users["adviser", 2]
        self.adviser.sudo().active = False
        claim.sudo()._remind("Look")
        self.assertEqual(claim.sudo().activity_ids.user_id, self.service_manager)

    def test_job_says(self):
        """The job says what the warranty says, before the work."""
        repair = self._receive()
        job = self._job(repair, pay_type="warranty")
        self.assertIn("under warranty", job.warranty_note)
        job.pay_type = "customer"
        self.assertFalse(job.warranty_note)

    @warmup
    def test_queries(self):
        """A claim of two lines, made and checked: the ledger, the rules, the past."""
        repair = self._ready("warranty")
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(47):
            repair._action_claim("warranty")
            self.env.flush_all()

    def test_cancelled(self):
        """A cancelled claim leaves the order free for another."""
        claim = self._claim()
        claim.action_cancel()
        self.assertFalse(self._invoice(claim))
        again = claim.repair_id.action_claim_warranty()["res_id"]
        self.assertNotEqual(again, claim.id)
        self.assertTrue(self._invoice(claim.browse(again)))

    def test_overdue(self):
        """Who handles it is told once that the answer is overdue."""
        claim = self._claim()
        claim.action_submit()
        claim._set(
            {"date_answer_due": fields.Date.subtract(fields.Date.today(), days=1)}
        )
        self.assertTrue(claim.is_overdue)
        self.assertIn(claim, claim.search([("is_overdue", "=", True)]))
        with self.enter_registry_test_mode():
            cron = self.env.ref("auto_crm_service.ir_cron_claim_remind")
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        claim.invalidate_recordset()
        self.assertEqual(len(claim.sudo().activity_ids), 1)
        self.assertEqual(claim.sudo().activity_ids.user_id, self.adviser)
