from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestVehicleTransfer(SaleCase):
    """A car of store 1 that store 2 asks for."""

    def setUp(self):
        super().setUp()
        self.car = self._receive()
        self.asking = self.users["consultant", 2]
        self.owning = self.users["sales_manager", 1]

    def _row(self, user, car=None):
        self.env.flush_all()
        return (
            self.env["auto.group.stock"]
            .with_user(user)
            .search([("id", "=", (car or self.car).id)])
        )

    def _ask(self, user=None, **values):
        row = self._row(user or self.asking)
        action = row.action_request_transfer()
        transfer = row.env["auto.vehicle.transfer"].browse(action["res_id"])
        transfer.write(values)
        transfer.action_request()
        return transfer

    def test_group_stock_shows_no_more_than_it_may(self):
        row = self._row(self.asking)
        self.assertEqual(row.company_id, self.store)
        self.assertEqual(row.availability, "available")
        self.assertTrue(row.can_request)
        self.assertEqual(row.vin_end, self.car.vin[-6:])
        self.assertFalse(self._row(self.consultant).can_request)
        self.assertFalse({"vin", "partner_id", "floor_price"} & set(row._fields))
        with self.assertRaises(AccessError):
            self.car.with_user(self.asking).read(["vin"])
        stranger = self._new_user(
            "sales_manager",
            "test_other_group",
            *[self.env["res.company"].create({"name": "Another Group"})] * 2,
        )
        self.assertFalse(self._row(stranger))
        for role in ("technician", "callcentre"):
            with self.assertRaises(AccessError):
                self._row(self.users[role, 2])
        for role in ("head_office", "auditor"):
            self.assertTrue(self._row(self.users[role]))

    def test_not_expected_on_a_day_that_has_passed(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._ask(date_expected="2020-01-01")

    def test_cost_follows_the_car(self):
        category = self.env["product.category"].create({"name": "At its own cost"})
        for store in self.store.root_id | self.stores[1] | self.stores[2]:
            category.with_company(store).property_cost_method = "fifo"
        template = self.car.product_id.product_tmpl_id
        template.write({"categ_id": category.id, "lot_valuated": True})
        received = self.env["stock.move.line"].search(
            [("lot_id", "=", self.car.lot_id.id)]
        )
        received.move_id.with_company(self.store).value_manual = 123456
        self.env.flush_all()
        transfer = self._ask()
        theirs = transfer.with_user(self.owning)
        theirs.action_approve()
        theirs.action_ship()
        transfer.action_receive()
        lot = self.car.lot_id.with_company(self.stores[2])
        self.assertEqual(lot.standard_price, 123456)
        self.assertEqual(lot.total_value, 123456)

    def test_from_asking_to_arriving(self):
        day = fields.Date.today() + timedelta(days=3)
        partner = self.partners[0]
        partner.store_ids = self.stores[2]
        transfer = self._ask(date_expected=day, partner_id=partner.id)
        self.assertEqual(transfer.state, "requested")
        self.assertEqual(transfer.source_company_id, self.store)
        self.assertEqual(self.car.sale_state, "reserved")
        self.assertEqual(transfer.reservation_id.company_id, self.stores[2])
        self.assertIn(self.stores[2], self.car.store_ids)
        with self.assertRaises(UserError), self.cr.savepoint():
            transfer.action_approve()
        theirs = transfer.with_user(self.owning)
        named = {"fields": {"display_name": {}}}
        [seen] = theirs.web_read({"partner_id": named, "reservation_id": named})
        self.assertNotIn(partner.name, str(seen))
        self.assertTrue(theirs.can_decide)
        theirs.action_approve()
        self.assertEqual(transfer.state, "approved")
        self.assertEqual(transfer.sudo().picking_ids.state, "assigned")
        self.assertTrue(theirs.can_ship)
        self.assertFalse(transfer.can_ship)
        theirs.action_ship()
        self.assertEqual(transfer.state, "in_transit")
        self.assertEqual(self.car.supply_state, "in_transit")
        self.assertEqual(self.car.sale_state, "reserved")
        self.assertFalse(self._problems())
        with self.assertRaises(UserError):
            theirs.action_cancel()
        with self.assertRaises(UserError):
            theirs.action_receive()
        transfer.action_receive()
        self.assertEqual(transfer.state, "arrived")
        self.assertEqual(self.car.company_id, self.stores[2])
        self.assertEqual(self.car.stock_location_id, self._stock(2))
        self.assertEqual(transfer.reservation_id.state, "active")
        self.assertTrue(transfer.reservation_id.date_expiry)
        self.assertEqual(transfer.sudo().activity_ids.user_id, self.asking)
        kinds = self.car.event_ids.filtered(
            lambda event: event.res_model == "auto.vehicle.transfer"
        )
        self.assertEqual(len(kinds), 2)
        self.assertFalse(self._problems())

    def test_car_for_the_stores_own_stock(self):
        transfer = self._ask()
        held = transfer.reservation_id
        self.assertEqual(held.partner_id, self.stores[2].partner_id)
        mine = self._reservation(self.car, self.partners[0])
        with self.assertRaises(UserError):
            mine.action_confirm()
        transfer.with_user(self.owning).action_approve()
        transfer.with_user(self.owning).action_ship()
        transfer.action_receive()
        self.assertEqual(held.state, "cancelled")
        self.assertEqual(self.car.availability, "available")
        self.assertEqual(self.car.company_id, self.stores[2])

    def test_contract_of_the_asking_store_holds_the_car(self):
        self.car._join_store(self.stores[2], "test")
        order = self._contract(self.car, self.partners[0], store=2)
        order.action_confirm()
        transfer = self._ask()
        self.assertEqual(transfer.reservation_id.order_id, order)
        transfer.with_user(self.owning).action_approve()
        transfer.with_user(self.owning).action_ship()
        transfer.action_receive()
        self.assertEqual(self.car.sale_state, "sold")
        self.assertEqual(order.picking_ids.move_line_ids.lot_id, self.car.lot_id)
        self.assertFalse(self._problems())

    def test_refused_and_cancelled(self):
        for end in ("refuse", "cancel"):
            transfer = self._ask()
            approval = transfer.sudo().approval_ids[:1]
            if end == "refuse":
                approval.with_user(self.owning).action_refuse("Sold tomorrow")
                self.assertEqual(transfer.refuse_reason, "Sold tomorrow")
            else:
                transfer.action_cancel()
                self.assertEqual(approval.state, "cancelled")
            self.assertIn(transfer.state, ("refused", "cancelled"))
            self.assertEqual(transfer.reservation_id.state, "cancelled")
            self.assertEqual(self.car.sale_state, "free")

    def test_cancelled_after_approval(self):
        transfer = self._ask()
        transfer.with_user(self.owning).action_approve()
        transfer.action_cancel()
        self.assertEqual(transfer.sudo().picking_ids.state, "cancel")
        self.assertEqual(self.car.sale_state, "free")
        self.assertFalse(self._problems())

    def test_taken_car_is_not_sent(self):
        self._reservation(self.car, self.partners[0]).action_confirm()
        transfer = (
            self.env["auto.vehicle.transfer"]
            .with_user(self.asking)
            .create({"vehicle_id": self.car.id})
        )
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            transfer.action_request()
        self.assertNotIn(self.consultant.name, str(caught.exception))
        self.assertEqual(transfer.state, "draft")
        transfer.unlink()

    def test_stock_keepers_do_it_without_us(self):
        transfer = self._ask()
        transfer.with_user(self.owning).action_approve()
        transit = self.env.ref("stock.stock_location_inter_company")
        self._move(self._stock(1), transit, self.car.vin)
        self.assertEqual(transfer.state, "in_transit")
        self._move(transit, self._stock(2), self.car.vin, store=2)
        self.assertEqual(transfer.state, "arrived")

    def test_rights(self):
        transfer = self._ask()
        for forged in ({"state": "approved"}, {"vehicle_id": self._receive().id}):
            with self.assertRaises(UserError), self.cr.savepoint():
                transfer.write(forged)
        made = transfer.create({"vehicle_id": self._receive().id, "state": "arrived"})
        self.assertEqual(made.state, "draft")
        with self.assertRaises(AccessError):
            made.with_user(self.owning).read(["name"])
        with self.assertRaises(AccessError):
            transfer.with_user(self.consultant).action_cancel()
        with self.assertRaises(AccessError):
            transfer.with_user(self.users["auditor"]).action_cancel()
        self.assertTrue(transfer.with_user(self.users["auditor"]).name)
        with self.assertRaises(AccessError), self.cr.savepoint():
            transfer.create(
                {
                    "vehicle_id": self._receive(store=2).id,
                    "company_id": self.stores[1].id,
                }
            )
        with self.assertRaises(UserError):
            transfer.unlink()
