import os
import threading
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import psycopg2

from odoo import api, fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

# A longer proof is asked for by the environment.
ROUNDS = int(os.environ.get("AUTO_CRM_RACE_ROUNDS", "10"))


@tagged("post_install", "-at_install")
class TestTestDriveConcurrency(TransactionCase):
    """Two book at once, each on a connection of its own."""

    def setUp(self):
        super().setUp()
        # What several connections must see has to be committed; removed after.
        with self.committed() as env:
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
            users = env["res.users"].create(
                [
                    {
                        "name": f"Raced consultant {number}",
                        "login": f"raced_drive_{company.id}_{number}",
                        "company_id": company.id,
                        "company_ids": [Command.set(company.ids)],
                    }
                    for number in range(2)
                ]
            )
            self.company_id, self.brand_id = company.id, brand.id
            self.model_id, self.partner_id = model.id, customer.id
            self.car_ids, self.user_ids = cars.ids, users.ids
        self.addCleanup(self.remove_committed)
        self.start = (fields.Datetime.now() + timedelta(days=3)).replace(
            hour=9, minute=0, second=0
        )

    @contextmanager
    def committed(self):
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '10s'")
            yield api.Environment(cr, api.SUPERUSER_ID, {})

    def remove_committed(self):
        with self.committed() as env:
            self._delete_drives(env)
            # Nobody deletes these in the product; the timeline refuses it.
            for table in ("auto_vehicle_event", "auto_odometer_reading"):
                env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE vehicle_id = ANY(%s)",
                        SQL.identifier(table),
                        self.car_ids,
                    )
                )
            cars = env["auto.vehicle"].browse(self.car_ids)
            env["mail.message"].search(
                [("model", "=", "auto.vehicle"), ("res_id", "in", cars.ids)]
            ).unlink()
            env.cr.execute(
                SQL("DELETE FROM auto_vehicle WHERE id = ANY(%s)", self.car_ids)
            )
            env["fleet.vehicle.model"].browse(self.model_id).unlink()
            env["fleet.vehicle.model.brand"].browse(self.brand_id).unlink()
            env["res.users"].browse(self.user_ids).active = False
            env["res.partner"].browse(self.partner_id).active = False
            # A company has too much hanging on it to be deleted.
            company = env["res.company"].browse(self.company_id)
            company.active = False
            company.name = f"Raced drives {company.id}"

    def _delete_drives(self, env):
        ids = self._drives(env).ids
        env["mail.message"].search(
            [("model", "=", "auto.test.drive"), ("res_id", "in", ids)]
        ).unlink()
        env.cr.execute(SQL("DELETE FROM auto_test_drive WHERE id = ANY(%s)", ids))

    def _drives(self, env):
        return env["auto.test.drive"].search([("company_id", "=", self.company_id)])

    def _race(self, call):
        """Let both call at once; return what each got."""
        barrier = threading.Barrier(2)
        results = {}

        def run(number):
            with self.registry.cursor() as cr:
                env = api.Environment(
                    cr, api.SUPERUSER_ID, {"allowed_company_ids": [self.company_id]}
                )
                # Both have looked before either books.
                self._drives(env)
                barrier.wait(30)
                try:
                    results[number] = retrying(partial(call, env, number), env)
                    cr.commit()  # pylint: disable=invalid-commit
                except UserError as error:
                    cr.rollback()
                    results[number] = str(error)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(len(results), 2, results)
        return sorted(results.values(), key=lambda text: text == "done")

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
        env.flush_all()
        return "done"

    def test_one_car_has_one_winner(self):
        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for _round in range(ROUNDS):
                results = self._race(
                    lambda env, number: self._book(env, number, user=number)
                )
                self.assertEqual(results[1], "done", results)
                self.assertRegex(results[0], "taken")
                with self.committed() as env:
                    self.assertEqual(len(self._drives(env)), 1)
                    self._delete_drives(env)

    def test_one_person_has_one_winner(self):
        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for _round in range(ROUNDS):
                results = self._race(
                    lambda env, number: self._book(env, number, car=number)
                )
                self.assertEqual(results[1], "done", results)
                self.assertRegex(results[0], "taken|another test drive")
                with self.committed() as env:
                    self.assertEqual(len(self._drives(env)), 1)
                    self._delete_drives(env)

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
            env.flush_all()
            return "done"

        with mute_logger("odoo.service.model", "odoo.sql_db"):
            results = self._race(move)
        self.assertEqual(results[1], "done", results)
        self.assertRegex(results[0], "taken")

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
