import threading
from contextlib import contextmanager

from odoo import api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

ROUNDS = 10


@tagged("post_install", "-at_install")
class TestBenefitConcurrency(TransactionCase):
    """Two people use one benefit at once, each on a connection of its own."""

    def setUp(self):
        super().setUp()
        # What several connections must see has to be committed; removed after.
        with self.committed() as env:
            store = env["res.company"].search([], limit=1)
            group = env.ref("auto_crm_base.group_adviser")
            users = env["res.users"].create(
                [
                    {
                        "name": f"Racing adviser {number}",
                        "login": f"racing_adviser_{number}",
                        "lang": "en_US",
                        "group_ids": [Command.set(group.ids)],
                        "company_id": store.id,
                        "company_ids": [Command.set(store.ids)],
                    }
                    for number in range(2)
                ]
            )
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
        self.addCleanup(self.remove_committed)

    @contextmanager
    def committed(self):
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '10s'")
            yield api.Environment(cr, api.SUPERUSER_ID, {})

    def remove_committed(self):
        with self.committed() as env:
            env["mail.message"].search(
                [("model", "=", "auto.member"), ("res_id", "=", self.member_id)]
            ).unlink()
            env["mail.followers"].search(
                [("res_model", "=", "auto.member"), ("res_id", "=", self.member_id)]
            ).unlink()
            for table in ("auto_member_benefit_use", "auto_member_tier_history"):
                env.cr.execute(
                    f"DELETE FROM {table} WHERE member_id = %s",  # noqa: S608
                    [self.member_id],
                )
            env.cr.execute("DELETE FROM auto_member WHERE id = %s", [self.member_id])
            env.invalidate_all()
            env["loyalty.card"].browse(self.card_id).unlink()
            env["auto.member.tier"].browse(self.tier_id).unlink()
            env["auto.member.benefit"].browse(self.benefit_id).unlink()
            program = env["loyalty.program"].browse(self.program_id)
            products = program.reward_ids.discount_line_product_id
            program.action_archive()
            program.unlink()
            products.exists().unlink()
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id | env["res.partner"].browse(self.partner_id)
            users.unlink()
            partners.unlink()

    def _race(self):
        """Let both use the benefit at once; return what came of it."""
        barrier = threading.Barrier(2)
        results = []

        def run(user_id):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, user_id, {})
                member = env["auto.member"].browse(self.member_id)
                benefit = env["auto.member.benefit"].browse(self.benefit_id)
                # Both have looked how many are left before either uses one.
                member._benefit_states()
                barrier.wait(30)
                try:
                    retrying(lambda: member._use_benefit(benefit), env)
                    cr.commit()  # pylint: disable=invalid-commit
                    results.append("used")
                except UserError as error:
                    cr.rollback()
                    results.append(str(error))

        threads = [
            threading.Thread(target=run, args=(user_id,)) for user_id in self.user_ids
        ]
        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertEqual(len(results), 2, results)
        return results

    def _start_again(self, quantity):
        with self.committed() as env:
            env.cr.execute(
                "DELETE FROM auto_member_benefit_use WHERE member_id = %s",
                [self.member_id],
            )
            line = env["auto.member.tier.benefit"].browse(self.line_id)
            line.quantity = quantity

    def test_the_last_one(self):
        for _number in range(ROUNDS):
            self._start_again(1)
            results = self._race()
            self.assertEqual(results.count("used"), 1, results)
            [told] = [result for result in results if result != "used"]
            self.assertIn("used up", told)

    def test_enough_for_both(self):
        for _number in range(ROUNDS):
            self._start_again(2)
            self.assertEqual(self._race(), ["used", "used"])
