from datetime import datetime, time, timedelta

import psycopg2

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.auto_crm_base.tests.common_race import RaceCase, rounds

ROUNDS = rounds(10)


@tagged("post_install", "-at_install")
class TestAppointmentConcurrency(RaceCase):
    """Two at once on the last free time."""

    def prepare(self, env):
        company = env["res.company"].create({"name": "Raced workshop"})
        company.resource_calendar_id.tz = "UTC"
        bay = env["auto.bay"].create({"name": "Raced", "company_id": company.id})
        kind = env["auto.appointment.type"].create({"name": "Raced work"})
        owner = env["res.partner"].create(
            {"name": "Raced owner", "store_ids": [Command.set(company.ids)]}
        )
        env["auto.appointment.setting"].create({"company_id": company.id, "share": 100})
        self.company_id, self.bay_id = company.id, bay.id
        self.type_id, self.partner_id = kind.id, owner.id
        monday = fields.Date.today() + timedelta(days=7)
        monday -= timedelta(days=monday.weekday())
        self.start = datetime.combine(monday, time(9))

    def remove_committed(self):
        with self.committed() as env:
            self._delete_appointments(env)
            # Nobody deletes these in the product.
            for model in ("auto.appointment.day", "auto.appointment.setting"):
                env[model].search([("company_id", "=", self.company_id)]).unlink()
            env["auto.bay"].browse(self.bay_id).unlink()
            env["auto.appointment.type"].browse(self.type_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()
            self.put_away(env["res.company"].browse(self.company_id))

    def _delete_appointments(self, env):
        ids = self._appointments(env).ids
        env["mail.message"].search(
            [("model", "=", "auto.appointment"), ("res_id", "in", ids)]
        ).unlink()
        self.delete_rows(env, "auto_appointment", "company_id", [self.company_id])

    def _appointments(self, env):
        return env["auto.appointment"].search([("company_id", "=", self.company_id)])

    def look(self, env, number):
        """See the times that are offered."""
        free = env["auto.appointment"]._free_times(
            env["res.company"].browse(self.company_id),
            env["auto.appointment.type"].browse(self.type_id),
            self.start.date(),
            days=1,
        )
        self.assertIn(self.start, free[0][1])

    def _race(self, call):
        context = {"allowed_company_ids": [self.company_id]}
        return self.race(call, context=context)

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
        for _round in range(ROUNDS):
            self.assert_one_done(
                self._race(self._book), "No bay for this work is free then"
            )
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
