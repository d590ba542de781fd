from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.auto_crm_base.tests.common_matrix import MatrixCase

from .common import ServiceCase


class FiguresCase(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["stock.quant"].sudo()._update_available_quantity(
            cls.part, cls.warehouses[2].lot_stock_id, 5
        )

    def _declined_order(self, **values):
        repair = self._receive()
        job = self._job(repair, parts=1, **values)
        job.line_ids.urgency = "safety"
        self._agree(repair, lines=job.line_ids.browse(), declined=job.line_ids)
        return repair

    def _works(self, repair):
        return self.env["auto.declined.work"].search([("repair_id", "=", repair.id)])

    def _at_other_store(self, vehicle=None):
        """Return a repair order of the car as store 2 opens it."""
        vehicle = vehicle or self.vehicle
        store = self.stores[2]
        for record in (vehicle, vehicle.owner_id):
            record._join_store(store, "test")
        return self._receive(vehicle, user=self.users["adviser", 2])

    def _repaired(self, days=5, **values):
        """Return a job that store 1 did some days ago."""
        repair = self._receive(
            date_in=fields.Datetime.subtract(fields.Datetime.now(), days=days)
        )
        job = self._job(repair, parts=1, **values)
        self._agree(repair)
        repair.action_to_workshop()
        self._work(repair)
        repair.with_user(self.service_manager).action_quality_passed()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE repair_order SET date_ready = date_in WHERE id = %s", [repair.id]
        )
        repair.invalidate_recordset()
        return job


@tagged("post_install", "-at_install")
class TestDeclinedWork(FiguresCase):
    """What was declined is kept with date and price, and found when it is sold."""

    def test_kept_and_told(self):
        repair = self._declined_order()
        works = self._works(repair)
        self.assertEqual(sorted(works.mapped("amount")), [300, 480])
        self.assertEqual(set(works.mapped("urgency")), {"safety"})
        notes = " ".join(self.vehicle.with_user(self.adviser)._counter_notes())
        self.assertIn("Declined last time", notes)
        self.assertIn("480", notes)

    def test_recovered(self):
        """Sold later: the same operation and part on another order."""
        works = self._works(self._declined_order())
        later = self._receive()
        self.assertIn("Brake pads", later.declined_text)
        later.action_offer_declined()
        self.assertEqual(set(works.mapped("state")), {"offered"})
        with self.assertRaises(UserError):
            later.action_offer_declined()
        self._agree(later)
        self.assertEqual(set(works.mapped("state")), {"recovered"})
        self.assertEqual(sum(works.mapped("recovered_amount")), 780)
        self.assertEqual(works.mapped("recovered_share"), [100, 100])
        self.assertEqual(works.recovered_repair_id, later)

    def test_declined_again(self):
        """Offered anew and declined anew: still one opportunity each."""
        works = self._works(self._declined_order())
        later = self._receive()
        later.action_offer_declined()
        self._agree(later, lines=later.line_ids.browse(), declined=later.line_ids)
        self.assertFalse(self._works(later))
        self.assertEqual(set(works.mapped("state")), {"open"})

    def test_sale_undone(self):
        """Given up with its order, deleted, or asked again: it is not sold."""
        works = self._works(self._declined_order())
        for ending in ("cancel", "delete", "again"):
            with self.subTest(ending):
                later = self._receive()
                later.action_offer_declined()
                if ending == "delete":
                    later.job_ids.unlink()
                else:
                    self._agree(later)
                    self.assertEqual(set(works.mapped("state")), {"recovered"})
                if ending == "again":
                    later.line_ids.price_unit = 2000
                    self.assertEqual(set(works.mapped("state")), {"offered"})
                if ending != "delete":
                    later.action_cancel_service()
                self.assertEqual(set(works.mapped("state")), {"open"})
                self.assertFalse(works.recovered_repair_id)
                self.assertFalse(any(works.mapped("recovered_amount")))
                self.assertFalse(any(works.mapped("date_recovered")))

    def test_other_store(self):
        """Another store's sale ends it without telling its price."""
        works = self._works(self._declined_order())
        other = self._at_other_store()
        self._job(other, parts=1, technician_id=False)
        self._agree(other)
        self.assertEqual(set(works.mapped("state")), {"elsewhere"})
        self.assertEqual(works.mapped("recovered_amount"), [0, 0])

    def test_offer_again_on_the_order(self):
        repair = self._declined_order()
        works = self._works(repair)
        repair.line_ids.action_propose_again()
        self.assertEqual(set(works.mapped("state")), {"offered"})
        self._agree(repair)
        self.assertEqual(set(works.mapped("state")), {"recovered"})

    def test_follow_up(self):
        """By urgency, some days after; it falls away when the work is sold."""
        rule = self.env.ref("auto_crm_service.followup_rule_declined_safety")
        repair = self._declined_order()
        repair.action_cancel_service()
        works = self._works(repair)
        rule._generate()
        self.assertFalse(
            self.vehicle.followup_ids.filtered(lambda f: f.rule_id == rule)
        )
        works._step(
            "open", date_declined=fields.Date.subtract(fields.Date.today(), days=4)
        )
        self.env.ref("auto_crm_service.followup_rule_declined_soon")._generate()
        rule._generate()
        followup = self.env["auto.followup"].search(
            [("rule_id", "=", rule.id), ("vehicle_id", "=", self.vehicle.id)]
        )
        self.assertEqual(followup.user_id, self.adviser)
        works.with_user(self.adviser).action_give_up()
        self.assertEqual(followup.state, "skipped")

    def test_guarded(self):
        works = self._works(self._declined_order())
        with self.assertRaises(UserError):
            works.with_user(self.service_manager).write({"state": "recovered"})
        with self.assertRaises(AccessError):
            works.with_user(self.users["technician", 1]).read(["amount"])


