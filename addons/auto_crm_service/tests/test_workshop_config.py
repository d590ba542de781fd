from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestWorkshopConfig(ServiceCase):
    """Bays, technicians, labour operations and what an hour costs."""

    def test_most_particular_rate(self):
        """The rate of the trade and payer goes before one for all."""
        rates = self.env["auto.labour.rate"]
        rates.create(
            [
                {"rate": 260, "skill_id": self.paint.id},
                {"rate": 150, "pay_type": "warranty"},
                {"rate": 230, "skill_id": self.paint.id, "company_id": self.store.id},
            ]
        )
        here = rates._rates_for(self.store)
        self.assertEqual(here._rate_for(self.mechanical, "customer"), 200)
        self.assertEqual(here._rate_for(self.mechanical, "warranty"), 150)
        self.assertEqual(here._rate_for(self.paint, "customer"), 230)
        there = rates._rates_for(self.stores[2])
        self.assertEqual(there._rate_for(self.paint, "customer"), 260)

    @mute_logger("odoo.sql_db")
    def test_one_rate_each(self):
        """A second rate for the same store, trade and payer is refused."""
        with self.assertRaises(IntegrityError):
            self.env["auto.labour.rate"].create({"rate": 210})

    @mute_logger("odoo.sql_db")
    def test_standard_hours_bounds(self):
        """Standard hours are no negative number."""
        with self.assertRaises(IntegrityError):
            self.operation.standard_hours = -1

    def test_operations_that_fit(self):
        """Operations of other models and other stores are not offered."""
        operations = self.env["auto.labour.operation"]
        other = self.env["fleet.vehicle.model"].create(
            {"name": "Other Model", "brand_id": self.brand.id, "vehicle_type": "car"}
        )
        common = {"skill_id": self.mechanical.id, "name": "Brake fluid, replace"}
        mine, theirs, elsewhere = operations.create(
            [
                {**common, "code": "T-1", "model_ids": [(6, 0, self.model.ids)]},
                {**common, "code": "T-2", "model_ids": [(6, 0, other.ids)]},
                {**common, "code": "T-3", "company_id": self.stores[2].id},
            ]
        )
        fitting = operations.search(operations._domain_for(self.vehicle, self.store))
        self.assertIn(mine, fitting)
        self.assertIn(self.operation, fitting)
        self.assertNotIn(theirs, fitting)
        self.assertNotIn(elsewhere, fitting)

    def test_technician_of_the_store(self):
        """Nobody is a technician where they do not work."""
        with self.assertRaises(ValidationError):
            self.env["auto.technician"].create(
                {
                    "user_id": self.users["technician", 2].id,
                    "company_id": self.store.id,
                }
            )

    def test_used_skill_is_kept(self):
        """A trade that something uses is not deleted."""
        with self.assertRaises(UserError):
            self.mechanical.unlink()

    def test_rights(self):
        """The service manager keeps bays and files of the store, head office rates."""
        manager = self.service_manager
        bay = self.bays[1][0].with_user(manager)
        bay.note = "Two-post lift"
        with self.assertRaises(AccessError):
            self.bays[2][0].with_user(manager).note = "No"
        with self.assertRaises(AccessError):
            self.operation.with_user(manager).standard_hours = 9
        own = self.operation.with_user(manager).create(
            {
                "code": "OWN",
                "name": "Car wash",
                "skill_id": self.mechanical.id,
                "company_id": self.store.id,
            }
        )
        own.standard_hours = 0.2
        with self.assertRaises(AccessError):
            self.env["auto.labour.rate"].with_user(manager).create({"rate": 1})
        with self.assertRaises(AccessError):
            self.bays[1][0].with_user(self.adviser).note = "No"
        self.operation.with_user(self.users["head_office"]).standard_hours = 1.6
