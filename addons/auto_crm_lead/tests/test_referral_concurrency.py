import os
import threading
from contextlib import contextmanager
from functools import partial

from odoo import api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

# A longer proof is asked for by the environment.
ROUNDS = int(os.environ.get("AUTO_CRM_RACE_ROUNDS", "5"))


@tagged("post_install", "-at_install")
class TestReferralConcurrency(TransactionCase):
    """Two tell of one friend, or reward a customer, on connections of their own."""

    def setUp(self):
        super().setUp()
        # What several connections must see has to be committed; removed after.
        with self.committed() as env:
            company = env.company
            people = env["res.partner"].create(
                [
                    {
                        "name": f"Raced person {number}",
                        "store_ids": [Command.set(company.ids)],
                    }
                    for number in range(3)
                ]
            )
            leads = env["crm.lead"].create(
                [
                    {
                        "name": f"Raced prospect {number}",
                        "partner_id": people[2].id,
                        "company_id": company.id,
                        "user_id": False,
                    }
                    for number in range(2)
                ]
            )
            rule = env["auto.referral.rule"].create(
                {
                    "name": "Raced rule",
                    "company_id": company.id,
                    "reward_kind": "gift",
                    "reward_text": "A voucher",
                    "sequence": -1,
                }
            )
            self.people_ids, self.lead_ids = people.ids, leads.ids
            self.rule_id = rule.id
        self.addCleanup(self.remove_committed)

    @contextmanager
    def committed(self):
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '10s'")
            yield api.Environment(cr, api.SUPERUSER_ID, {})

    def remove_committed(self):
        with self.committed() as env:
            self._delete_referrals(env)
            for table in ("auto_lead_event", "auto_lead_assignment"):
                # Logs that nobody deletes in the product.
                env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE lead_id = ANY(%s)",
                        SQL.identifier(table),
                        self.lead_ids,
                    )
                )
            for table, ids in (
                ("crm_lead", self.lead_ids),
                ("auto_referral_rule", [self.rule_id]),
                ("res_partner", self.people_ids),
            ):
                env.cr.execute(
                    SQL("DELETE FROM %s WHERE id = ANY(%s)", SQL.identifier(table), ids)
                )

    def _delete_referrals(self, env):
        ids = self._referrals(env).ids
        for model in ("mail.message", "mail.activity"):
            field = "model" if model == "mail.message" else "res_model"
            env[model].with_context(active_test=False).search(
                [(field, "=", "auto.referral"), ("res_id", "in", ids)]
            ).unlink()
        env.cr.execute(SQL("DELETE FROM auto_referral WHERE id = ANY(%s)", ids))

    def _referrals(self, env):
        return env["auto.referral"].search([("referrer_id", "in", self.people_ids)])

    def _race(self, *steps):
        """Let the steps (functions of an environment) run at once; return results."""
        barrier = threading.Barrier(len(steps))
        results = []

        def run(step):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, api.SUPERUSER_ID, {})
                self._referrals(env)
                barrier.wait(30)  # all have looked before any writes
                try:
                    results.append(retrying(partial(step, env), env))
                    cr.commit()  # pylint: disable=invalid-commit
                except UserError:
                    results.append(None)

        threads = [threading.Thread(target=run, args=(step,)) for step in steps]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(len(results), len(steps), results)
        return results

    def _note(self, number, env):
        lead = env["crm.lead"].browse(self.lead_ids[number])
        result = {"lead": lead, "created": True, "repeated": False}
        referrer = env["res.partner"].browse(self.people_ids[number])
        return env["auto.referral"]._note_recommendation(referrer, result, "staff").id

    def test_a_friend_counts_for_one(self):
        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for _round in range(ROUNDS):
                both = self._race(partial(self._note, 0), partial(self._note, 1))
                self.assertTrue(all(both), "both are noted")
                with self.committed() as env:
                    kept = self._referrals(env)
                    self.assertEqual(sorted(kept.mapped("state")), ["received", "void"])
                    void = kept.filtered(lambda one: one.state == "void")
                    self.assertEqual(void.void_reason, "twice")
                    self._delete_referrals(env)

    def test_a_reward_is_given_once(self):
        def give(env):
            self._referrals(env).action_give_reward()
            return True

        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for _round in range(ROUNDS):
                with self.committed() as env:
                    self._note(0, env)
                    self._referrals(env)._bought()
                    self.assertEqual(self._referrals(env).reward_state, "due")
                given = self._race(give, give)
                self.assertEqual(given.count(True), 1, given)
                with self.committed() as env:
                    self.assertEqual(self._referrals(env).reward_state, "given")
                    self._delete_referrals(env)
