from datetime import date, timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.tests.vehicle_common import VehicleCase


@tagged("post_install", "-at_install")
class TestOwner(VehicleCase):
    def test_history(self):
        vehicle = self.new_vehicle(
            1, owner_id=self.anna.id, delivery_date=date(2024, 3, 1)
        )
        self.assertEqual(vehicle.owner_ids.date_start, date(2024, 3, 1))
        vehicle._change_owner(self.bob, date(2025, 5, 5), "Sold privately")
        self.assertEqual(vehicle.owner_id, self.bob)
        vehicle.invalidate_recordset(["owner_ids"])
        new, old = vehicle.owner_ids
        self.assertEqual((old.partner_id, old.date_end), (self.anna, date(2025, 5, 5)))
        self.assertEqual((new.partner_id, new.date_end), (self.bob, False))
        self.assertTrue(new.is_current)
        self.assertEqual(
            self.env["auto.vehicle.owner"].search(
                [("vehicle_id", "=", vehicle.id), ("is_current", "=", True)]
            ),
            new,
        )
        events = vehicle.event_ids.filtered(lambda event: event.kind == "owner")
        self.assertEqual(len(events), 2)
        self.assertNotIn("Bob", "".join(events.mapped("name")))
        # The same owner again is no change.
        vehicle._change_owner(self.bob)
        self.assertEqual(len(vehicle.owner_ids), 2)
        vehicle.owner_id = False
        self.assertFalse(vehicle.owner_id)
        self.assertFalse(vehicle.owner_ids.filtered("is_current"))

    def test_bad_dates(self):
        vehicle = self.new_vehicle(
            2, owner_id=self.anna.id, delivery_date=date(2024, 3, 1)
        )
        for day in (date(2024, 2, 1), fields.Date.today() + timedelta(days=9)):
            with self.assertRaises(UserError):
                vehicle._change_owner(self.bob, day)
        self.assertEqual(vehicle.owner_id, self.anna)
        self.assertEqual(len(vehicle.owner_ids), 1)

    @mute_logger("odoo.sql_db")
    def test_one_present_owner_in_the_database(self):
        vehicle = self.new_vehicle(3, owner_id=self.anna.id)
        with self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
            self.env["auto.vehicle.owner"].create(
                {
                    "vehicle_id": vehicle.id,
                    "partner_id": self.bob.id,
                    "date_start": date(2026, 1, 1),
                }
            )

    def test_history_is_not_written_by_hand(self):
        vehicle = self.new_vehicle(4, owner_id=self.anna.id)
        for user in (self.users["store_manager", 1], self.users["head_office"]):
            row = vehicle.owner_ids.with_user(user)
            with self.assertRaises(AccessError):
                row.write({"date_end": date(2026, 1, 1)})
            with self.assertRaises(AccessError):
                row.unlink()
            with self.assertRaises(AccessError):
                row.create(
                    {
                        "vehicle_id": vehicle.id,
                        "partner_id": self.bob.id,
                        "date_start": date(2026, 1, 1),
                    }
                )
        with self.assertRaises(UserError):
            vehicle.owner_ids.partner_id = self.bob

    def test_wizard(self):
        vehicle = self.new_vehicle(5, owner_id=self.anna.id)
        manager = self.users["store_manager", 1]
        action = vehicle.with_user(manager).action_change_owner()
        form = Form(
            self.env[action["res_model"]]
            .with_user(manager)
            .with_context(**action["context"])
        )
        form.partner_id = self.bob
        form.reason = "Sold privately"
        form.odometer = 8000
        form.save().action_confirm()
        self.assertEqual(vehicle.owner_id, self.bob)
        self.assertEqual(vehicle.odometer, 8000)
        with self.assertRaises(AccessError):
            vehicle.with_user(self.users["adviser", 1]).action_change_owner()
        wizard = self.env["auto.vehicle.change.owner"]
        with self.assertRaises(AccessError):
            wizard.with_user(self.users["consultant", 1]).create(
                {"vehicle_id": vehicle.id}
            )

    def test_privacy_stays_with_the_person(self):
        """Store 2 takes over the car: the history whole, the people not."""
        vehicle = self.new_vehicle(6, owner_id=self.anna.id, license_plate="京A66666")
        vehicle._record_odometer(100, source="repair")
        store_2 = self.vehicles_as("store_manager", 2)
        store_2._lookup(plate="京A66666")
        here = store_2.browse(vehicle.id)
        here.invalidate_recordset()
        # The present owner is not theirs yet.
        self.assertEqual(
            here.read(["owner_id"])[0]["owner_id"][1], "Owner of another store"
        )
        shown = here.web_read({"owner_id": {"fields": {"display_name": {}}}})
        self.assertEqual(shown[0]["owner_id"]["display_name"], "Owner of another store")
        groups = here.formatted_read_group(
            [("id", "=", vehicle.id)], ["owner_id"], ["__count"]
        )
        self.assertEqual(groups[0]["owner_id"][1], "Owner of another store")
        self.assertFalse(here.search([("owner_id.name", "=", "Anna")]))
        self.assertEqual(
            here.export_data(["vin", "owner_id", "owner_id/name"])["datas"],
            [[vehicle.vin, "", ""]],
        )
        # The car is sold to somebody of store 2.
        here._change_owner(self.carl.with_env(here.env), reason="Sold privately")
        here.invalidate_recordset()
        self.assertEqual(here.read(["owner_id"])[0]["owner_id"][1], "Carl")
        names = here.owner_ids.read(["partner_id"])
        self.assertEqual(
            [row["partner_id"][1] for row in names], ["Carl", "Former owner"]
        )
        self.assertEqual(here.odometer_ids.value, 100)
        self.assertTrue(here.event_ids.read(["name", "partner_id", "document_name"]))
        # And store 1 sees its own former customer, not the new owner.
        there = self.vehicles_as("store_manager", 1).browse(vehicle.id)
        there.invalidate_recordset()
        names = there.owner_ids.read(["partner_id"])
        self.assertEqual(
            [row["partner_id"][1] for row in names], ["Former owner", "Anna"]
        )
        self.assertNotIn("Carl", str(there.event_ids.read()))