@tagged("post_install", "-at_install")
class TestComeback(FiguresCase):
    """A car that comes back with the same is found at every store."""

    def test_same_store(self):
        before = self._repaired()
        self.assertIn(
            "is a comeback",
            " ".join(self.vehicle.with_user(self.adviser)._counter_notes()),
        )
        again = self._job(self._receive(odometer_in=30900))
        comeback = again.comeback_ids
        self.assertEqual(comeback.earlier_job_id, before)
        self.assertEqual((comeback.match, comeback.days), ("operation", 5))
        self.assertEqual(comeback.distance, 400)
        self.assertEqual(before.came_back, 100)
        self.assertIn("5 days ago", again.repair_id.comeback_text)
        manager = comeback.with_user(self.service_manager)
        self.env["auto.repair.comeback.judge"].with_user(self.service_manager).create(
            {"comeback_id": manager.id, "reason": "work", "note": "Pads again"}
        ).action_confirm()
        self.assertEqual(comeback.rework_id.found, "comeback")
        self.assertEqual(comeback.rework_id.responsible_id, self.technician)
        self.assertEqual(comeback.rework_id.job_id, before)
        with self.assertRaises(UserError):
            manager.action_dismiss()

    def test_other_store_without_prices(self):
        """The other store sees what was done, not what it cost."""
        before = self._repaired()
        other = self._at_other_store()
        job = self._job(other, technician_id=False)
        self.assertIn(self.store.name, other.comeback_text)
        self.assertIn("Pads replaced", other.comeback_text)
        comeback = job.comeback_ids
        self.assertEqual(comeback.earlier_correction, "Pads replaced")
        theirs = before.with_user(self.users["adviser", 2])
        with self.assertRaises(AccessError):
            theirs.with_context(allowed_company_ids=self.stores[2].ids).read(
                ["amount_total"]
            )
        # The store that repaired it sees the comeback in its own rates.
        ours = comeback.with_user(self.service_manager).with_context(
            allowed_company_ids=self.store.ids
        )
        self.assertEqual(ours.earlier_concern, before.concern)
        manager = comeback.with_user(self.users["service_manager", 2]).with_context(
            allowed_company_ids=self.stores[2].ids
        )
        manager.action_dismiss()
        self.assertEqual(before.came_back, 0)

    def test_by_fault_and_part(self):
        before = self._repaired(fault_code="P0301", causal_part_id=self.part.id)
        repair = self._receive(odometer_in=30900)
        plain = self.env["auto.repair.job"].with_env(repair.env)
        fault = plain.create({"repair_id": repair.id, "concern": "Shakes"})
        self.assertFalse(fault.comeback_ids)
        fault.fault_code = " p0301 "
        self.assertEqual(fault.comeback_ids.match, "fault")
        part = plain.create(
            {
                "repair_id": repair.id,
                "concern": "Noise",
                "causal_part_id": self.part.id,
            }
        )
        self.assertEqual(part.comeback_ids.match, "part")
        self.assertEqual(part.comeback_ids.earlier_job_id, before)

    def test_none(self):
        """Too long ago, too far, another work, or maintenance: no comeback."""
        self._repaired(days=40)
        self.assertFalse(self._job(self._receive()).comeback_ids)
        self._repaired(days=5)
        self.assertFalse(self._job(self._receive(odometer_in=40000)).comeback_ids)
        self.assertFalse(self._job(self._receive(), kind="maintenance").comeback_ids)
        self.store.auto_comeback_days = 0
        self.assertFalse(self._job(self._receive()).comeback_ids)


