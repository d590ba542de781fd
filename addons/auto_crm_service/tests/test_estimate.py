from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCase

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kg"
    "AAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestEstimate(ServiceCase):
    """Prices, payers and the customer's word."""

    def test_signed_on_screen(self):
        """The customer signs for a part of the estimate and declines the rest."""
        repair = self._receive()
        job = self._job(repair, parts=2)
        labour, part = job.line_ids
        wizard = (
            self.env["auto.repair.decide"]
            .with_user(self.adviser)
            .create({"repair_id": repair.id})
        )
        self.assertEqual(wizard.line_ids.line_id, labour | part)
        self.assertEqual(wizard.decided_by, "Car Owner")
        wizard.line_ids.filtered(lambda one: one.line_id == part).is_approved = False
        self.assertEqual(wizard.amount, 300)
        with self.assertRaisesRegex(UserError, "sign"):
            wizard.action_record()
        wizard.signature = PIXEL
        wizard.action_record()
        self.assertEqual(labour.decision, "approved")
        self.assertEqual(part.decision, "declined")
        approval = repair.decision_ids
        self.assertEqual(approval.amount_approved, 300)
        self.assertEqual(approval.amount_declined, 960)
        self.assertIn("Brake pads", approval.lines)
        self.assertEqual(repair.amount_declined, 960)
        with self.assertRaises(UserError):
            approval.with_user(self.service_manager).write({"amount_approved": 1})

    def test_recorded_call(self):
        """A call counts with the number of its recording."""
        repair = self._receive()
        self._job(repair)
        wizard = self.env["auto.repair.decide"].create(
            {"repair_id": repair.id, "method": "call"}
        )
        with self.assertRaisesRegex(UserError, "recording"):
            wizard.action_record()

    def test_decided_once(self):
        """The second of two who record a decision is told."""
        repair = self._receive()
        self._job(repair)
        first, second = self.env["auto.repair.decide"].create(
            [
                {"repair_id": repair.id, "method": "call", "recording_ref": ref}
                for ref in ("REC-1", "REC-2")
            ]
        )
        first.action_record()
        with self.assertRaisesRegex(UserError, "meanwhile"):
            second.action_record()
        self.assertEqual(len(repair.decision_ids), 1)

    def test_dearer_asks_again(self):
        """More money than agreed needs a new word, less does not."""
        repair = self._receive()
        job = self._job(repair)
        self._agree(repair)
        line = job.line_ids
        line.quantity = 1.0
        self.assertEqual(line.decision, "approved")
        line.quantity = 2.0
        self.assertEqual(line.decision, "proposed")
        self.assertFalse(line.approval_id)

    def test_other_payer_asks_again(self):
        """What the maker was to pay is not the customer's without a word."""
        repair = self._receive()
        job = self._job(repair, pay_type="warranty")
        repair.action_to_workshop()
        self.assertEqual(job.line_ids.decision, "approved")
        self.assertEqual(repair.decision_ids.method, "house")
        job.line_ids.pay_type = "customer"
        self.assertEqual(job.line_ids.decision, "proposed")

    def test_added_work(self):
        """Work found later is not begun before the customer agrees."""
        repair = self._receive()
        self._job(repair)
        self._agree(repair)
        repair.action_to_workshop()
        extra = self._job(repair, parts=1, concern="Disc is scored")
        with self.assertRaisesRegex(UserError, "approved"):
            extra.with_user(self.technician).action_start()
        part = extra.line_ids.filtered(lambda line: line.kind == "part")
        with self.assertRaisesRegex(UserError, "not approved"):
            part.action_issue()
        self.assertFalse(part.sudo().move_ids)
        self._agree(repair)
        self.assertEqual(part.sudo().move_ids.state, "assigned")
        extra.with_user(self.technician).action_start()

    def test_decision_not_by_hand(self):
        """Nobody writes a decision, or makes one up."""
        repair = self._receive()
        line = self._job(repair).line_ids
        with self.assertRaises(UserError):
            line.decision = "approved"
        made = line.create(
            {"job_id": line.job_id.id, "name": "Wash", "decision": "approved"}
        )
        self.assertEqual(made.decision, "proposed")
        self._agree(repair)
        with self.assertRaises(UserError):
            line.unlink()

    def test_customer_thinks(self):
        """A car whose owner thinks about it waits, visibly."""
        repair = self._receive()
        with self.assertRaises(UserError):
            repair.action_ask_customer()
        self._job(repair)
        repair.action_ask_customer()
        self.assertEqual(repair.service_state, "asked")

    def test_offer_again(self):
        """Declined work can be offered again."""
        repair = self._receive()
        job = self._job(repair)
        self._agree(repair, job.line_ids.browse(), job.line_ids)
        self.assertEqual(repair.to_decide_count, 0)
        job.line_ids.action_propose_again()
        self.assertEqual(repair.to_decide_count, 1)

    @mute_logger("odoo.sql_db")
    def test_bad_numbers(self):
        """No negative price, quantity or silly discount."""
        line = self._job(self._receive()).line_ids
        for values in ({"price_unit": -1}, {"quantity": -1}, {"discount": 101}):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                line.write(values)
                line.flush_recordset()

    def test_line_stays_with_its_order(self):
        """An approved line does not become another customer's, or another part."""
        repair = self._receive()
        line = self._job(repair).line_ids
        self._agree(repair)
        other = self._job(self._receive(self._vehicle(self.owner)))
        with self.assertRaisesRegex(UserError, "stays with"):
            line.job_id = other
        line.name = "Something else"
        self.assertEqual(line.decision, "proposed")

    def test_house_work_added_later(self):
        """What the maker or the house pays for needs nobody's word at any time."""
        repair = self._receive()
        self._job(repair)
        self._agree(repair)
        repair.action_to_workshop()
        extra = self._job(repair, parts=1, pay_type="warranty")
        self.assertEqual(set(extra.line_ids.mapped("decision")), {"approved"})
        extra.line_ids.filtered(lambda line: line.kind == "part").action_issue()
