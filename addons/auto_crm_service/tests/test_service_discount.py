from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestServiceDiscount(ServiceCase):
    """An adviser's discount has a limit; above it a manager says yes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store.auto_service_discount_free = 10

    def _cheap(self, **values):
        repair = self._receive()
        self._job(repair)
        repair.line_ids.write(values)
        return repair

    def _request(self, repair):
        return self.env["auto.approval"].search(
            [("res_model", "=", "repair.order"), ("res_id", "=", repair.id)]
        )

    def test_free(self):
        """What the store lets everybody give needs no word."""
        repair = self._cheap(discount=10)
        self.assertFalse(repair.discount_state)
        with self.assertRaisesRegex(UserError, "needs no approval"):
            repair.action_ask_discount()
        self._agree(repair)

    def test_approved(self):
        """A discount or a lower price waits for the service manager."""
        for values in ({"discount": 40}, {"price_unit": 120}):
            with self.subTest(values):
                repair = self._cheap(**values)
                self.assertEqual(repair.discount_state, "needed")
                self.assertIn("-40 %", repair.discount_text)
                for promise in (
                    repair.action_ask_customer,
                    repair.action_decide,
                    lambda repair=repair: self._agree(repair),
                ):
                    with self.assertRaisesRegex(UserError, "approved first"):
                        promise()
                repair.action_ask_discount()
                request = self._request(repair)
                self.assertEqual(request.amount, 120)
                self.assertEqual(repair.discount_state, "waiting")
                self.assertFalse(repair.may_decide_discount)
                with self.assertRaises(UserError):
                    repair.action_approve_discount()
                deciding = repair.with_user(self.service_manager)
                self.assertTrue(deciding.may_decide_discount)
                deciding.action_approve_discount()
                self.assertFalse(repair.discount_state)
                self._agree(repair)
                # Still lower: asked again, at the latest when it is billed.
                repair.line_ids.price_unit = 1
                self.assertEqual(repair.discount_state, "needed")
                repair.action_to_workshop()
                self._work(repair)
                repair.action_quality_passed()
                with self.assertRaisesRegex(UserError, "approved first"):
                    repair.action_settle()

    def test_refused(self):
        repair = self._cheap(discount=50)
        repair.action_ask_discount()
        self._request(repair).with_user(self.service_manager).action_refuse("Too much")
        self.assertEqual(repair.discount_state, "needed")
        repair.line_ids.discount = 5
        self._agree(repair)

    def test_asked_for_more(self):
        """What was not asked for is not approved with it."""
        repair = self._cheap(discount=20)
        repair.action_ask_discount()
        repair.line_ids.discount = 90
        self.assertEqual(repair.discount_state, "needed")
        repair.with_user(self.service_manager).action_approve_discount()
        self.assertEqual(repair.discount_state, "needed")
        repair.action_ask_discount()
        self.assertEqual(len(self._request(repair)), 2)
        repair.action_cancel_service()
        self.assertEqual(
            sorted(self._request(repair).mapped("state")), ["approved", "cancelled"]
        )

    def test_manager_gives(self):
        """Who may approve gives it without asking, as far as they may."""
        repair = self._cheap(discount=60)
        deciding = repair.with_user(self.service_manager)
        self._agree(deciding)
        self.assertFalse(repair.discount_state)
        dear = self._receive(self._vehicle(self.owner))
        self._job(dear)
        dear.line_ids.write({"quantity": 100, "discount": 60})
        with self.assertRaisesRegex(UserError, "approved first"):
            self._agree(dear.with_user(self.service_manager))
        self._agree(dear.with_user(self.users["store_manager", 1]))

    def test_not_forged(self):
        """Nobody writes the list price or what was agreed to; other work is new."""
        repair = self._cheap(discount=50)
        repair.line_ids.write({"price_list": 1, "off_agreed": 100, "off_asked": 100})
        self.assertEqual(repair.line_ids.price_list, 200)
        self.assertEqual(repair.discount_state, "needed")
        made = self.env["auto.repair.line"].with_env(repair.env)
        line = made.create(
            {
                "job_id": repair.job_ids.id,
                "kind": "part",
                "product_id": self.part.id,
                "discount": 50,
                "off_agreed": 100,
            }
        )
        self.assertFalse(line.off_agreed)
        line.sudo().off_agreed = 50
        line.name = "Pads"
        self.assertEqual(line.off_agreed, 50)
        line.product_id = self.part.copy()
        self.assertFalse(line.off_agreed)

    def test_not_the_customers(self):
        """What the maker, an insurer or the house pays is not their discount."""
        repair = self._receive()
        for pay_type in ("warranty", "insurance", "internal"):
            self._job(repair, pay_type=pay_type).line_ids.discount = 100
        self.assertFalse(repair.discount_state)
