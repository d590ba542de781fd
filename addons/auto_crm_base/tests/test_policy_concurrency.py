import threading
from contextlib import contextmanager
from functools import partial

import psycopg2.errors

from odoo import api
from odoo.exceptions import ValidationError
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE

ENTERING = 2


@tagged("post_install", "-at_install")
class TestPolicyConcurrency(TransactionCase):
    """Two people enter a policy of one car at once, each on a connection of its own."""

    def setUp(self):
        super().setUp()
        # What several connections must see has to be committed; removed after.
        with self.committed() as env:
            self.vehicle_id = env["auto.vehicle"].create({"license_plate": "T2X"}).id
            self.insurer_id = (
                env["res.partner"].create({"name": "Insurer", "is_company": True}).id
            )
        self.addCleanup(self.remove_committed)

    @contextmanager
    def committed(self):
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '10s'")
            yield api.Environment(cr, api.SUPERUSER_ID, {})

    def remove_committed(self):
        with self.committed() as env:
            vehicle = env["auto.vehicle"].browse(self.vehicle_id)
            policies = env["auto.insurance.policy"].with_context(active_test=False)
            policies.search([("vehicle_id", "=", vehicle.id)]).unlink()
            vehicle.event_ids.with_context(auto_erase=ERASE).unlink()
            vehicle.unlink()
            env["res.partner"].browse(self.insurer_id).unlink()

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
        barrier = threading.Barrier(ENTERING)
        results = []

        def enter(number):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, api.SUPERUSER_ID, {})
                # Both have looked before either has written.
                env["auto.insurance.policy"].search_count([])
                barrier.wait()
                try:
                    retrying(partial(self._enter, env, number), env)
                    results.append("entered")
                except ValidationError as error:
                    cr.rollback()
                    results.append(error.args[0])

        threads = [
            threading.Thread(target=enter, args=(number,)) for number in range(ENTERING)
        ]
        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertEqual(results.count("entered"), 1, results)
        [refusal] = [result for result in results if result != "entered"]
        self.assertIn("another", refusal)
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
