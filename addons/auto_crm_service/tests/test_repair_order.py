from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestRepairOrder(ServiceCase):
    """Reception, the way through the workshop, and who may do what."""

    def test_reception(self):
        """A car comes in: its owner, its mileage and its timeline follow."""
        repair = self._receive()
        self.assertEqual(repair.service_state, "received")
        self.assertEqual(repair.partner_id, self.owner)
        self.assertEqual(self.vehicle.odometer, 30500)
        event = self.vehicle.event_ids.filtered(lambda one: one.kind == "repair")
        self.assertEqual(event.res_id, repair.id)
        self.assertEqual(self.vehicle.with_user(self.adviser).repair_count, 1)

    def test_another_store_joins(self):
        """A car of another store's customer is received, and shared from then on."""
        stranger = self.env["res.partner"].create(
            {"name": "Passing Through", "store_ids": [(6, 0, self.stores[2].ids)]}
        )
        car = self._vehicle(stranger, store=2)
        with self.assertRaises(AccessError):
            car.with_user(self.adviser).read(["vin"])
        # The look-up at the counter is what lets the store see the car.
        found = self.env["auto.vehicle"].with_user(self.adviser)._lookup(vin=car.vin)
        repair = self._receive(found)
        self.assertIn(self.store, car.store_ids)
        self.assertEqual(repair.sudo().partner_id, stranger)

    def test_unknown_is_not_taken(self):
        """The number of a record is no look-up: it opens no other store's customer."""
        stranger = self.env["res.partner"].create(
            {"name": "Not Yours", "store_ids": [(6, 0, self.stores[2].ids)]}
        )
        car = self._vehicle(stranger, store=2)
        for values in ({"partner_id": stranger.id}, {"vehicle_id": car.id}):
            with self.assertRaises(AccessError):
                self._receive(**{"vehicle_id": self.vehicle.id, **values})
        self.assertNotIn(self.store, stranger.store_ids | car.store_ids)

    def test_car_does_not_change(self):
        """Another car is another order."""
        repair = self._receive()
        with self.assertRaises(UserError):
            repair.vehicle_id = self._vehicle(self.owner)

    def test_progress_only_by_buttons(self):
        """Nobody writes the progress or Odoo's state of a car's order."""
        repair = self._receive()
        for values in (
            {"service_state": "ready"},
            {"state": "done"},
            {"date_out": "2026-01-01 00:00:00"},
        ):
            with self.assertRaises(UserError):
                repair.write(values)
        created = self._receive(self._vehicle(self.owner), service_state="settled")
        self.assertEqual(created.service_state, "received")

    def test_whole_way(self):
        """Received, approved, worked on, checked."""
        repair = self._receive()
        self._job(repair, parts=2)
        self.assertEqual(repair.amount_customer, 1.5 * 200 + 2 * 480)
        with self.assertRaises(UserError):
            repair.action_to_workshop()
        self._agree(repair)
        repair.action_to_workshop()
        self.assertEqual((repair.state, repair.service_state), ("confirmed", "queued"))
        self._work(repair)
        self.assertEqual(repair.service_state, "quality")
        repair.action_quality_passed()
        self.assertEqual((repair.state, repair.service_state), ("done", "ready"))
        text = self.vehicle.event_ids.mapped("name")
        self.assertIn("Repaired: Pads replaced", text)
        self.assertEqual(self.part.qty_available, 3)

    def test_quality_needs_all(self):
        """A car with open parts or open questions is not ready."""
        repair = self._receive()
        job = self._job(repair, parts=2)
        self._agree(repair)
        repair.action_to_workshop()
        mine = job.with_user(self.technician)
        mine.action_start()
        mine.write({"cause": "Worn", "correction": "Replaced"})
        mine.action_finish()
        with self.assertRaisesRegex(UserError, "Not issued"):
            repair.action_quality_passed()
        repair.line_ids.filtered(lambda line: line.kind == "part").action_issue()
        extra = self._job(repair, concern="Wiper blades")
        with self.assertRaisesRegex(UserError, "not decided"):
            repair.action_quality_passed()
        self._agree(repair, extra.line_ids.browse(), extra.line_ids)
        repair.action_quality_passed()
        self.assertEqual(repair.service_state, "ready")

    def test_finish_needs_words(self):
        """Concern, cause and correction belong together."""
        repair = self._receive()
        job = self._job(repair).with_user(self.technician)
        self._agree(repair)
        repair.action_to_workshop()
        with self.assertRaisesRegex(UserError, "cause"):
            job.action_finish()

    def test_rework(self):
        """What fails the check goes back, and somebody answers for it."""
        repair = self._receive()
        job = self._job(repair)
        self._agree(repair)
        repair.action_to_workshop()
        self._work(repair)
        wizard = (
            self.env["auto.repair.rework.new"]
            .with_user(self.service_manager)
            .create({"repair_id": repair.id, "note": "Still noisy", "hours": 0.5})
        )
        self.assertEqual(wizard.responsible_id, self.technician)
        wizard.action_send_back()
        self.assertEqual(repair.service_state, "working")
        self.assertFalse(job.is_done)
        rework = repair.rework_ids
        self.assertEqual(rework.responsible_id, self.technician)
        with self.assertRaises(UserError):
            rework.with_user(self.service_manager).write({"note": "Never mind"})

    def test_rework_at_the_return(self):
        """A fault seen when the car is fetched is rework too, checked once more."""
        repair = self._receive()
        job = self._job(repair)
        self._agree(repair)
        repair.action_to_workshop()
        self._work(repair)
        repair.with_user(self.service_manager).action_quality_passed()
        wizards = self.env["auto.repair.rework.new"].with_user(self.service_manager)
        wizard = wizards.create({"repair_id": repair.id, "note": "  "})
        with self.assertRaisesRegex(UserError, "must be done again"):
            wizard.action_send_back()
        wizard.note = "Grease on the seat"
        wizard.action_send_back()
        self.assertEqual(repair.service_state, "working")
        self.assertFalse(repair.date_ready)
        self.assertFalse(repair.quality_user_id)
        self.assertEqual(repair.rework_ids.found, "handover")
        # What it takes is the house's.
        more = self._job(repair, parts=1, pay_type="internal", kind="rework")
        more.line_ids.filtered(lambda line: line.kind == "part").action_issue()
        more.with_user(self.technician).write({"cause": "Ours", "correction": "Clean"})
        (job | more).with_user(self.technician).action_finish()
        repair.with_user(self.service_manager).action_quality_passed()
        self.assertTrue(repair.date_ready)
        fresh = self._receive(self._vehicle(self.owner))
        self._job(fresh)
        with self.assertRaisesRegex(UserError, "not at the quality check"):
            wizards.create({"repair_id": fresh.id, "note": "More"}).action_send_back()

    def test_whoever_starts_has_the_job(self):
        """A job that is nobody's is given to the technician who starts it."""
        repair = self._receive()
        mine = self._job(repair)
        free = self._job(repair, technician_id=False)
        self._agree(repair)
        repair.action_to_workshop()
        free.with_user(self.technician).action_start()
        self.assertEqual(free.technician_id, self.technician)
        self.assertTrue(free.with_user(self.technician).is_mine_running)
        self.assertFalse(mine.with_user(self.technician).is_mine_running)

    def test_no_self_check(self):
        """A technician does not check their own work."""
        self.technician.group_ids |= self.env.ref("auto_crm_base.group_adviser")
        repair = self._receive()
        self._job(repair)
        self._agree(repair)
        repair.action_to_workshop()
        self._work(repair)
        with self.assertRaisesRegex(UserError, "did not do the work"):
            repair.with_user(self.technician).action_quality_passed()

    def test_cancel(self):
        """A cancelled order gives its reserved parts free."""
        repair = self._receive()
        self._job(repair, parts=2)
        self._agree(repair)
        repair.action_to_workshop()
        self.assertEqual(self.part.free_qty, 3)
        repair.action_cancel_service()
        self.assertEqual(repair.service_state, "cancelled")
        self.assertEqual(self.part.free_qty, 5)
        with self.assertRaises(UserError):
            self._job(repair)

    def test_late(self):
        """An order past its promise is late until it is ready."""
        repair = self._receive(
            date_in="2020-01-01 08:00:00", promised_on="2020-01-01 10:00:00"
        )
        orders = self.env["repair.order"].with_user(self.adviser)
        self.assertTrue(repair.is_late)
        self.assertIn(repair, orders.search([("is_late", "=", True)]))
        self.assertNotIn(repair, orders.search([("is_late", "=", False)]))

    def test_dates_are_possible(self):
        """No car is received in the future, or promised before it came."""
        repair = self._receive()
        soon = fields.Datetime.add(fields.Datetime.now(), hours=3)
        for values in (
            {"date_in": "2099-01-01 00:00:00"},
            {"promised_on": "1999-01-01 00:00:00"},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                repair.write(values)
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._receive(vehicle=self._vehicle(self.owner), **values)
        repair.promised_on = soon
        self.assertEqual(repair.promised_on, soon)

    def test_number_stays(self):
        """An order is called as its invoices and claims call it."""
        repair = self._receive()
        with self.assertRaisesRegex(UserError, "number"):
            repair.name = "OTHER"
        repair.write({"name": repair.name, "key_tag": "7"})

    def test_words_are_needed(self):
        """A job without a concern, or a line without words, is refused."""
        repair = self._receive()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._job(repair, concern="  ")
        job = self._job(repair)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.env["auto.repair.line"].with_env(repair.env).create(
                {"job_id": job.id, "kind": "sublet"}
            )

    def test_orders_without_car_stay_odoos(self):
        """Odoo's own repairs work as ever."""
        product = self.env["product.product"].create(
            {"name": "Coffee machine", "is_storable": True}
        )
        repair = self.env["repair.order"].create(
            {
                "product_id": product.id,
                "company_id": self.store.id,
                "picking_type_id": self.warehouses[1].repair_type_id.id,
            }
        )
        self.assertFalse(repair.service_state)
        repair._action_repair_confirm()
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertEqual(repair.state, "done")

    def test_rights(self):
        """Who sees and changes an order, in the store and beside it."""
        repair = self._receive()
        job = self._job(repair)
        for role in ("service_manager", "store_manager", "sales_manager"):
            repair.with_user(self.users[role, 1]).read(["name", "amount_customer"])
            with self.assertRaises(AccessError):
                repair.with_user(self.users[role, 2]).read(["name"])
        for role in ("head_office", "auditor"):
            repair.with_user(self.users[role]).read(["name"])
            with self.assertRaises(AccessError):
                repair.with_user(self.users[role]).write({"key_tag": "7"})
        repair.with_user(self.technician).read(["name"])
        job.with_user(self.technician).write({"cause": "Worn"})
        with self.assertRaises(AccessError):
            repair.with_user(self.technician).write({"promised_on": False})
        other = self._job(
            self._receive(self._vehicle(self.owner)),
            technician_id=self.service_manager.id,
        )
        with self.assertRaises(AccessError):
            other.with_user(self.technician).read(["concern"])
        for role in ("consultant", "complaint", "callcentre"):
            with self.assertRaises(AccessError):
                repair.with_user(self.users[role, 1]).read(["name"])
        self.env["auto.vehicle"].with_user(self.users["complaint", 1])._lookup(
            vin=self.vehicle.vin
        )
        repair.with_user(self.users["complaint", 1]).read(["name"])

    def test_stock_keeper(self):
        """Odoo's right on stock is none on the orders of cars."""
        keeper = self.users["callcentre", 1]
        keeper.group_ids |= self.env.ref("stock.group_stock_user")
        repair = self._receive()
        repair.with_user(keeper).read(["name"])
        with self.assertRaises(AccessError):
            repair.with_user(keeper).write({"key_tag": "7"})
        with self.assertRaises(AccessError):
            self._receive(self._vehicle(self.owner), user=keeper)
        with self.assertRaises(UserError):
            self.env["stock.move"].create(
                {
                    "repair_id": repair.id,
                    "repair_line_type": "add",
                    "product_id": self.part.id,
                    "product_uom_qty": 1,
                }
            )
