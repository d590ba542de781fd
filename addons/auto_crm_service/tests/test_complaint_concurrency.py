import threading
from contextlib import contextmanager
from functools import partial

from odoo import api
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE


@tagged("post_install", "-at_install")
class TestComplaintConcurrency(TransactionCase):
    """Deliveries at the same moment, each on a connection of its own."""

    def setUp(self):
        super().setUp()
        # What several connections must see has to be committed; removed after.
        with self.committed() as env:
            china = env.ref("base.cn").id
            self.company_id = (
                env["res.company"]
                .create({"name": "Raced desk", "country_id": china})
                .id
            )
        self.addCleanup(self.remove_committed)

    @contextmanager
    def committed(self):
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '10s'")
            yield api.Environment(cr, api.SUPERUSER_ID, {})

    def _known(self, env):
        return env["auto.complaint"].search([("company_id", "=", self.company_id)])

    def remove_committed(self):
        with self.committed() as env:
            complaints = self._known(env)
            partners = complaints.partner_id
            env["auto.contact"].search(
                [("complaint_id", "in", complaints.ids)]
            ).with_context(auto_erase=ERASE).unlink()
            complaints.event_ids.with_context(auto_erase=ERASE).unlink()
            env.flush_all()
            env.cr.execute(
                "DELETE FROM auto_complaint WHERE id = ANY(%s)", [complaints.ids]
            )
            env.invalidate_all()
            partners.unlink()
            # A company has too much hanging on it to be deleted.
            company = env["res.company"].browse(self.company_id)
            company.active = False
            company.name = f"Raced desk {company.id}"

    def _race(self, deliveries):
        """Let all be delivered at once; return the complaints' ids."""
        barrier = threading.Barrier(len(deliveries))
        results = {}

        def run(number, values, ref):
            with self.registry.cursor() as cr:
                env = api.Environment(
                    cr, api.SUPERUSER_ID, {"allowed_company_ids": [self.company_id]}
                )
                # Each has looked before any writes.
                env["auto.complaint"].search_count([])
                barrier.wait(30)
                register = env["auto.complaint"]._register_complaint
                done = retrying(partial(register, values, "web", ref), env)
                cr.commit()  # pylint: disable=invalid-commit
                results[number] = done.id

        threads = [
            threading.Thread(target=run, args=(number, *delivery))
            for number, delivery in enumerate(deliveries)
        ]
        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertEqual(len(results), len(deliveries), results)
        return set(results.values())

    def test_one_delivery_twice(self):
        values = {"name": "Raced", "phone": "13900139111", "description": "Bad"}
        for number in range(5):
            ids = self._race([(values, f"race-{number}")] * 2)
            self.assertEqual(len(ids), 1)
        with self.committed() as env:
            complaint = self._known(env)
            self.assertEqual(len(complaint), 1)
            self.assertEqual(complaint.contact_count, 5)
            self.assertEqual(len(complaint.partner_id), 1)

    def test_one_person_by_two_doors(self):
        person = {"name": "Raced", "phone": "13900139222"}
        ids = self._race(
            [({**person, "description": f"Bad {n}"}, f"door-{n}") for n in range(3)]
        )
        self.assertEqual(len(ids), 1, "one matter, one customer")
        with self.committed() as env:
            complaint = self._known(env)
            self.assertEqual(complaint.contact_count, 3)
            number = [("phone_sanitized", "=", complaint.partner_id.phone_sanitized)]
            self.assertEqual(env["res.partner"].search_count(number), 1)
