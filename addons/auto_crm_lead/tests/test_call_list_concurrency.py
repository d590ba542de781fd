from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.common_race import RaceCase, rounds

ROUNDS = rounds(5)
AGENTS = 4


@tagged("post_install", "-at_install")
class TestCallListConcurrency(RaceCase):
    """Agents who ask at once whom to call."""

    def prepare(self, env):
        company = env.company
        users = self.new_racers(
            env, company, "auto_crm_base.group_callcentre", count=AGENTS
        )
        partners = env["res.partner"].create(
            [
                {
                    "name": f"Raced person {number}",
                    "phone": f"+86137001599{number:02d}",
                    "store_ids": [Command.set(company.ids)],
                }
                for number in range(AGENTS - 1)
            ]
        )
        one = env["auto.call.list"].create(
            {
                "name": "Raced list",
                "source": "partner",
                "partner_domain": repr([("id", "in", partners.ids)]),
                "company_id": company.id,
                "hour_from": 0,
                "hour_to": 24,
            }
        )
        one._fill()
        one.action_start()
        self.user_ids, self.list_id = users.ids, one.id
        self.partner_ids = partners.ids

    def remove_committed(self):
        with self.committed() as env:
            self.delete_rows(env, "auto_call", "create_uid", self.user_ids)
            self.delete_rows(env, "auto_call_list", "id", [self.list_id])
            self.delete_rows(env, "auto_access_log", "user_id", self.user_ids)
            env["res.partner"].browse(self.partner_ids).unlink()
            self.remove_users(env["res.users"].browse(self.user_ids))

    def look(self, env, number):
        env["auto.call.list"].browse(self.list_id).read(["name"])

    def _take(self, env, _number):
        env["auto.call.list"].browse(self.list_id).action_next()
        held = env["auto.call.list"]._held()
        return held.sudo().partner_id.id

    def _race(self, user_ids):
        """Let these agents ask for the next person; return whom each got."""
        return list(self.race(self._take, user_ids).values())

    def _put_back(self):
        with self.committed() as env:
            entries = env["auto.call.list"].browse(self.list_id).entry_ids
            entries._step(state="waiting", user_id=False, taken_date=False)

    def test_one_person_for_one_agent(self):
        for _round in range(ROUNDS):
            got = self._race(self.user_ids)
            people = [person for person in got if person]
            self.assertEqual(sorted(people), sorted(self.partner_ids), got)
            self._put_back()

    def test_one_agent_in_two_windows(self):
        for _round in range(ROUNDS):
            first, second = self._race(self.user_ids[:1] * 2)
            self.assertTrue(first)
            self.assertEqual(first, second)
            self._put_back()
