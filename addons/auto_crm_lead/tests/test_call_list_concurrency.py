import os
import threading
from contextlib import contextmanager
from functools import partial

from odoo import api
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

# A longer proof is asked for by the environment.
ROUNDS = int(os.environ.get("AUTO_CRM_RACE_ROUNDS", "5"))
AGENTS = 4


@tagged("post_install", "-at_install")
class TestCallListConcurrency(TransactionCase):
    """Agents who ask at once, each on a connection of their own."""

    def setUp(self):
        super().setUp()
        # What several connections must see has to be committed; removed after.
        with self.committed() as env:
            company = env.company
            group = env.ref("auto_crm_base.group_callcentre")
            users = env["res.users"].create(
                [
                    {
                        "name": f"Raced agent {number}",
                        "login": f"raced_agent_{number}",
                        "group_ids": [Command.set(group.ids)],
                        "company_id": company.id,
                        "company_ids": [Command.set(company.ids)],
                    }
                    for number in range(AGENTS)
                ]
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
        self.addCleanup(self.remove_committed)

    @contextmanager
    def committed(self):
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '10s'")
            yield api.Environment(cr, api.SUPERUSER_ID, {})

    def remove_committed(self):
        with self.committed() as env:
            env.cr.execute(
                SQL(
                    "DELETE FROM auto_call WHERE create_uid IN %s",
                    tuple(self.user_ids),
                )
            )
            env.cr.execute(
                SQL("DELETE FROM auto_call_list WHERE id = %s", self.list_id)
            )
            env.cr.execute(
                SQL(
                    "DELETE FROM auto_access_log WHERE user_id IN %s",
                    tuple(self.user_ids),
                )
            )
            env["res.partner"].browse(self.partner_ids).unlink()
            users = env["res.users"].browse(self.user_ids)
            people = users.partner_id
            users.unlink()
            people.unlink()

    def _take(self, env):
        env["auto.call.list"].browse(self.list_id).action_next()
        held = env["auto.call.list"]._held()
        return held.sudo().partner_id.id

    def _race(self, user_ids):
        """Let these agents ask for the next person at once; return whom each got."""
        barrier = threading.Barrier(len(user_ids))
        results = []

        def run(user_id):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, user_id, {})
                env["auto.call.list"].browse(self.list_id).read(["name"])
                barrier.wait(30)  # all have looked before any takes
                results.append(retrying(partial(self._take, env), env))
                cr.commit()  # pylint: disable=invalid-commit

        threads = [threading.Thread(target=run, args=(id_,)) for id_ in user_ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(len(results), len(user_ids), results)
        return results

    def _put_back(self):
        with self.committed() as env:
            entries = env["auto.call.list"].browse(self.list_id).entry_ids
            entries._step(state="waiting", user_id=False, taken_date=False)

    def test_one_person_for_one_agent(self):
        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for _round in range(ROUNDS):
                got = self._race(self.user_ids)
                people = [person for person in got if person]
                self.assertEqual(sorted(people), sorted(self.partner_ids), got)
                self._put_back()

    def test_one_agent_in_two_windows(self):
        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for _round in range(ROUNDS):
                first, second = self._race(self.user_ids[:1] * 2)
                self.assertTrue(first)
                self.assertEqual(first, second)
                self._put_back()
