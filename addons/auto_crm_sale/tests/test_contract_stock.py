from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestContractStock(SaleCase):
    def _deliver(self, order):
        picking = order.picking_ids.filtered(lambda one: one.state != "done")
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
        return picking

    def test_contract_delivers_its_own_car(self):
        self._receive()  # older, and of the same configuration
        vehicle = self._receive()
        order = self._contract(vehicle, self.partners[0])
        order.action_confirm()
        self.assertEqual(vehicle.sale_state, "sold")
        lines = order.picking_ids.move_line_ids
        self.assertEqual(lines.lot_id, vehicle.lot_id)
        self._deliver(order)
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(vehicle.sale_state, "delivered")
        self.assertEqual(vehicle.owner_id, self.partners[0])
        self.assertEqual(order.reservation_ids.state, "done")
        self.assertFalse(self._problems())

    def test_the_consultant_cancels_a_contract(self):
        vehicle = self._receive()
        order = self._contract(vehicle, self.partners[0])
        order.action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        order.with_user(self.consultant).action_cancel()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.picking_ids.state, "cancel")
        self.assertEqual(vehicle.sale_state, "free")

    def test_second_contract_is_refused(self):
        vehicle = self._receive()
        self._contract(vehicle, self.partners[0]).action_confirm()
        second = self._contract(vehicle, self.partners[1])
        for confirm in (second.action_confirm, lambda: second.write({"state": "sale"})):
            with self.assertRaises(UserError), self.cr.savepoint():
                confirm()
        self.assertEqual(second.state, "draft")
        with self.assertRaises(UserError), self.cr.savepoint():
            self._contract(vehicle, self.partners[1], state="sale")

    def test_reservation_becomes_the_contracts(self):
        vehicle = self._receive()
        reservation = self._reservation(vehicle, self.partners[0])
        reservation.action_confirm()
        with self.assertRaises(UserError), self.cr.savepoint():
            self._contract(vehicle, self.partners[1]).action_confirm()
        order = self._contract(vehicle, self.partners[0])
        order.action_confirm()
        self.assertEqual(order.reservation_ids, reservation.sudo())
        with self.assertRaises(UserError):
            reservation.action_cancel()
        order._action_cancel()
        self.assertEqual(reservation.state, "cancelled")
        self.assertEqual(vehicle.sale_state, "free")

    def test_other_delivery_of_the_car_is_refused(self):
        vehicle = self._receive()
        self._contract(vehicle, self.partners[0]).action_confirm()
        with self.assertRaises(UserError), self.cr.savepoint():
            self._move(self._stock(), self.customers, vehicle.vin, partner=self.buyer)
        self.assertEqual(vehicle.supply_state, "in_stock")

    def test_contract_takes_another_car(self):
        first, second = self._receive(), self._receive()
        order = self._contract(first, self.partners[0])
        order.action_confirm()
        order.order_line.vehicle_id = second
        self.assertEqual(first.sale_state, "free")
        self.assertEqual(second.sale_state, "sold")
        self.assertEqual(order.picking_ids.move_line_ids.lot_id, second.lot_id)

    def test_contract_waits_for_its_car(self):
        vehicle = self.env["auto.vehicle"].create(
            {
                "vin": self._vin(),
                "product_id": self.product.id,
                "supply_state": "in_transit",
                "company_id": self.store.id,
            }
        )
        order = self._contract(vehicle, self.partners[0])
        order.action_confirm()
        self.assertFalse(order.picking_ids.move_line_ids)
        self._receive(vehicle.vin)
        self.assertEqual(vehicle.sale_state, "sold")
        self.assertEqual(order.picking_ids.move_line_ids.lot_id, vehicle.lot_id)

    def test_bad_lines(self):
        vehicle = self._receive()
        order = self._contract(vehicle, self.partners[0])
        with self.assertRaises(ValidationError), self.cr.savepoint():
            order.order_line.product_uom_qty = 2
        with self.assertRaises(ValidationError), self.cr.savepoint():
            order.order_line.copy({"order_id": order.id, "vehicle_id": vehicle.id})
