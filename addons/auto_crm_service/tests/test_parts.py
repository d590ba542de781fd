from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestParts(ServiceCase):
    """Parts leave the stock for a car, and come back."""

    def _in_workshop(self, parts):
        repair = self._receive()
        job = self._job(repair, parts=parts)
        self._agree(repair)
        repair.action_to_workshop()
        return job.line_ids.filtered(lambda line: line.kind == "part")

    def test_reserved_then_issued(self):
        """Approved parts are reserved; issuing takes them out of stock."""
        line = self._in_workshop(2)
        self.assertEqual(self.part.free_qty, 3)
        self.assertFalse(line.is_short)
        line.action_issue()
        self.assertEqual(line.qty_issued, 2)
        self.assertEqual(self.part.qty_available, 3)
        with self.assertRaisesRegex(UserError, "nothing to issue"):
            line.action_issue()

    def test_more_and_less(self):
        """A changed quantity changes what is reserved; approval comes first."""
        line = self._in_workshop(2)
        line.quantity = 1
        self.assertEqual(self.part.free_qty, 4)
        line.quantity = 3
        self.assertEqual(line.decision, "proposed")
        self.assertEqual(self.part.free_qty, 5)
        self._agree(line.repair_id)
        self.assertEqual(self.part.free_qty, 2)

    def test_give_back(self):
        """Parts that are not needed go back, and are not charged."""
        line = self._in_workshop(2)
        line.action_issue()
        line.action_give_back()
        self.assertEqual(line.qty_issued, 0)
        self.assertEqual(self.part.qty_available, 5)
        line.action_issue()
        self.assertEqual(line.qty_issued, 2)

    def test_short(self):
        """What is not there is not issued; the order waits, with a reason."""
        line = self._in_workshop(7)
        self.assertTrue(line.is_short)
        with self.assertRaisesRegex(UserError, "Only 5"):
            line.action_issue()
        repair = line.repair_id
        with self.assertRaisesRegex(UserError, "what it waits for"):
            repair.action_wait_for_parts()
        repair.parts_reason = "Two sets from the maker"
        repair.action_wait_for_parts()
        self.assertEqual(repair.service_state, "parts")
        self.env["stock.quant"]._update_available_quantity(
            self.part, self.warehouses[1].lot_stock_id, 5
        )
        repair.action_parts_here()
        self.assertEqual(repair.service_state, "queued")
        self.env.invalidate_all()
        line.action_issue()
        self.assertEqual(line.qty_issued, 7)

    def test_issued_part_is_not_swapped(self):
        """Another part is another line once one was issued."""
        line = self._in_workshop(1)
        line.action_issue()
        with self.assertRaisesRegex(UserError, "give it back"):
            line.product_id = self.part.copy()

    def test_cancel_with_parts_out(self):
        """An order whose parts are in the car is not cancelled."""
        line = self._in_workshop(1)
        line.action_issue()
        with self.assertRaisesRegex(UserError, "give them back"):
            line.repair_id.action_cancel_service()

    def test_who_issues(self):
        """A technician does not take parts himself."""
        line = self._in_workshop(1)
        with self.assertRaises(UserError):
            line.with_user(self.technician).action_issue()
