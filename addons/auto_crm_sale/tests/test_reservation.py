from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestReservation(SaleCase):
    def test_one_holds_the_car(self):
        vehicle = self._receive()
        first = self._reservation(vehicle, self.partners[0])
        first.action_confirm()
        self.assertEqual(first.state, "active")
        self.assertEqual(vehicle.sale_state, "reserved")
        self.assertTrue(first.date_expiry)
        second = self._reservation(vehicle, self.partners[1])
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            second.action_confirm()
        self.assertIn(self.consultant.name, str(caught.exception))
        self.assertEqual(second.state, "draft")

    def test_other_store_is_told_only_that_it_is_taken(self):
        vehicle = self._receive()
        self._reservation(vehicle, self.partners[0]).action_confirm()
        vehicle.store_ids += self.stores[2]
        self.partners[1].store_ids += self.stores[2]
        other = self._reservation(vehicle, self.partners[1], store=2)
        with self.assertRaises(UserError) as caught:
            other.action_confirm()
        self.assertIn("is taken", str(caught.exception))
        self.assertNotIn(self.consultant.name, str(caught.exception))

    def test_next_in_line(self):
        vehicle = self._receive()
        first = self._reservation(vehicle, self.partners[0])
        first.action_confirm()
        second = self._reservation(vehicle, self.partners[1])
        third = self._reservation(vehicle, self.partners[2])
        second.action_queue()
        third.action_queue()
        self.assertEqual((second.queue_position, third.queue_position), (1, 2))
        first.action_cancel("Bought elsewhere")
        self.assertEqual(first.state, "cancelled")
        self.assertEqual(second.state, "active")
        self.assertEqual(third.state, "queued")
        self.assertEqual(vehicle.sale_state, "reserved")
        hours = (second.date_expiry - fields.Datetime.now()).total_seconds() / 3600
        self.assertAlmostEqual(hours, self.store.auto_reservation_queue_hours, 1)
        self.assertEqual(second.sudo().activity_ids.user_id, self.consultant)

    def test_expiry(self):
        vehicle = self._receive()
        reservation = self._reservation(vehicle, self.partners[0])
        reservation.action_confirm()
        kept = self._reservation(self._receive(), self.partners[1])
        kept.action_confirm()
        with self.enter_registry_test_mode():
            later = reservation.date_expiry + timedelta(minutes=1)
            kept.date_expiry = later + timedelta(days=1)
            self.patch(fields.Datetime, "now", lambda *_args: later)
            self.env.ref(
                "auto_crm_sale.cron_reservation_expire"
            ).method_direct_trigger()
        self.assertEqual(reservation.state, "expired")
        self.assertEqual(vehicle.sale_state, "free")
        self.assertEqual(kept.state, "active")

    def test_not_for_ever(self):
        reservation = self._reservation(self._receive(), self.partners[0])
        reservation.date_expiry = fields.Datetime.add(fields.Datetime.now(), years=70)
        with self.assertRaises(ValidationError):
            reservation.action_confirm()

    def test_nobody_takes_a_car_past_the_button(self):
        vehicle = self._receive()
        reservation = self._reservation(vehicle, self.partners[0], state="active")
        self.assertEqual(reservation.state, "draft")
        with self.assertRaises(UserError):
            reservation.write({"state": "active"})
        with self.assertRaises(UserError):
            reservation.with_context(auto_reservation=True).write({"state": "active"})
        reservation.action_confirm()
        with self.assertRaises(UserError):
            reservation.vehicle_id = self._receive()
        with self.assertRaises(UserError):
            reservation.sudo().unlink()

    def test_sold_car_is_not_reserved(self):
        vehicle = self._receive()
        self._move(self._stock(), self.customers, vehicle.vin, partner=self.buyer)
        reservation = self._reservation(vehicle, self.partners[0])
        with self.assertRaises(UserError):
            reservation.action_confirm()

    def test_colleagues_reservation_is_not_changed(self):
        reservation = self._reservation(
            self._receive(), self.partners[0], user=self.manager
        )
        mine = reservation.with_user(self.consultant)
        self.assertEqual(mine.name, reservation.name)
        with self.assertRaises(AccessError):
            mine.action_confirm()
        with self.assertRaises(AccessError):
            reservation.with_user(self.users["consultant", 2]).read(["name"])
