from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ..tools import vin as vin_tools
from .common import AutoCase


class StockCase(AutoCase):
    """Two stores with a warehouse each, and cars that come and go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brand = cls.env["fleet.vehicle.model.brand"].create({"name": "Test Brand"})
        cls.model = cls.env["fleet.vehicle.model"].create(
            {"name": "Test Model", "brand_id": cls.brand.id}
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Test Model 1.5T",
                "is_vehicle": True,
                "vehicle_model_id": cls.model.id,
                "company_id": cls.group.id,
            }
        )
        cls.warehouses = {
            number: cls.env["stock.warehouse"].search(
                [("company_id", "=", store.id)], limit=1
            )
            or cls.env["stock.warehouse"].create(
                {"name": store.name, "code": f"TS{number}", "company_id": store.id}
            )
            for number, store in cls.stores.items()
        }
        if "auto_notice_required" in cls.group:
            # With the sale addon, stores ask for a contract before a car leaves.
            for store in cls.stores.values():
                store.auto_notice_required = False
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.buyer = cls.env["res.partner"].create({"name": "Test Buyer"})
        cls.serial = 0

    @classmethod
    def _vin(cls):
        cls.serial += 1
        vin = f"LFV2A21K0J3{cls.serial:06d}"
        return vin[:8] + vin_tools.check_digit(vin) + vin[9:]

    def _stock(self, number=1):
        return self.warehouses[number].lot_stock_id

    def _move(self, source, target, vin, store=1, partner=None):
        """Move one car by a transfer, as stock users do, and return the transfer."""
        company = self.stores[store]
        warehouse = self.warehouses[store]
        operation = {
            "supplier": warehouse.in_type_id,
            "customer": warehouse.out_type_id,
        }
        env = self.env(context={**self.env.context, "allowed_company_ids": company.ids})
        if source.usage == "customer":
            kind = warehouse.in_type_id
        else:
            kind = operation.get(target.usage) or operation.get(
                source.usage, warehouse.int_type_id
            )
        picking = env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "partner_id": partner.id if partner else False,
                "company_id": company.id,
            }
        )
        lot = env["stock.lot"].search(
            [("name", "=", vin), ("product_id", "=", self.product.id)]
        ) or env["stock.lot"].create({"name": vin, "product_id": self.product.id})
        move = env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 1,
                "picking_id": picking.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "company_id": company.id,
            }
        )
        picking.action_confirm()
        move.move_line_ids.unlink()
        move.move_line_ids = [
            (
                0,
                0,
                {
                    "product_id": self.product.id,
                    "lot_id": lot.id,
                    "quantity": 1,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                    "picking_id": picking.id,
                },
            )
        ]
        move.picked = True
        picking.with_context(skip_sms=True).button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def _receive(self, vin=None, store=1):
        vin = vin or self._vin()
        self._move(self.suppliers, self._stock(store), vin, store)
        return self.env["auto.vehicle"].search([("vin", "=", vin)])

    def _problems(self):
        self.env.flush_all()
        self.env["auto.stock.check"].invalidate_model()
        return self.env["auto.stock.check"].search(
            [("lot_id.product_id", "=", self.product.id)]
        )


@tagged("post_install", "-at_install")
class TestVehicleStock(StockCase):
    def test_receipt_registers_the_car(self):
        vin = self._vin()
        self._receive(f"{vin[:9]}-{vin[9:].lower()}")
        vehicle = self.env["auto.vehicle"].search([("vin", "=", vin)])
        self.assertEqual(vehicle.vin, vin)
        self.assertEqual(vehicle.lot_id.name, vin)
        self.assertEqual(vehicle.model_id, self.model)
        self.assertEqual(vehicle.supply_state, "in_stock")
        self.assertEqual(vehicle.sale_state, "free")
        self.assertEqual(vehicle.availability, "available")
        self.assertEqual(vehicle.company_id, self.stores[1])
        self.assertEqual(vehicle.stock_location_id, self._stock())
        events = vehicle.event_ids.filtered(lambda event: event.kind == "stock")
        self.assertEqual(len(events), 1)
        self.assertEqual(events.res_model, "stock.picking")
        self.assertFalse(self._problems())

    def test_receipt_finds_the_car_on_order(self):
        vehicle = self.env["auto.vehicle"].create(
            {"vin": self._vin(), "supply_state": "in_transit"}
        )
        self.assertEqual(self._receive(vehicle.vin), vehicle)
        self.assertEqual(vehicle.supply_state, "in_stock")

    def test_transfer_between_stores(self):
        vehicle = self._receive()
        transit = self.env.ref("stock.stock_location_inter_company")
        self._move(self._stock(1), transit, vehicle.vin)
        self.assertEqual(vehicle.supply_state, "in_transit")
        self.assertEqual(vehicle.company_id, self.stores[1])
        self._move(transit, self._stock(2), vehicle.vin, store=2)
        self.assertEqual(vehicle.supply_state, "in_stock")
        self.assertEqual(vehicle.company_id, self.stores[2])
        self.assertIn(self.stores[2], vehicle.store_ids)
        self.assertFalse(self._problems())

    def test_delivery_and_return(self):
        vehicle = self._receive()
        self._move(self._stock(), self.customers, vehicle.vin, partner=self.buyer)
        self.assertEqual(vehicle.supply_state, "out")
        self.assertEqual(vehicle.sale_state, "delivered")
        self.assertEqual(vehicle.owner_id, self.buyer)
        self.assertTrue(vehicle.delivery_date)
        self.assertFalse(vehicle.stock_location_id)
        self._move(self.customers, self._stock(), vehicle.vin, partner=self.buyer)
        self.assertEqual(vehicle.availability, "available")
        self.assertFalse(vehicle.owner_id)
        self.assertEqual(len(vehicle.owner_ids), 1)
        self.assertFalse(self._problems())

    def test_trade_in_is_the_same_vehicle(self):
        vehicle = self.env["auto.vehicle"].create(
            {"vin": self._vin(), "owner_id": self.buyer.id}
        )
        self.assertEqual(vehicle.sale_state, "third_party")
        self.assertEqual(self._receive(vehicle.vin), vehicle)
        self.assertEqual(vehicle.availability, "available")
        self.assertFalse(vehicle.owner_id)
        # Sold again: the customer location's account of it is level by now.
        self._move(self._stock(), self.customers, vehicle.vin, partner=self.buyer)
        self.assertEqual(vehicle.sale_state, "delivered")
        self.assertEqual(vehicle.owner_id, self.buyer)

    def test_same_vin_is_not_received_twice(self):
        vehicle = self._receive()
        other = self.env["product.product"].create(
            {"name": "The same car again", "is_vehicle": True}
        )
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.env["stock.lot"].create({"name": vehicle.vin, "product_id": other.id})
        with self.assertRaises(UserError), self.cr.savepoint():
            self._move(self.suppliers, self._stock(), vehicle.vin)
        self.assertFalse(self._problems())

    def test_car_is_not_taken_from_where_it_is_not(self):
        vehicle = self._receive(store=1)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._move(self._stock(2), self.customers, vehicle.vin, store=2)
        self.assertEqual(vehicle.supply_state, "in_stock")

    def test_serial_number_is_a_vin(self):
        for name in ("12345", "LFV2A21K0J3O00001"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.env["stock.lot"].create(
                    {"name": name, "product_id": self.product.id}
                )

    def test_stock_is_not_overruled_by_hand(self):
        vehicle = self._receive()
        for vals in (
            {"supply_state": "out"},
            {"sale_state": "sold"},
            {"company_id": self.stores[2].id},
            {"lot_id": False},
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                vehicle.write(vals)
        # A client cannot claim to be stock.
        with self.assertRaises(UserError), self.cr.savepoint():
            vehicle.with_context(auto_vehicle_stock=True).supply_state = "out"

    def test_vin_is_corrected_on_both_sides(self):
        vehicle = self._receive()
        vehicle.vin = vin = self._vin()
        self.assertEqual(vehicle.lot_id.name, vin)
        vehicle.lot_id.name = vin = self._vin()
        self.assertEqual(vehicle.vin, vin)
        self.assertFalse(self._problems())

    def test_inventory_adjustment_and_scrap(self):
        vehicle = self._receive()
        quant = self.env["stock.quant"].search(
            [("lot_id", "=", vehicle.lot_id.id), ("location_id.usage", "=", "internal")]
        )
        quant.with_context(inventory_mode=True).inventory_quantity = 0
        quant.action_apply_inventory()
        self.assertEqual(vehicle.availability, "gone")
        self.assertFalse(vehicle.stock_location_id)
        scrapped = self._receive()
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.product.id,
                "lot_id": scrapped.lot_id.id,
                "location_id": self._stock().id,
                "company_id": self.stores[1].id,
            }
        )
        scrap.action_validate()
        self.assertEqual(scrapped.availability, "gone")
        self.assertFalse(self._problems())

    def test_moved_by_the_serial_number_itself(self):
        vehicle = self._receive()
        shelf = self.env["stock.location"].create(
            {
                "name": "Showroom",
                "location_id": self._stock().id,
                "company_id": self.stores[1].id,
            }
        )
        vehicle.lot_id.location_id = shelf
        self.assertEqual(vehicle.stock_location_id, shelf)
        self.assertFalse(self._problems())

    def test_no_car_is_picked_by_chance(self):
        self._receive()
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouses[1].out_type_id.id,
                "location_id": self._stock().id,
                "location_dest_id": self.customers.id,
                "company_id": self.stores[1].id,
            }
        )
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 1,
                "picking_id": picking.id,
                "location_id": self._stock().id,
                "location_dest_id": self.customers.id,
                "company_id": self.stores[1].id,
            }
        )
        picking.action_confirm()
        picking.action_assign()
        self.assertFalse(move.move_line_ids.lot_id)

    def test_serials_that_were_there_become_vehicles(self):
        plain = self.env["product.product"].create(
            {"name": "Old car", "is_storable": True, "tracking": "serial"}
        )
        vin = self._vin()
        lots = self.env["stock.lot"].create(
            [
                {"name": name, "product_id": plain.id}
                for name in (vin.lower(), "NOT-A-VIN")
            ]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(
                plain, self._stock(), 1, lot_id=lot
            )
        plain.product_tmpl_id.is_vehicle = True
        vehicle = self.env["auto.vehicle"].search([("vin", "=", vin)])
        self.assertEqual(vehicle.stock_location_id, self._stock())
        self.env.flush_all()
        problem = self.env["auto.stock.check"].search([("lot_id", "in", lots.ids)])
        self.assertEqual(problem.problem, "no_vehicle")
        self.assertEqual(problem.lot_id, lots[1])

    def test_car_entered_by_hand_is_taken_into_stock(self):
        manager = self.users["store_manager", 1]
        vehicle = (
            self.env["auto.vehicle"]
            .with_user(manager)
            .create(
                {
                    "vin": self._vin(),
                    "product_id": self.product.id,
                    "supply_state": "in_stock",
                }
            )
        )
        self.env.flush_all()
        check = self.env["auto.stock.check"].with_user(manager)
        row = check.search([("vehicle_id", "=", vehicle.id)])
        self.assertEqual(row.problem, "no_serial")
        row.action_put_right()
        self.env.flush_all()
        check.invalidate_model()
        self.assertFalse(check.search([("vehicle_id", "=", vehicle.id)]))
        self.assertEqual(vehicle.sudo().stock_location_id, self._stock())

    def test_product_form(self):
        form = Form(self.env["product.template"])
        form.name = "Car by form"
        form.is_vehicle = True
        form.vehicle_model_id = self.model
        template = form.save()
        self.assertEqual(template.tracking, "serial")
        with self.assertRaises(ValidationError):
            template.tracking = "none"
