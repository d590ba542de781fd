from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.auto_crm_base.tests.common_race import RaceCase, rounds

ROUNDS = rounds(10)


@tagged("post_install", "-at_install")
class TestTestDriveConcurrency(RaceCase):
    """Two book at once."""

    def prepare(self, env):
        company = env["res.company"].create({"name": "Raced drives"})
        brand = env["fleet.vehicle.model.brand"].create({"name": "Raced brand"})
        model = env["fleet.vehicle.model"].create(
            {"name": "Raced model", "brand_id": brand.id}
        )
        cars = env["auto.vehicle"].create(
            [
                {
                    "license_plate": f"RACED{number}",
                    "model_id": model.id,
                    "company_id": company.id,
                    "store_ids": [Command.link(company.id)],
                    "supply_state": "out",
                    "sale_state": "free",
                    "is_demo": True,
                }
                for number in range(2)
            ]
        )
        customer = env["res.partner"].create(
            {"name": "Raced driver", "store_ids": [Command.set(company.ids)]}
        )
        users = self.new_racers(env, company, "auto_crm_base.group_consultant")
        self.company_id, self.brand_id = company.id, brand.id
        self.model_id, self.partner_id = model.id, customer.id
        self.car_ids, self.user_ids = cars.ids, users.ids
        self.start = (fields.Datetime.now() + timedelta(days=3)).replace(
            hour=9, minute=0, second=0
        )

    def remove_committed(self):
        with self.committed() as env:
            self._delete_drives(env)
            # Nobody deletes these in the product; the timeline refuses it.
            for table in ("auto_vehicle_event", "auto_odometer_reading"):
                self.delete_rows(env, table, "vehicle_id", self.car_ids)
            cars = env["auto.vehicle"].browse(self.car_ids)
            env["mail.message"].search(
                [("model", "=", "auto.vehicle"), ("res_id", "in", cars.ids)]
            ).unlink()
            self.delete_rows(env, "auto_vehicle", "id", self.car_ids)
            env["fleet.vehicle.model"].browse(self.model_id).unlink()
            env["fleet.vehicle.model.brand"].browse(self.brand_id).unlink()
            env["res.users"].browse(self.user_ids).active = False
            env["res.partner"].browse(self.partner_id).active = False
            self.put_away(env["res.company"].browse(self.company_id))

    def _delete_drives(self, env):
        ids = self._drives(env).ids
        env["mail.message"].search(
            [("model", "=", "auto.test.drive"), ("res_id", "in", ids)]
        ).unlink()
        self.delete_rows(env, "auto_test_drive", "id", ids)

    def _drives(self, env):
        return env["auto.test.drive"].search([("company_id", "=", self.company_id)])

    def look(self, env, number):
        self._drives(env)

    def _race(self, call):
        context = {"allowed_company_ids": [self.company_id]}
        return self.race(call, context=context)

    def _book(self, env, number, car=0, user=0):
        env["auto.test.drive"].create(
            {
                "company_id": self.company_id,
                "partner_id": self.partner_id,
                "vehicle_id": self.car_ids[car],
                "user_id": self.user_ids[user],
                # Different moments that meet.
                "start": self.start + timedelta(minutes=15 * number),
                "hours": 1,
            }
        )
        return "done"

    def _race_to_book(self, differs, told):
        """Let two book at once who differ in one thing only."""
        for _round in range(ROUNDS):
            results = self._race(
                lambda env, number: self._book(env, number, **{differs: number})
            )
            self.assert_one_done(results, told)
            with self.committed() as env:
                self.assertEqual(len(self._drives(env)), 1)
                self._delete_drives(env)

    def test_one_car_has_one_winner(self):
        self._race_to_book("user", "taken")

    def test_one_person_has_one_winner(self):
        self._race_to_book("car", "taken|another test drive")

    def test_moving_into_one_gap(self):
        """Two are moved at once into the same free hour."""
        with self.committed() as env:
            for number in range(2):
                drive = env["auto.test.drive"].create(
                    {
                        "company_id": self.company_id,
                        "partner_id": self.partner_id,
                        "vehicle_id": self.car_ids[0],
                        "user_id": self.user_ids[number],
                        "start": self.start + timedelta(hours=3 * (number + 1)),
                        "hours": 1,
                    }
                )
                self.assertTrue(drive)

        def move(env, number):
            self._drives(env).sorted("id")[number].start = self.start
            return "done"

        self.assert_one_done(self._race(move), "taken")

    def test_database_keeps_car_and_person_for_one(self):
        """Whoever goes past the methods meets the database."""
        with self.committed() as env:
            self._book(env, 0)
        for car, user in ((0, 1), (1, 0)):
            with (
                self.subTest(car=car, user=user),
                self.assertRaises(psycopg2.errors.ExclusionViolation),
                mute_logger("odoo.sql_db"),
                self.registry.cursor() as cr,
            ):
                cr.execute(
                    SQL(
                        "INSERT INTO auto_test_drive (name, company_id, partner_id,"
                        " vehicle_id, user_id, start, stop, hours, state)"
                        " SELECT 'X', company_id, partner_id, %s, %s,"
                        " start + interval '30 minutes',"
                        " stop + interval '30 minutes', hours, state"
                        " FROM auto_test_drive WHERE company_id = %s",
                        self.car_ids[car],
                        self.user_ids[user],
                        self.company_id,
                    )
                )
