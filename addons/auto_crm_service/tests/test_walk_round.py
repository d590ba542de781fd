from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCase
from .test_estimate import PIXEL


@tagged("post_install", "-at_install")
class TestWalkRound(ServiceCase):
    """Damage on the outline of the car, and the customer's signature."""

    def _mark(self, repair, **values):
        return (
            self.env["auto.damage.mark"]
            .with_env(repair.env)
            .create({"repair_id": repair.id, "x": 40, "y": 60, **values})
        )

    def test_signed(self):
        """What the customer has signed does not change any more."""
        repair = self._receive()
        mark = self._mark(repair, kind="dent", note="3 cm")
        photo = (
            self.env["auto.repair.photo"]
            .with_env(repair.env)
            .create({"mark_id": mark.id, "image": PIXEL})
        )
        self.assertEqual(photo.repair_id, repair)
        repair.write({"fuel_level": "50", "belongings": "Umbrella"})
        for name, signature, words in (
            (" ", PIXEL, "who signs"),
            ("Car Owner", "", "let the customer sign"),
            ("Car Owner", "%%", "let the customer sign"),
            ("Car Owner", None, "let the customer sign"),
        ):
            with self.assertRaisesRegex(UserError, words):
                repair.sign_walk_round(name, signature)
        data = repair.sign_walk_round("Car Owner", PIXEL)
        self.assertFalse(data["may_write"])
        self.assertEqual(data["signed_by"], "Car Owner")
        self.assertEqual(data["marks"][0]["photos"], photo.ids)
        for call in (
            lambda: mark.write({"note": "30 cm"}),
            mark.unlink,
            photo.unlink,
            lambda: self._mark(repair),
            lambda: repair.write({"fuel_level": "0"}),
            lambda: repair.sign_walk_round("Somebody", PIXEL),
            lambda: repair.write({"walk_round_signed_by": "Somebody"}),
        ):
            with self.assertRaises(UserError):
                call()
        made = self._receive(self._vehicle(self.owner), walk_round_signed_by="Me")
        self.assertFalse(made.walk_round_signed_by)

    def test_last_visit(self):
        """Damage of the last visit is known at the next one."""
        first = self._receive()
        self._mark(first, kind="rust")
        later = self._receive()
        self.assertEqual(later.walk_round()["last"][0]["kind"], "rust")
        self.assertFalse(first.walk_round()["last"])

    def test_bad_places(self):
        """A mark lies on the outline."""
        repair = self._receive()
        for values in ({"x": -1}, {"y": 101}):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._mark(repair, **values).flush_recordset()
        mark = self._mark(repair)
        other = self._receive(self._vehicle(self.owner))
        with self.assertRaisesRegex(UserError, "stays with"):
            mark.repair_id = other

    def test_rights(self):
        """Advisers mark, technicians look, other stores see nothing."""
        repair = self._receive()
        mark = self._mark(repair)
        self._job(repair)
        mine = mark.with_user(self.technician)
        self.assertEqual(mine.kind, "scratch")
        with self.assertRaises(AccessError):
            mine.note = "x"
        with self.assertRaises(AccessError):
            repair.with_user(self.technician).sign_walk_round("x", PIXEL)
        other = self.env["auto.damage.mark"].with_user(self.users["adviser", 2])
        self.assertNotIn(mark.id, other.search([]).ids)
        self.assertTrue(mark.with_user(self.users["auditor"]).has_access("read"))
        self.assertFalse(mark.with_user(self.users["auditor"]).has_access("write"))

    def test_print(self):
        """The reception sheet shows the marks on the outline."""
        repair = self._receive()
        self._mark(repair, note="Under the handle")
        html = (
            self.env["ir.actions.report"]
            .with_user(self.adviser)
            ._render_qweb_html("auto_crm_service.report_repair_reception", repair.ids)[
                0
            ]
            .decode()
        )
        self.assertIn("Under the handle", html)
        self.assertIn("left: 40.0%", html)
        self.assertIn("data:image/svg+xml;base64,", html)
