import os
import threading
import time
from contextlib import contextmanager
from functools import partial

from odoo import api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import TransactionCase
from odoo.tools import SQL, mute_logger


def rounds(usual):
    """Return how often a race is run: ``usual``, unless a longer proof is asked for."""
    return int(os.environ.get("AUTO_CRM_RACE_ROUNDS", usual))


class RaceCase(TransactionCase):
    """Several people at once, each on a database connection of its own.

    What several connections must see has to be committed: ``prepare`` makes it, and
    ``remove_committed`` takes it away again, also what the races left.
    """

    def setUp(self):
        super().setUp()
        self.times = {}
        with self.committed() as env:
            self.prepare(env)
        self.addCleanup(self.remove_committed)

    def prepare(self, env):
        """Make what the racers race for, and keep the ids on ``self``."""
        raise NotImplementedError

    def remove_committed(self):
        """Delete what ``prepare`` and the races made."""
        raise NotImplementedError

    @contextmanager
    def committed(self):
        """Work as the system on a connection of its own, committed at the end."""
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '10s'")
            yield api.Environment(cr, api.SUPERUSER_ID, {})

    def look(self, env, number):
        """Read what a racer sees before anybody acts: the snapshot becomes old."""
        raise NotImplementedError

    def race(self, call, users=(api.SUPERUSER_ID,) * 2, context=None):
        """Let one racer for each of ``users`` make ``call(env, number)`` at once.

        It is repeated and committed as Odoo does with a request.
        From when to when each took is in ``times``.

        :param users: their ids
        :return: by number of the racer what ``call`` returned, or the words of the
            ``UserError`` that it was told
        """
        barrier = threading.Barrier(len(users))
        results = {}

        def run(number, user_id):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, user_id, context or {})
                self.look(env, number)
                barrier.wait(30)
                start = time.monotonic()
                try:
                    result = retrying(partial(call, env, number), env)
                except UserError as error:
                    cr.rollback()
                    result = str(error)
                self.times[number] = (start, time.monotonic())
                results[number] = result

        threads = [
            threading.Thread(target=run, args=racer) for racer in enumerate(users)
        ]
        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertEqual(len(results), len(users), results)
        return results

    def assert_one_done(self, results, told):
        """Check that one of two racers returned "done" and the other was told why.

        :param str told: a pattern of the words
        """
        first, second = sorted(results.values(), key=lambda result: result == "done")
        self.assertEqual(second, "done", results)
        self.assertNotEqual(first, "done", results)
        self.assertRegex(first, told)

    @staticmethod
    def new_racers(env, company, *groups, count=2):
        """Return users of a store in ``groups``, whose words are English."""
        return env["res.users"].create(
            [
                {
                    "name": f"Racer {number}",
                    "login": f"racer_{company.id}_{number}",
                    "lang": "en_US",
                    "group_ids": [Command.set([env.ref(one).id for one in groups])],
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                }
                for number in range(count)
            ]
        )

    @staticmethod
    def remove_users(users):
        """Delete users with the persons that they are."""
        people = users.partner_id
        users.unlink()
        people.unlink()

    @staticmethod
    def put_away(company):
        """Archive a company, on which too much hangs for it to be deleted."""
        company.active = False
        company.name = f"Raced {company.id}"

    @staticmethod
    def delete_rows(env, table, column, ids):
        """Delete, past the product, what nobody deletes in it."""
        env.flush_all()
        env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(table),
                SQL.identifier(column),
                list(ids),
            )
        )
        env.invalidate_all()
