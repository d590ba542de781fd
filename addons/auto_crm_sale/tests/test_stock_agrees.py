"""Whatever is done to cars in whatever order: stock, cars and contracts agree."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SaleCase

EXAMPLES = int(os.environ.get("AUTO_CRM_STOCK_EXAMPLES", "10"))
STEPS = 16

CARS = st.integers(0, 2)
STORES = st.integers(1, 2)
PARTNERS = st.integers(0, 1)


class Dealer(RuleBasedStateMachine):
    """People who do things to three cars; what is refused changes nothing."""

    case: SaleCase  # the test that runs it

    def __init__(self):
        super().__init__()
        self.env = self.case.env
        self.savepoint = self.env.cr.savepoint()
        self.vins = [self.case._vin() for _number in range(3)]
        self.done = 0

    def teardown(self):
        self.savepoint.close(rollback=True)

    def attempt(self, action):
        try:
            with self.env.cr.savepoint():
                action()
                self.env.cr.flush()  # as at the end of a request
            self.done += 1
        except UserError:
            self.env.cr.precommit.clear()

    def vehicle(self, car):
        vehicles = self.env["auto.vehicle"]
        return vehicles.search([("vin", "=", self.vins[car])]) or vehicles

    def lot(self, car):
        return self.vehicle(car).lot_id

    def reservations(self, car):
        return self.vehicle(car).reservation_ids

    def contracts(self, car):
        return self.vehicle(car).sale_line_ids.order_id

    def move(self, source, target, car, store, partner=None):
        vin = self.vins[car]
        self.attempt(
            lambda: self.case._move(source, target, vin, store, partner=partner)
        )

    # ------------------------------------------------------------------
    # Stock
    # ------------------------------------------------------------------

    @rule(car=CARS, store=STORES)
    def receive(self, car, store):
        self.move(self.case.suppliers, self.case._stock(store), car, store)

    @rule(car=CARS, store=STORES)
    def shelve(self, car, store):
        self.move(self.case._stock(store), self.case.shelves[store], car, store)

    @rule(car=CARS, store=STORES)
    def send(self, car, store):
        self.move(self.case._stock(store), self.case.transit, car, store)

    @rule(car=CARS, store=STORES)
    def arrive(self, car, store):
        self.move(self.case.transit, self.case._stock(store), car, store)

    @rule(car=CARS, store=STORES, partner=PARTNERS)
    def issue(self, car, store, partner):
        source = self.vehicle(car).stock_location_id or self.case._stock(store)
        partner = self.case.partners[partner]
        self.move(source, self.case.customers, car, store, partner)

    @rule(car=CARS, store=STORES)
    def take_back(self, car, store):
        self.move(self.case.customers, self.case._stock(store), car, store)

    @rule(car=CARS, store=STORES, quantity=st.integers(0, 1))
    def count(self, car, store, quantity):
        lot = self.lot(car)
        location = self.vehicle(car).stock_location_id or self.case._stock(store)
        if not lot:
            return
        self.attempt(
            lambda: (
                self.env["stock.quant"]
                .with_context(inventory_mode=True)
                .create(
                    {
                        "product_id": lot.product_id.id,
                        "location_id": location.id,
                        "lot_id": lot.id,
                        "inventory_quantity": quantity,
                    }
                )
                .action_apply_inventory()
            )
        )

    @rule(car=CARS)
    def scrap(self, car):
        vehicle = self.vehicle(car)
        if vehicle.stock_location_id.usage == "internal":
            self.attempt(
                lambda: (
                    self.env["stock.scrap"]
                    .create(
                        {
                            "product_id": vehicle.product_id.id,
                            "lot_id": vehicle.lot_id.id,
                            "location_id": vehicle.stock_location_id.id,
                            "company_id": vehicle.company_id.id,
                        }
                    )
                    .action_validate()
                )
            )

    @rule(car=CARS, other=CARS)
    def correct_done_line(self, car, other):
        lot, right = self.lot(car), self.lot(other)
        line = self.env["stock.move.line"].search(
            [("lot_id", "=", lot.id), ("state", "=", "done")], order="id desc", limit=1
        )
        if lot and right and line:
            self.attempt(lambda: line.write({"lot_id": right.id}))

    @rule(car=CARS)
    def correct_quantity(self, car):
        line = self.env["stock.move.line"].search(
            [("lot_id", "=", self.lot(car).id), ("state", "=", "done")],
            order="id desc",
            limit=1,
        )
        if line:
            self.attempt(lambda: line.write({"quantity": 0}))

    # ------------------------------------------------------------------
    # Sale
    # ------------------------------------------------------------------

    @rule(car=CARS, store=STORES, partner=PARTNERS, queue=st.booleans())
    def reserve(self, car, store, partner, queue):
        vehicle = self.vehicle(car)
        if vehicle:
            reservation = (
                self.env["auto.reservation"]
                .with_company(self.case.stores[store])
                .create(
                    {
                        "vehicle_id": vehicle.id,
                        "partner_id": self.case.partners[partner].id,
                        "company_id": self.case.stores[store].id,
                    }
                )
            )
            self.attempt(
                reservation.action_queue if queue else reservation.action_confirm
            )

    @rule(car=CARS)
    def cancel_reservation(self, car):
        held = self.vehicle(car)._active_reservation()
        if held:
            self.attempt(held.action_cancel)

    @rule(car=CARS)
    def expire(self, car):
        held = self.vehicle(car)._active_reservation()
        if held and held.order_id.state != "sale":
            self.attempt(lambda: held._end("expired"))

    @rule(car=CARS, store=STORES, partner=PARTNERS)
    def contract(self, car, store, partner):
        vehicle = self.vehicle(car)
        if vehicle:
            order = self.case._contract(vehicle, self.case.partners[partner], store)
            self.attempt(order.action_confirm)

    @rule(car=CARS)
    def confirm_again(self, car):
        for order in self.contracts(car):
            if order.state == "cancel":
                self.attempt(order.action_draft)
            if order.state == "draft":
                self.attempt(order.action_confirm)

    @rule(car=CARS)
    def cancel_contract(self, car):
        for order in self.contracts(car):
            if order.state == "sale":
                self.attempt(order._action_cancel)

    @rule(car=CARS, other=CARS)
    def change_car(self, car, other):
        vehicle = self.vehicle(other)
        line = self.vehicle(car).sale_line_ids[-1:]
        if vehicle and line:
            self.attempt(lambda: line.write({"vehicle_id": vehicle.id}))

    @rule(car=CARS)
    def deliver(self, car):
        for picking in self.contracts(car).picking_ids:
            if picking.state == "assigned":
                self.attempt(lambda picking=picking: self.validate(picking))

    @rule(car=CARS)
    def give_back(self, car):
        picking = self.contracts(car).picking_ids.filtered(
            lambda one: one.state == "done"
        )[-1:]
        if picking:
            self.attempt(lambda: self.validate(self.returned(picking)))

    def returned(self, picking):
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        return wizard._create_return()

    def validate(self, picking):
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True, skip_backorder=True).button_validate()

    # ------------------------------------------------------------------
    # What must be true all the time
    # ------------------------------------------------------------------

    @invariant()
    def nothing_disagrees(self):
        problems = self.case._problems()
        assert not problems, [(row.problem, row.vehicle_id.vin) for row in problems]

    @invariant()
    def cars_are_where_stock_is(self):
        self.env.flush_all()
        for car in range(3):
            vehicle = self.vehicle(car)
            if not vehicle:
                continue
            quants = self.env["stock.quant"].search(
                [
                    ("lot_id", "=", vehicle.lot_id.id),
                    ("quantity", "!=", 0),
                    ("location_id.usage", "in", ("internal", "transit")),
                ]
            )
            assert len(quants) <= 1, quants.mapped("location_id.display_name")
            assert vehicle.stock_location_id == quants.location_id
            state = {"internal": "in_stock", "transit": "in_transit"}.get(
                quants.location_id.usage, "out"
            )
            assert vehicle.supply_state == state, vehicle.supply_state
            held = vehicle._active_reservation()
            assert len(held) <= 1
            if state == "out":
                assert not held
                assert vehicle.sale_state in ("delivered", "free")
            if vehicle.sale_state != "delivered":
                assert not vehicle.owner_id, "in stock, a car is nobody's"
            contracts = self.contracts(car).filtered(lambda one: one.state == "sale")
            promised = contracts.order_line.filtered(
                lambda line, car=vehicle: (
                    line.vehicle_id == car and not line.move_ids.filtered(_has_moved)
                )
            )
            assert len(promised) <= 1, "one contract a car"
            assert not promised or held.order_id == promised.order_id


def _has_moved(move):
    return move.state == "done"


@tagged("post_install", "-at_install")
class TestStockAgrees(SaleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.transit = cls.env.ref("stock.stock_location_inter_company")
        cls.shelves = {
            number: cls.env["stock.location"].create(
                {
                    "name": "Showroom",
                    "location_id": cls._stock(cls, number).id,
                    "company_id": store.id,
                }
            )
            for number, store in cls.stores.items()
        }
        # What is done to cars is tested, not who may do it.
        cls.env["auto.approval.kind"].search(
            [("code", "like", "vehicle_contract")]
        ).active = False

    def test_any_order_of_events(self):
        machine = type("Machine", (Dealer,), {"case": self})
        with mute_logger("odoo.sql_db"):
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=EXAMPLES,
                    stateful_step_count=STEPS,
                    derandomize=True,
                    deadline=None,
                    database=None,
                    phases=(Phase.generate,),
                    suppress_health_check=list(HealthCheck),
                    print_blob=False,
                ),
            )
