from odoo import api
from odoo.tests import tagged

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE
from odoo.addons.auto_crm_base.tests.common_race import RaceCase


@tagged("post_install", "-at_install")
class TestComplaintConcurrency(RaceCase):
    """Deliveries at the same moment."""

    def prepare(self, env):
        china = env.ref("base.cn").id
        self.company_id = (
            env["res.company"].create({"name": "Raced desk", "country_id": china}).id
        )

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
            self.delete_rows(env, "auto_complaint", "id", complaints.ids)
            partners.unlink()
            self.put_away(env["res.company"].browse(self.company_id))

    def look(self, env, number):
        env["auto.complaint"].search_count([])

    def _race(self, deliveries):
        """Let all be delivered at once; return the complaints' ids."""

        def deliver(env, number):
            values, ref = deliveries[number]
            return env["auto.complaint"]._register_complaint(values, "web", ref).id

        results = self.race(
            deliver,
            [api.SUPERUSER_ID] * len(deliveries),
            {"allowed_company_ids": [self.company_id]},
        )
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
