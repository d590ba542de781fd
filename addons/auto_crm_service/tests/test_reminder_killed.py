import psycopg2

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.tests.common_race import RaceCase

CARS = 12
BATCH = 5


@tagged("post_install", "-at_install")
class TestReminderKilled(RaceCase):
    """The reminder job dies in the middle and runs again, on real connections."""

    def prepare(self, env):
        company = env["res.company"].create({"name": "Killed reminders"})
        owners = env["res.partner"].create(
            [
                {
                    "name": f"Reminded {number}",
                    "email": f"reminded{number}@example.com",
                    "is_auto_customer": True,
                    "auto_store_id": company.id,
                    "store_ids": [Command.set(company.ids)],
                }
                for number in range(CARS)
            ]
        )
        vehicles = env["auto.vehicle"].create(
            [
                {
                    "license_plate": f"浙K{number:05}",
                    "owner_id": owner.id,
                    "company_id": company.id,
                    "next_service_date": fields.Date.today(),
                }
                for number, owner in enumerate(owners)
            ]
        )
        rule = env["auto.followup.rule"].create(
            {
                "name": "Killed rule",
                "company_id": company.id,
                "active": False,
                "date_field_id": env["ir.model.fields"]
                ._get("auto.vehicle", "next_service_date")
                .id,
                "delivery": "email",
                "mail_template_id": env.ref("auto_crm_service.mail_template_season").id,
            }
        )
        self.company_id, self.rule_id = company.id, rule.id
        self.owner_ids, self.vehicle_ids = owners.ids, vehicles.ids

    def remove_committed(self):
        with self.committed() as env:
            followups = env["auto.followup"].search([("rule_id", "=", self.rule_id)])
            env["mail.mail"].search(
                [("model", "=", "auto.followup"), ("res_id", "in", followups.ids)]
            ).unlink()
            # Nobody deletes these in the product.
            for table, column, ids in (
                ("auto_followup", "rule_id", [self.rule_id]),
                ("auto_contact", "company_id", [self.company_id]),
                ("auto_vehicle_event", "vehicle_id", self.vehicle_ids),
                ("auto_vehicle_owner", "vehicle_id", self.vehicle_ids),
            ):
                self.delete_rows(env, table, column, ids)
            env["auto.vehicle"].browse(self.vehicle_ids).unlink()
            env["auto.followup.rule"].browse(self.rule_id).unlink()
            env["res.partner"].browse(self.owner_ids).unlink()
            self.put_away(env["res.company"].browse(self.company_id))

    def _counts(self):
        with self.committed() as env:
            followups = env["auto.followup"].search([("rule_id", "=", self.rule_id)])
            mails = env["mail.mail"].search_count(
                [("model", "=", "auto.followup"), ("res_id", "in", followups.ids)]
            )
            contacts = env["auto.contact"].search_count(
                [("company_id", "=", self.company_id)]
            )
            return (
                len(followups),
                len(followups.vehicle_id),
                len(followups.contact_id),
                mails,
                contacts,
            )

    def test_killed_and_run_again(self):
        """Each customer has one follow-up, one mail and one line in the log."""
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.Error),
            self.committed() as env,
        ):
            rule = env["auto.followup.rule"].browse(self.rule_id)
            batches = rule._generate_batches(BATCH)
            next(batches)
            env.cr.commit()  # pylint: disable=invalid-commit
            next(batches)
            env.flush_all()
            # The server's process dies here, as does its transaction.
            backend = env.cr._cnx.info.backend_pid
            with self.committed() as other:
                other.cr.execute("SELECT pg_terminate_backend(%s)", [backend])
            next(batches)
        self.assertEqual(self._counts(), (BATCH,) * 5)
        with self.committed() as env:
            env["auto.followup.rule"].browse(self.rule_id)._generate(BATCH)
        self.assertEqual(self._counts(), (CARS,) * 5)
        with self.committed() as env:
            again = env["auto.followup.rule"].browse(self.rule_id)._generate(BATCH)
        self.assertEqual(again, 0)
