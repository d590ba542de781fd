from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.auto_crm_sale.hooks import uninstall_hook

from .common import SaleCase

SOLD = fields.Datetime.to_datetime("2024-05-06 04:00:00")


@tagged("post_install", "-at_install")
class TestAdopt(SaleCase):
    """Cars and contracts of an Odoo that was in use before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain, cls.others = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "consu",
                    "is_storable": True,
                    "tracking": "serial",
                }
                for name in ("Old car", "Phone")
            ]
        )
        cls.product = cls.plain

    def _old_lot(self, name, product=None, store=1):
        product = product or self.plain
        lot = self.env["stock.lot"].create(
            {
                "name": name,
                "product_id": product.id,
                "company_id": self.stores[store].id,
            }
        )
        self.env["stock.quant"]._update_available_quantity(
            product, self._stock(store), 1, lot_id=lot
        )
        return lot

    def _old_order(self, lot, partner, quantity=1):
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": self.store.id,
                "warehouse_id": self.warehouses[1].id,
                "user_id": self.consultant.id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": lot.product_id.id,
                            "product_uom_qty": quantity,
                            "price_unit": 100,
                        },
                    )
                ],
            }
        )
        order.action_confirm()
        move = order.picking_ids.move_ids
        move._do_unreserve()
        move._update_reserved_quantity(1, self._stock(), lot_id=lot)
        return order

    def _deliver(self, order):
        picking = order.picking_ids
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True)._action_done()
        self.env.flush_all()
        for table in ("stock_move_line", "stock_move"):
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET date = %s WHERE picking_id = %s RETURNING id",
                    SQL.identifier(table),
                    SOLD,
                    picking.id,
                )
            )
        self.env.invalidate_all()

    def _adopt(self):
        self.env["product.template"]._adopt_existing_cars(batch_size=2)
        self.env["sale.order"]._adopt_existing_contracts(batch_size=1)

    def test_products_of_cars_are_known_by_their_serials(self):
        vins = [self._vin() for _number in range(3)]
        lots = [self._old_lot(name) for name in (*vins[:2], f"{vins[2][:9]}-x", "A1")]
        lots[2].name = vins[2].lower()
        phones = [self._old_lot(f"35{n:013d}", self.others) for n in range(3)]
        bait = self._old_lot(vins[0][:8] + "A" + vins[0][9:], self.others)
        self._adopt()
        self.assertTrue(self.plain.is_vehicle)
        self.assertFalse(self.others.is_vehicle)
        self.assertEqual([lot.name for lot in lots], [*vins, "A1"])
        cars = self.env["auto.vehicle"].search([("vin", "in", vins)])
        self.assertEqual(cars.lot_id, lots[0] | lots[1] | lots[2])
        self.assertEqual(set(cars.mapped("availability")), {"available"})
        self.assertEqual(cars.company_id, self.store)
        self.assertFalse(lots[3].vehicle_ids or bait.vehicle_ids)
        self.assertEqual(phones[0].company_id, self.store)
        self.assertEqual(self._problems().lot_id, lots[3])

    def test_sold_and_promised_cars(self):
        delivered, promised, free = (self._old_lot(self._vin()) for _n in range(3))
        done = self._old_order(delivered, self.partners[0])
        self._deliver(done)
        waiting = self._old_order(promised, self.partners[1])
        quotation = done.copy()
        self._adopt()
        car = delivered.vehicle_ids
        self.assertEqual(car.sale_state, "delivered")
        self.assertEqual(car.owner_id, self.partners[0])
        self.assertEqual(car.delivery_date, fields.Date.to_date("2024-05-06"))
        self.assertEqual(car.owner_ids.date_start, car.delivery_date)
        self.assertEqual(done.order_line.vehicle_id, car)
        self.assertFalse(done.reservation_ids)
        car = promised.vehicle_ids
        self.assertEqual(car.sale_state, "sold")
        self.assertEqual(waiting.order_line.vehicle_id, car)
        self.assertEqual(waiting.reservation_ids.state, "active")
        self.assertEqual(waiting.reservation_ids.company_id, self.store)
        self.assertEqual(waiting.picking_ids.move_ids.vehicle_id, car)
        self.assertEqual(waiting.picking_ids.move_line_ids.lot_id, promised)
        self.assertEqual(free.vehicle_ids.sale_state, "free")
        self.assertFalse(quotation.order_line.vehicle_id)
        self.assertFalse(self._problems())
        self._adopt()
        self.assertEqual(len(waiting.reservation_ids), 1, "once is enough")
        self._deliver(waiting)
        self.assertEqual(car.owner_id, self.partners[1])

    def test_line_of_several_cars_is_held_unnamed(self):
        lots = [self._old_lot(self._vin()) for _number in range(2)]
        order = self._old_order(lots[0], self.partners[0], quantity=2)
        self._adopt()
        self.assertEqual(order.reservation_ids.vehicle_id, lots[0].vehicle_ids)
        self.assertFalse(order.order_line.vehicle_id)
        self.assertEqual(lots[1].vehicle_ids.sale_state, "free")

    def test_one_car_with_several_serials(self):
        vin = self._vin()
        lots = [
            self._old_lot(vin, store=1),
            self._old_lot(vin.lower(), store=1),
            self._old_lot(vin, store=2),
        ]
        quant = self.env["stock.quant"]
        quant._update_available_quantity(self.plain, self._stock(1), -1, lot_id=lots[0])
        quant._update_available_quantity(self.plain, self._stock(1), -1, lot_id=lots[1])
        self.env["product.template"]._adopt_existing_cars()
        car = self.env["auto.vehicle"].search([("vin", "=", vin)])
        self.assertEqual(car.lot_id, lots[2])
        self.assertEqual(car.stock_location_id, self._stock(2))
        self.assertEqual(lots[1].name, vin.lower())

    @mute_logger("odoo.addons.mail.models.mail_activity_mixin")
    def test_uninstallation_keeps_work(self):
        activity = self.partners[0].activity_schedule(
            "auto_crm_sale.mail_activity_reservation_turn"
        )
        with (
            mute_logger("odoo.models.unlink"),
            patch.object(type(self.env.cr), "commit", lambda cr: None),
        ):
            uninstall_hook(self.env)
        self.assertEqual(
            activity.activity_type_id, self.env.ref("mail.mail_activity_data_todo")
        )
