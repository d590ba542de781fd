from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestServicePackage(ServiceCase):
    """Work and parts that are sold together."""

    def _package(self, **values):
        return self.env["auto.service.package"].create(
            {
                "code": "PK-1",
                "name": "Brake package",
                "line_ids": [
                    (0, 0, {"operation_id": self.operation.id}),
                    (0, 0, {"product_id": self.part.id, "quantity": 2}),
                ],
                **values,
            }
        )

    def test_added_with_one_click(self):
        """One click makes a job with labour and parts at their own prices."""
        package = self._package()
        self.assertEqual(package.hours, 1.5, "the operation's standard hours")
        repair = self._receive()
        action = repair.action_packages()
        found = package.with_user(self.adviser).search(action["domain"])
        self.assertIn(package, found)
        found.filtered(lambda one: one == package).with_context(
            **action["context"]
        ).action_add()
        job = repair.job_ids
        self.assertEqual(job.concern, "Brake package")
        self.assertEqual(job.package_id, package)
        self.assertEqual(job.amount_total, 1.5 * 200 + 2 * 480)
        self.assertEqual(repair.to_decide_count, 2, "the customer is asked")
        with self.assertRaisesRegex(UserError, "is used by"):
            package.unlink()

    def test_price_of_the_package(self):
        """The price of a package is shared among its lines, to the cent."""
        repair = self._receive()
        for number, price in enumerate((999.99, 1000, 0)):
            package = self._package(code=f"PK-{number}", pricing="package", price=price)
            job = package._add_to(repair)
            self.assertAlmostEqual(sum(job.line_ids.mapped("price_subtotal")), price)
            self.assertEqual(set(job.line_ids.mapped("discount")), {0})

    def test_fits(self):
        """Packages of other models and stores are neither shown nor added."""
        other_model = self._package(model_ids=[(6, 0, self.model.copy().ids)])
        other_store = self._package(code="PK-2", company_id=self.stores[2].id)
        empty = self._package(code="PK-3", line_ids=False)
        repair = self._receive()
        shown = self.env["auto.service.package"].search(
            repair.action_packages()["domain"]
        )
        self.assertFalse(shown & (other_model | other_store))
        for package in (other_model, other_store, empty):
            with self.assertRaisesRegex(UserError, "does not fit"):
                package._add_to(repair)
        with self.assertRaisesRegex(UserError, "from a repair order"):
            self._package(code="PK-4").action_add()

    def test_rights_and_numbers(self):
        """Those of all stores are head office's; a line is one thing."""
        package = self._package()
        with self.assertRaises(AccessError):
            package.with_user(self.adviser).price = 1
        with self.assertRaises(AccessError):
            package.with_user(self.service_manager).price = 1
        with self.assertRaises(AccessError):
            package.line_ids[0].with_user(self.service_manager).quantity = 9
        own = self._package(code="PK-5", company_id=self.store.id)
        own.with_user(self.service_manager).price = 1
        for values in ({"quantity": 0}, {"operation_id": False}):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                package.line_ids[0].write(values)
                package.line_ids.flush_recordset()


@tagged("post_install", "-at_install")
class TestSubstitutes(ServiceCase):
    """Another part in the place of one that is short."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.newer, cls.other, cls.newest = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "is_storable": True,
                    "list_price": price,
                    "taxes_id": [(5,)],
                }
                for name, price in (("Newer", 520), ("Other", 400), ("Newest", 560))
            ]
        )
        pairs = cls.env["auto.part.substitute"]
        cls.pair = pairs.create(
            {"product_id": cls.part.id, "substitute_id": cls.newer.id}
        )
        pairs.create(
            [
                {"product_id": cls.newer.id, "substitute_id": cls.newest.id},
                {
                    "product_id": cls.other.id,
                    "substitute_id": cls.part.id,
                    "kind": "alternative",
                },
            ]
        )
        cls.env["stock.quant"]._update_available_quantity(
            cls.newest, cls.warehouses[1].lot_stock_id, 9
        )

    def test_known(self):
        """Over several steps, alternatives both ways, supersession one way."""
        pairs = self.env["auto.part.substitute"]
        self.assertEqual(
            set(pairs._substitutes_of(self.part)), {self.newer, self.newest, self.other}
        )
        self.assertFalse(pairs._substitutes_of(self.newest))
        self.assertIn(self.part, pairs._substitutes_of(self.other))
        with self.assertRaises(ValidationError):
            pairs.create({"product_id": self.newest.id, "substitute_id": self.part.id})

    def test_swap(self):
        """One click takes the part that is there; a dearer one is asked for."""
        repair = self._receive()
        job = self._job(repair, parts=7)
        line = job.line_ids.filtered(lambda one: one.kind == "part")
        self.assertTrue(line.is_short)
        self.assertTrue(line.has_substitute)
        self._agree(repair)
        action = line.with_user(self.adviser).action_substitutes()
        swap = (
            self.env["auto.part.swap"].with_user(self.adviser).browse(action["res_id"])
        )
        self.assertEqual(swap.choice_ids[0].product_id, self.newest, "it is there")
        self.assertEqual(swap.choice_ids[0].qty_free, 9)
        swap.choice_ids[0].action_take()
        self.assertEqual(line.product_id, self.newest)
        self.assertEqual(line.price_unit, 560)
        self.assertFalse(line.is_short)
        self.assertEqual(line.decision, "proposed", "it is dearer")
        with self.assertRaisesRegex(UserError, "does not stand in"):
            line._substitute(self.part)

    def test_not_after_issue(self):
        """What was issued is given back first."""
        repair = self._receive()
        job = self._job(repair, parts=1)
        self._agree(repair)
        repair.action_to_workshop()
        line = job.line_ids.filtered(lambda one: one.kind == "part")
        line.action_issue()
        with self.assertRaisesRegex(UserError, "give it back"):
            line._substitute(self.newer)
        labour = job.line_ids - line
        with self.assertRaisesRegex(UserError, "Nothing is known"):
            labour.action_substitutes()


@tagged("post_install", "-at_install")
class TestPartMissing(ServiceCase):
    """A technician puts a car aside."""

    def test_wait(self):
        """The clock stops, the adviser is told, the order waits."""
        repair = self._receive(user_id=self.adviser.id)
        job = self._job(repair)
        self._agree(repair)
        repair.action_to_workshop()
        mine = job.with_user(self.technician)
        mine.action_start()
        waits = self.env["auto.repair.wait"].with_user(self.technician)
        with self.assertRaisesRegex(UserError, "which part"):
            waits.create({"job_id": job.id, "reason": " "}).action_wait()
        waits.create({"job_id": job.id, "reason": "Pads"}).action_wait()
        self.assertEqual(repair.service_state, "parts")
        self.assertEqual(repair.parts_reason, "Pads")
        self.assertEqual(job.time_ids.pause_reason, "parts")
        self.assertEqual(repair.sudo().activity_ids.user_id, self.adviser)
        mine.action_start()
        self.assertEqual(repair.service_state, "working")
        job.technician_id = False
        with self.assertRaises(AccessError):
            waits.create({"job_id": job.id, "reason": "x"}).action_wait()
