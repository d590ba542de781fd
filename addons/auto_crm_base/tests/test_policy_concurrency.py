import psycopg2.errors

from odoo import api
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE

from .common_race import RaceCase


@tagged("post_install", "-at_install")
class TestPolicyConcurrency(RaceCase):
    """Two people enter a policy of one car at once."""

    def prepare(self, env):
        self.vehicle_id = env["auto.vehicle"].create({"license_plate": "T2X"}).id
        insurer = {"name": "Insurer", "is_company": True}
        self.insurer_id = env["res.partner"].create(insurer).id

    def remove_committed(self):
        with self.committed() as env:
            vehicle = env["auto.vehicle"].browse(self.vehicle_id)
            policies = env["auto.insurance.policy"].with_context(active_test=False)
            policies.search([("vehicle_id", "=", vehicle.id)]).unlink()
            vehicle.event_ids.with_context(auto_erase=ERASE).unlink()
            vehicle.unlink()
            env["res.partner"].browse(self.insurer_id).unlink()

    def look(self, env, number):
        env["auto.insurance.policy"].search_count([])

    def _enter(self, env, number, **values):
        return env["auto.insurance.policy"].create(
            {
                "number": f"T-{number}",
                "vehicle_id": self.vehicle_id,
                "insurer_id": self.insurer_id,
                "kind": "compulsory",
                "date_start": "2026-01-01",
                "date_end": "2026-12-31",
                **values,
            }
        )

    def test_at_once(self):
        def enter(env, number):
            self._enter(env, number)
            return "done"

        self.assert_one_done(self.race(enter), "another")
        with self.committed() as env:
            vehicle = env["auto.vehicle"].browse(self.vehicle_id)
            self.assertEqual(len(vehicle.policy_ids), 1)

    def test_with_an_old_snapshot(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            one, two = (
                api.Environment(cr, api.SUPERUSER_ID, {}) for cr in (first, second)
            )
            two["auto.insurance.policy"].search_count([])
            self._enter(one, 1)
            first.commit()
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.ExclusionViolation),
            ):
                self._enter(two, 2)
            second.rollback()

    def test_what_is_allowed(self):
        """The next year, another kind, one that is archived, and one kept free."""
        with self.committed() as env:
            first = self._enter(env, 1)
            self._enter(env, 2, kind="commercial")
            self._enter(env, 3, date_start="2027-01-01", date_end="2027-12-31")
            self._enter(env, 4, kind="other")
            self._enter(env, 5, kind="other")
            first.active = False
            second = self._enter(env, 6)
            (first | second).write({"active": False})
            second.active = True
            with self.assertRaises(ValidationError), env.cr.savepoint():
                # Alone at it, one is told in words with which policy it collides.
                first.active = True