@tagged("post_install", "-at_install")
class TestParts(FiguresCase):
    """Classes, turnover, minimum and maximum, and the cars that wait."""

    def _use(self, product, quantity, months):
        """Let the store have used some pieces so many months ago."""
        stock = self.warehouses[1].lot_stock_id
        self.env["stock.quant"].sudo()._update_available_quantity(
            product, stock, quantity
        )
        target = self.env["stock.location"].search(
            [
                ("usage", "=", "production"),
                ("company_id", "in", (self.store.id, False)),
            ],
            limit=1,
        )
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom": product.uom_id.id,
                "product_uom_qty": quantity,
                "location_id": stock.id,
                "location_dest_id": target.id,
                "company_id": self.store.id,
            }
        )
        move.quantity = quantity
        move.picked = True
        move._action_done()
        date = fields.Datetime.subtract(fields.Datetime.now(), months=months)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move SET date = %s WHERE id = %s", [date, move.id]
        )
        move.invalidate_recordset()

    def _product(self, cost):
        product = self.env["product.product"].create(
            {"name": f"Part of {cost}", "is_storable": True}
        )
        product.with_company(self.store).standard_price = cost
        return product

    def _figure(self, product):
        return self.env["auto.part.figure"].search(
            [("product_id", "=", product.id), ("company_id", "=", self.store.id)]
        )

    def test_classes_and_suggestion(self):
        dear, cheap, dead = (self._product(cost) for cost in (500, 1, 20))
        for months in (1, 2, 3, 4, 5, 6):
            self._use(dear, 10, months)
            self._use(cheap, 2, months)
        self._use(cheap, 50, 14)  # too long ago
        self.env["stock.quant"].sudo()._update_available_quantity(
            dead, self.warehouses[1].lot_stock_id, 3
        )
        self.env["stock.quant"].sudo().search(
            [("product_id", "=", dead.id)]
        ).in_date = fields.Datetime.subtract(fields.Datetime.now(), days=200)
        self.env["auto.part.figure"]._work_out(self.store)
        figures = {product: self._figure(product) for product in (dear, cheap, dead)}
        self.assertEqual(figures[dear].class_id.code, "A")
        self.assertEqual(figures[cheap].class_id.code, "C")
        self.assertEqual(figures[dear].consumed, 60)
        self.assertEqual(figures[cheap].consumed, 12)
        self.assertEqual(figures[dear].consumption_value, 30000)
        # 60 a year: 10 days of lead and safety, then 14 days of cover.
        self.assertEqual(figures[dear].suggested_min, 2)
        self.assertEqual(figures[dear].suggested_max, 5)
        self.assertEqual(figures[dear].order_qty, 5)
        self.assertTrue(figures[dead].is_slow)
        self.assertFalse(figures[dead].suggested_max)
        manager = figures[dear].with_user(self.service_manager)
        manager.action_apply()
        rule = self.env["stock.warehouse.orderpoint"].search(
            [("product_id", "=", dear.id)]
        )
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (2, 5))
        self.assertEqual(rule.trigger, "manual")
        self.assertFalse(figures[dear].differs)
        manager.action_apply()
        self.env["auto.part.figure"]._work_out(self.store)
        self.assertEqual(figures[dear].min_qty, 2)
        self.assertFalse(figures[dear].differs)
        with self.assertRaises(AccessError):
            figures[dear].with_user(self.adviser).action_apply()
        with self.assertRaises(AccessError):
            figures[dear].with_user(self.service_manager).write({"suggested_min": 9})

    def test_stock_keeper(self):
        """Who keeps the stock sees and sets them without a role."""
        product = self._product(10)
        for months in (1, 2):
            self._use(product, 5, months)
        self.env["auto.part.figure"]._work_out(self.store)
        keeper = new_test_user(
            self.env,
            "test_keeper",
            groups="stock.group_stock_user",
            company_id=self.store.id,
            company_ids=[(6, 0, self.store.ids)],
        )
        self._figure(product).with_user(keeper).action_apply()
        self.assertTrue(
            self.env["stock.warehouse.orderpoint"].search(
                [("product_id", "=", product.id)]
            )
        )

    def test_order_what_is_suggested(self):
        """One click writes the requests for quotation, once."""
        product = self._product(500)
        for months in (1, 2, 3, 4, 5, 6):
            self._use(product, 10, months)
        figures = self.env["auto.part.figure"]
        figures._work_out(self.store)
        figure = self._figure(product)
        wanted = figure.order_qty
        self.assertTrue(wanted)
        with self.assertRaises(AccessError):
            figure.with_user(self.adviser).action_order()
        manager = figure.with_user(self.service_manager)
        if "purchase.order" not in self.env:
            with self.assertRaises(UserError):
                manager.action_order()
            return
        with self.assertRaises(UserError), self.env.cr.savepoint():
            manager.action_order()  # nobody sells it
        self.env.invalidate_all()
        self.assertEqual(figure.order_qty, wanted, "nothing half done")
        supplier = self.env["res.partner"].create({"name": "Test supplier"})
        product.seller_ids = [
            Command.create({"partner_id": supplier.id, "company_id": False, "delay": 4})
        ]
        manager.action_order()
        lines = self.env["purchase.order.line"].search(
            [("product_id", "=", product.id)]
        )
        self.assertEqual(lines.order_id.partner_id, supplier)
        self.assertEqual(lines.order_id.company_id, self.store)
        self.assertEqual(sum(lines.mapped("product_qty")), wanted)
        with self.assertRaises(UserError):
            manager.action_order()
        figures._work_out(self.store)
        self.assertFalse(figure.order_qty, "the request counts")

    def test_given_back_does_not_count(self):
        repair = self._receive()
        self._job(repair, parts=2)
        self._agree(repair)
        repair.action_to_workshop()
        part = repair.line_ids.filtered(lambda line: line.kind == "part")
        part.action_issue()
        part.action_give_back()
        self.env["auto.part.figure"]._work_out(self.store)
        self.assertFalse(self._figure(self.part).consumed)

    def test_job(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "auto_crm_service.ir_cron_part_figures"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(self._figure(self.part))

    def test_shortage(self):
        """Which car waits for what, until when, and when it comes."""
        repair = self._receive(
            promised_on=fields.Datetime.add(fields.Datetime.now(), days=1)
        )
        self._job(repair, parts=8)
        self._agree(repair)
        repair.action_to_workshop()
        shortages = self.env["auto.part.shortage"].with_user(self.adviser)
        [row] = shortages.search([("repair_id", "=", repair.id)])
        self.assertEqual((row.needed, row.missing), (8, 3))
        self.assertTrue(row.is_late)
        repair.parts_expected = fields.Date.today()
        self.env.invalidate_all()
        self.assertFalse(row.is_late)
        self.env["stock.quant"].sudo()._update_available_quantity(
            self.part, self.warehouses[1].lot_stock_id, 10
        )
        repair.line_ids.filtered(lambda line: line.kind == "part").action_issue()
        self.assertFalse(shortages.search([("repair_id", "=", repair.id)]))


@tagged("post_install", "-at_install")
class TestFiguresRights(MatrixCase, FiguresCase):
    def test_part_figure(self):
        def make(store, user):
            product = self.env["product.product"].create({"name": "Matrix part"})
            return (
                self.env["auto.part.figure"].create(
                    {"product_id": product.id, "company_id": store.id}
                ),
                None,
            )

        self.check_matrix(
            "auto.part.figure",
            """
            adviser: R st
            service_manager: R st
            store_manager: R st
            head_office: R all
            auditor: R all
            """,
            make,
        )

    def test_declined_work(self):
        def make(store, user):
            number = 1 if store == self.stores[1] else 2
            vehicle = self._vehicle(self.owner, store=number)
            adviser = self.users["adviser", number]
            self.owner._join_store(store, "test")
            repair = self._receive(vehicle, user=adviser)
            job = self._job(repair, technician_id=False)
            self._agree(repair, lines=job.line_ids.browse(), declined=job.line_ids)
            return self._works(repair), None

        self.check_matrix(
            "auto.declined.work",
            """
            sales_manager: R st
            adviser: RU st
            service_manager: RU st
            store_manager: RU st
            head_office: R all
            auditor: R all
            """,
            make,
        )

    def _order_of(self, store, technician, **values):
        """Return the job of an order of a store, given to a technician of it."""
        number = 1 if store == self.stores[1] else 2
        adviser = self.users["adviser", number]
        vehicle = self._vehicle(self.owner, store=number)
        self.owner._join_store(store, "test")
        works_here = store in technician.company_ids
        technician = technician if works_here else self.users["technician", number]
        repair = self._receive(vehicle, user=adviser)
        return self._job(repair, technician_id=technician.id, **values)

    def test_comeback(self):
        def make(store, user):
            now, before = (self._order_of(store, user) for _time in range(2))
            comeback = self.env["auto.repair.comeback"].create(
                {
                    "job_id": now.id,
                    "earlier_job_id": before.id,
                    "company_id": store.id,
                    "earlier_company_id": store.id,
                    "technician_id": before.technician_id.id,
                    "date": fields.Date.today(),
                    "match": "operation",
                }
            )
            return comeback, None

        self.check_matrix(
            "auto.repair.comeback",
            """
            adviser: R st
            technician: R own
            service_manager: RU st
            store_manager: RU st
            head_office: R all
            auditor: R all
            """,
            make,
        )

    def test_shortage(self):
        def make(store, user):
            job = self._order_of(store, user, parts=50)
            self._agree(job.repair_id)
            job.repair_id.action_to_workshop()
            self.env.flush_all()
            line = job.line_ids.filtered(lambda one: one.kind == "part")
            return self.env["auto.part.shortage"].browse(line.id), None

        self.check_matrix(
            "auto.part.shortage",
            """
            adviser: R st
            service_manager: R st
            store_manager: R st
            head_office: R all
            auditor: R all
            """,
            make,
        )
