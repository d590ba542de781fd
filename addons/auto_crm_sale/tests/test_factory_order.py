from ast import literal_eval
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestFactoryOrder(SaleCase):
    """A car is ordered for a customer: contract, factory and stock say the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.default_code = "TM-15T"
        cls.store.auto_factory_code = "S1"
        cls.today = fields.Date.today()
        cls.buyer = cls.partners[0]

    def _contract_on_order(self, days=None, partner=None, confirm=True):
        """Return a contract of the configuration, without a car."""
        values = {}
        if days is not None:
            values["commitment_date"] = fields.Datetime.now() + timedelta(days=days)
        line = {"product_id": self.product.id, "price_unit": 150000}
        order = self._contract(
            self.env["auto.vehicle"],
            partner or self.buyer,
            order_line=[(0, 0, line)],
            **values,
        )
        if confirm:
            order.action_confirm()
        return order.with_user(self.consultant).with_company(self.store)

    def _say(self, number="PO-1", status="IN_PRODUCTION", days=0, **values):
        """Send one row as head office; return its result."""
        user = self.users["head_office"]
        answer = (
            self.env["auto.vehicle"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .factory_update(
                [
                    {
                        "production_number": number,
                        "status": status,
                        "status_date": str(fields.Date.subtract(self.today, days=days)),
                        "store": "S1",
                        "model": "TM-15T",
                        **values,
                    }
                ]
            )
        )
        self.error = answer[0]["error"]
        return answer[0]["result"]

    def _day(self, days):
        return str(fields.Date.add(self.today, days=days))

    def _car(self, number="PO-1"):
        return self.env["auto.vehicle"].search([("production_number", "=", number)])

    def test_consultant_orders_for_a_contract(self):
        order = self._contract_on_order()
        line = order.order_line
        agreed = order.sudo().version_count
        line.production_number = " po-1 "
        car = self._car()
        self.assertEqual(line.vehicle_id, car)
        self.assertEqual(line.production_number, "PO-1")
        self.assertEqual(car.supply_state, "planned")
        self.assertEqual(car.sale_state, "sold")
        self.assertEqual(car.model_id, self.model)
        self.assertEqual(car.customer_text, self.buyer.name)
        # The configuration was agreed; naming the car needs nobody's approval.
        self.assertEqual(order.contract_approval, "none")
        self.assertEqual(order.sudo().version_count, agreed + 1)
        self._say(expected_date=self._day(20))
        self.assertIn("PO-1", order.factory_text)
        self.assertIn("In production", order.factory_text)
        self.assertFalse(order.is_factory_late)

    def test_from_the_factory_to_the_customer(self):
        order = self._contract_on_order()
        order.order_line.production_number = "PO-1"
        vin = self._vin()
        self.assertEqual(self._say(status="SHIPPED", days=1, vin=vin), "applied")
        car = self._receive(vin)
        self.assertEqual(car, self._car())
        self.assertEqual(car.supply_state, "in_stock")
        self.assertEqual(car.sale_state, "sold")
        holder = car._active_reservation()
        self.assertEqual(holder.order_id, order.sudo())
        self.assertTrue(holder.date_arrival)
        self.assertFalse(order.factory_text)
        self.assertEqual(self._say(status="IN_PRODUCTION"), "stock")
        self.assertEqual(car.supply_state, "in_stock")
        order.sudo().picking_ids.move_ids.quantity = 1
        self.assertEqual(order.sudo().picking_ids.move_line_ids.lot_id, car.lot_id)

    def test_the_factory_names_the_contract(self):
        order = self._contract_on_order()
        self.assertEqual(self._say(order=order.name, model=""), "applied")
        car = self._car()
        self.assertEqual(order.order_line.vehicle_id, car)
        self.assertEqual(car.product_id, self.product)
        self.assertEqual(car.sale_state, "sold")
        # Saying so again is no second car.
        self.assertEqual(self._say(order=order.name, status="BUILT"), "applied")
        self.assertEqual(order.order_line.vehicle_id, car)
        # The contract needs no further car, and knows no other store.
        self.assertEqual(self._say("PO-2", order=order.name), "refused")
        self.assertEqual(self._say("PO-3", order="S-NONE"), "refused")
        other = self._contract_on_order(partner=self.partners[1])
        self.assertEqual(self._say(order=other.name, status="SHIPPED"), "refused")
        self.assertEqual(order.order_line.vehicle_id, car)

    def test_who_waits_gets_the_car_on_order(self):
        reservation = self._reservation(
            self.env["auto.vehicle"], self.buyer, product_id=self.product.id
        )
        reservation.action_confirm()
        self.assertEqual(reservation.state, "queued")
        self._say("PO-9", expected_date=self._day(60))
        reservation.production_number = "PO-9"
        self.assertEqual(reservation.state, "active")
        car = self._car("PO-9")
        self.assertEqual(reservation.vehicle_id, car)
        self.assertEqual(car.sale_state, "reserved")
        # Held past the day on which the car is expected, and longer when it is late.
        until = reservation.date_expiry
        self.assertGreater(until.date(), car.expected_date)
        self._say("PO-9", status="BUILT", expected_date=self._day(70))
        self.assertEqual(reservation.date_expiry - until, timedelta(days=10))
        other = self._reservation(
            self.env["auto.vehicle"], self.partners[1], product_id=self.product.id
        )
        other.action_confirm()
        with self.assertRaises(UserError):
            other.production_number = "PO-9"

    def test_later_than_promised(self):
        order = self._contract_on_order(days=30)
        order.order_line.production_number = "PO-1"
        self._say(days=3, expected_date=self._day(20))
        car = self._car()
        self.assertFalse(order.activity_ids)
        self.assertFalse(car.is_late)
        self._say(days=2, expected_date=self._day(40))
        task = order.activity_ids
        self.assertEqual(task.user_id, self.consultant)
        self.assertIn("later than promised", task.summary)
        self.assertIn("PO-1", order.message_ids[:1].body)
        self.assertTrue(car.is_behind_promise)
        self.assertEqual(car.late_days, 10)
        self.assertTrue(order.is_factory_late)
        # Once more later is a note, and no second task.
        self._say(days=1, expected_date=self._day(50))
        with self.enter_registry_test_mode():
            self.env.ref("auto_crm_sale.ir_cron_late_orders").method_direct_trigger()
        self.assertEqual(order.activity_ids, task)
        # It comes: the task is done.
        vin = self._vin()
        self._say(status="SHIPPED", vin=vin)
        self._receive(vin)
        self.assertFalse(order.activity_ids & task.exists())

    def test_late_orders_are_told_once(self):
        order = self._contract_on_order()
        order.order_line.production_number = "PO-1"
        self._say(expected_date=self._day(-3))
        with self.enter_registry_test_mode():
            cron = self.env.ref("auto_crm_sale.ir_cron_late_orders")
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        order.invalidate_recordset()
        self.assertEqual(len(order.activity_ids), 1)
        self.assertIn("3 days late", order.activity_ids.summary)
        late = self.env["auto.vehicle"].with_user(self.consultant)
        late = late.search([("is_late", "=", True)])
        self.assertIn(self._car(), late)

    def test_prospect_sees_where_the_car_is(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Waits",
                "partner_id": self.buyer.id,
                "company_id": self.store.id,
                "user_id": self.consultant.id,
            }
        )
        self._say(expected_date=self._day(5))
        reservation = self._reservation(self._car(), self.buyer, lead_id=lead.id)
        reservation.action_confirm()
        self.assertIn("PO-1", lead.with_user(self.consultant).factory_text)
        self.assertIn("PO-1", reservation.factory_text)

    def test_wrong_numbers(self):
        order = self._contract_on_order()
        other = self.env["product.product"].create(
            {
                "name": "Other",
                "is_vehicle": True,
                "default_code": "OTHER",
                "vehicle_model_id": self.model.id,
            }
        )
        self._say("PO-2", model="OTHER")
        self.assertTrue(other)
        with self.assertRaises(UserError):
            order.order_line.production_number = "PO-2"
        self.stores[2].auto_factory_code = "S2"
        self._say("PO-3", store="S2")
        with self.assertRaises(UserError):
            order.order_line.production_number = "PO-3"
        order.order_line.production_number = "PO-4"
        with self.assertRaises(UserError):
            self._contract_on_order().order_line.production_number = "PO-4"
        # A car that is not here yet can be let go.
        order.order_line.production_number = False
        self.assertFalse(order.order_line.vehicle_id)
        self.assertEqual(self._car("PO-4").sale_state, "free")

    def test_a_mistyped_number_is_no_car(self):
        order = self._contract_on_order(confirm=False)
        line = order.order_line
        line.production_number = "NOPE-1"
        typo = self._car("NOPE-1")
        # For this contract only: nobody else is offered it.
        self.assertEqual(typo.availability, "unordered")
        self.assertFalse(self._sellable(typo))
        with self.assertRaises(UserError):
            typo.with_user(self.consultant).action_reserve()
        line.production_number = "PO-1"
        self.assertFalse(typo.active)
        self.assertEqual(self._car().availability, "unordered")
        # Named again, by whomever, it is there again.
        other = self._contract_on_order(partner=self.partners[1], confirm=False)
        other.order_line.production_number = "NOPE-1"
        self.assertTrue(typo.active)
        self.assertEqual(other.order_line.vehicle_id, typo)
        other.order_line.unlink()
        self.assertFalse(typo.active)
        # Confirmed, the contract has its car; corrected, the next one.
        order.action_confirm()
        self.assertEqual(self._car().sale_state, "sold")
        line.production_number = "PO-2"
        self.assertFalse(self._car())
        self.assertEqual(self._car("PO-2").sale_state, "sold")

    def test_a_number_goes_with_what_names_it(self):
        order = self._contract_on_order(confirm=False)
        order.order_line.production_number = "PO-1"
        car = self._car()
        order._action_cancel()
        self.assertFalse(car.active)
        order.action_draft()
        self.assertTrue(car.active)
        order.action_confirm()
        self.assertEqual(car.sale_state, "sold")
        # What was sold is ordered: the store sells it to somebody else.
        order.sudo()._action_cancel()
        self.assertTrue(car.active)
        self.assertEqual(car.availability, "incoming")
        self.assertTrue(self._sellable(car))
        deleted = self._contract_on_order(confirm=False)
        deleted.order_line.production_number = "PO-2"
        car = self._car("PO-2")
        deleted.sudo().unlink()
        self.assertFalse(car.active)
        reservation = self._reservation(
            self.env["auto.vehicle"], self.buyer, product_id=self.product.id
        )
        reservation.production_number = "PO-3"
        car = self._car("PO-3")
        reservation.action_confirm()
        self.assertEqual(car.availability, "reserved")
        reservation.action_cancel()
        self.assertFalse(car.active)

    def test_the_factory_speaks_of_a_number(self):
        order = self._contract_on_order(confirm=False)
        order.order_line.production_number = "PO-1"
        car = self._car()
        self.assertEqual(self._say(), "applied")
        self.assertEqual(car.availability, "incoming")
        order.order_line.production_number = "PO-2"
        self.assertTrue(car.active)
        typed = self._car("PO-2")
        order.order_line.production_number = False
        self.assertFalse(typed.active)
        self.assertEqual(self._say("PO-2"), "applied")
        self.assertTrue(typed.active)
        self.assertEqual(typed.availability, "incoming")

    def _sellable(self, car):
        action = self.env.ref("auto_crm_sale.auto_vehicle_action_sellable")
        return car.filtered_domain(literal_eval(action.domain))

    def test_rights(self):
        order = self._contract_on_order()
        order.order_line.production_number = "PO-1"
        car = self._car()
        elsewhere = self.users["consultant", 2]
        with self.assertRaises(AccessError):
            car.with_user(elsewhere).read(["customer_text"])
        # A store that has a share in the car is not told whose it is.
        car.store_ids |= self.stores[2]
        self.env.invalidate_all()
        self.assertFalse(
            car.with_user(elsewhere)
            .with_context(allowed_company_ids=self.stores[2].ids)
            .customer_text
        )
        with self.assertRaises(AccessError):
            order.with_user(self.users["consultant", 2]).order_line.write(
                {"production_number": "PO-9"}
            )
        for role in ("auditor", "head_office"):
            user = self.users[role]
            seen = car.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids
            )
            self.assertEqual(seen.customer_text, self.buyer.name)
