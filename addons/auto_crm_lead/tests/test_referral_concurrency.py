from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.common_race import RaceCase, rounds


@tagged("post_install", "-at_install")
class TestReferralConcurrency(RaceCase):
    """Two tell of one friend, or reward a customer, on connections of their own."""

    def prepare(self, env):
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

    def remove_committed(self):
        with self.committed() as env:
            self._delete_referrals(env)
            # Logs that nobody deletes in the product come first.
            for table, column, ids in (
                ("auto_lead_event", "lead_id", self.lead_ids),
                ("auto_lead_assignment", "lead_id", self.lead_ids),
                ("crm_lead", "id", self.lead_ids),
                ("auto_referral_rule", "id", [self.rule_id]),
                ("res_partner", "id", self.people_ids),
            ):
                self.delete_rows(env, table, column, ids)

    def _delete_referrals(self, env):
        ids = self._referrals(env).ids
        for model in ("mail.message", "mail.activity"):
            field = "model" if model == "mail.message" else "res_model"
            env[model].with_context(active_test=False).search(
                [(field, "=", "auto.referral"), ("res_id", "in", ids)]
            ).unlink()
        self.delete_rows(env, "auto_referral", "id", ids)

    def _referrals(self, env):
        return env["auto.referral"].search([("referrer_id", "in", self.people_ids)])

    def look(self, env, number):
        self._referrals(env)

    def _note(self, env, number):
        lead = env["crm.lead"].browse(self.lead_ids[number])
        result = {"lead": lead, "created": True, "repeated": False}
        referrer = env["res.partner"].browse(self.people_ids[number])
        return env["auto.referral"]._note_recommendation(referrer, result, "staff").id

    def test_a_friend_counts_for_one(self):
        for _round in range(rounds(5)):
            both = self.race(self._note)
            for noted in both.values():
                self.assertIsInstance(noted, int, "both are noted")
                self.assertTrue(noted, "both are noted")
            with self.committed() as env:
                kept = self._referrals(env)
                self.assertEqual(sorted(kept.mapped("state")), ["received", "void"])
                void = kept.filtered(lambda one: one.state == "void")
                self.assertEqual(void.void_reason, "twice")
                self._delete_referrals(env)

    def test_a_reward_is_given_once(self):
        def give(env, _number):
            self._referrals(env).action_give_reward()
            return True

        for _round in range(rounds(5)):
            with self.committed() as env:
                self._note(env, 0)
                self._referrals(env)._bought()
                self.assertEqual(self._referrals(env).reward_state, "due")
            given = list(self.race(give).values())
            self.assertEqual(given.count(True), 1, given)
            with self.committed() as env:
                self.assertEqual(self._referrals(env).reward_state, "given")
                self._delete_referrals(env)
