from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.common_race import RaceCase, rounds

ROUNDS = rounds(10)


@tagged("post_install", "-at_install")
class TestBenefitConcurrency(RaceCase):
    """Two people use one benefit at once."""

    def prepare(self, env):
        store = env["res.company"].search([], limit=1)
        users = self.new_racers(env, store, "auto_crm_base.group_adviser")
        program = env.ref("auto_crm_member.program_club").copy(
            {"name": "Raced club", "is_member_program": True}
        )
        tier = env["auto.member.tier"].create(
            {"name": "Raced tier", "program_id": program.id}
        )
        benefit = env["auto.member.benefit"].create(
            {"name": "Raced wash", "program_id": program.id, "kind": "wash"}
        )
        line = env["auto.member.tier.benefit"].create(
            {"tier_id": tier.id, "benefit_id": benefit.id, "quantity": 1}
        )
        partner = env["res.partner"].create(
            {
                "name": "Raced member",
                "is_auto_customer": True,
                "store_ids": [Command.set(store.ids)],
            }
        )
        member = env["auto.member"].create(
            {"partner_id": partner.id, "program_id": program.id}
        )
        self.user_ids, self.partner_id = users.ids, partner.id
        self.program_id, self.tier_id = program.id, tier.id
        self.benefit_id, self.line_id = benefit.id, line.id
        self.member_id, self.card_id = member.id, member.card_id.id

    def remove_committed(self):
        with self.committed() as env:
            env["mail.message"].search(
                [("model", "=", "auto.member"), ("res_id", "=", self.member_id)]
            ).unlink()
            env["mail.followers"].search(
                [("res_model", "=", "auto.member"), ("res_id", "=", self.member_id)]
            ).unlink()
            member_ids = [self.member_id]
            for table in ("auto_member_benefit_use", "auto_member_tier_history"):
                self.delete_rows(env, table, "member_id", member_ids)
            self.delete_rows(env, "auto_member", "id", member_ids)
            env["loyalty.card"].browse(self.card_id).unlink()
            env["auto.member.tier"].browse(self.tier_id).unlink()
            env["auto.member.benefit"].browse(self.benefit_id).unlink()
            program = env["loyalty.program"].browse(self.program_id)
            products = program.reward_ids.discount_line_product_id
            program.action_archive()
            program.unlink()
            products.exists().unlink()
            self.remove_users(env["res.users"].browse(self.user_ids))
            env["res.partner"].browse(self.partner_id).unlink()

    def _of_member(self, env):
        return (
            env["auto.member"].browse(self.member_id),
            env["auto.member.benefit"].browse(self.benefit_id),
        )

    def look(self, env, number):
        """See how many are left."""
        member, _benefit = self._of_member(env)
        member._benefit_states()

    def _race(self, quantity):
        """Let both use the benefit, of which there are ``quantity``."""
        with self.committed() as env:
            self.delete_rows(
                env, "auto_member_benefit_use", "member_id", [self.member_id]
            )
            line = env["auto.member.tier.benefit"].browse(self.line_id)
            line.quantity = quantity

        def use(env, _number):
            member, benefit = self._of_member(env)
            member._use_benefit(benefit)
            return "done"

        return self.race(use, self.user_ids)

    def test_the_last_one(self):
        for _round in range(ROUNDS):
            self.assert_one_done(self._race(1), "used up")

    def test_enough_for_both(self):
        for _round in range(ROUNDS):
            self.assertEqual(self._race(2), {0: "done", 1: "done"})
