import os
import threading
from contextlib import contextmanager
from datetime import datetime, time, timedelta
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
class TestAppointmentConcurrency(TransactionCase):
    """Two at once on the last free time, each on a connection of its own."""

    def setUp(self):
        super().setUp()
        # What several connections must see has to be committed; removed after.
        with self.committed() as env:
            company = env["res.company"].create({"name": "Raced workshop"})
            company.resource_calendar_id.tz = "UTC"
            bay = env["auto.bay"].create({"name": "Raced", "company_id": company.id})
            kind = env["auto.appointment.type"].create({"name": "Raced work"})
            owner = env["res.partner"].create(
                {"name": "Raced owner", "store_ids": [Command.set(company.ids)]}
            )
            env["auto.appointment.setting"].create(
                {"company_id": company.id, "share": 100}
            )
            self.company_id, self.bay_id = company.id, bay.id
            self.type_id, self.partner_id = kind.id, owner.id
        self.addCleanup(self.remove_committed)
        monday = fields.Date.today() + timedelta(days=7)
        monday -= timedelta(days=monday.weekday())
        self.start = datetime.combine(monday, time(9))

    @contextmanager
    def committed(self):
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '10s'")
            yield api.Environment(cr, api.SUPERUSER_ID, {})

    def remove_committed(self):
        with self.committed() as env:
            self._delete_appointments(env)
            # Nobody deletes these in the product.
            for model in ("auto.appointment.day", "auto.appointment.setting"):
                env[model].search([("company_id", "=", self.company_id)]).unlink()
            env["auto.bay"].browse(self.bay_id).unlink()
            env["auto.appointment.type"].browse(self.type_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()
            # A company has too much hanging on it to be deleted.
            company = env["res.company"].browse(self.company_id)
            company.active = False
            company.name = f"Raced workshop {company.id}"

    def _delete_appointments(self, env):
        ids = self._appointments(env).ids
        env["mail.message"].search(
            [("model", "=", "auto.appointment"), ("res_id", "in", ids)]
        ).unlink()
        env.cr.execute(
            SQL("DELETE FROM auto_appointment WHERE company_id = %s", self.company_id)
        )

    def _appointments(self, env):
        return env["auto.appointment"].search([("company_id", "=", self.company_id)])

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
                free = env["auto.appointment"]._free_times(
                    env["res.company"].browse(self.company_id),
                    env["auto.appointment.type"].browse(self.type_id),
                    self.start.date(),
                    days=1,
                )
                if self.start not in free[0][1]:
                    results[number] = "not offered"
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
        return results

    def _book(self, env, number):
        env["auto.appointment"]._book(
            {
                "company_id": self.company_id,
                "partner_id": self.partner_id,
                "type_id": self.type_id,
                # Different moments that need the same bay.
                "start": self.start + timedelta(minutes=30 * number),
            }
        )
        return "done"

    def test_last_time_has_one_winner(self):
        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for _round in range(ROUNDS):
                results = sorted(self._race(self._book).values())
                self.assertEqual(results[-1], "done", results)
                self.assertIn("No bay for this work is free then", results[0])
                with self.committed() as env:
                    self.assertEqual(len(self._appointments(env)), 1)
                    self._delete_appointments(env)

    def test_one_request_sent_twice(self):
        """Of one request that comes twice at once, one appointment is made."""

        def send(env, _number):
            appointment = env["auto.appointment"]._book(
                {
                    "company_id": self.company_id,
                    "partner_id": self.partner_id,
                    "type_id": self.type_id,
                    "start": self.start,
                    "channel": "system",
                    "external_ref": "race",
                }
            )
            return str(appointment.id)

        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for _round in range(ROUNDS):
                results = self._race(send)
                self.assertEqual(results[0], results[1])
                with self.committed() as env:
                    self.assertEqual(len(self._appointments(env)), 1)
                    self._delete_appointments(env)

    def test_database_keeps_a_bay_for_one(self):
        """Whoever goes past the methods meets the database."""
        with self.committed() as env:
            self._book(env, 0)
        with (
            self.assertRaises(psycopg2.errors.ExclusionViolation),
            mute_logger("odoo.sql_db"),
            self.registry.cursor() as cr,
        ):
            cr.execute(
                SQL(
                    "INSERT INTO auto_appointment (name, company_id, partner_id,"
                    " type_id, bay_id, start, stop, hours, state, channel)"
                    " SELECT 'X', company_id, partner_id, type_id, bay_id,"
                    " start + interval '30 minutes', stop + interval '30 minutes',"
                    " hours, state, channel FROM auto_appointment"
                    " WHERE company_id = %s",
                    self.company_id,
                )
            )
