from odoo.tests import tagged

from .test_repair_concurrency import ROUNDS, RepairRaceCase


@tagged("post_install", "-at_install")
class TestClaimConcurrency(RepairRaceCase):
    """Two at once on one claim."""

    def prepare(self, env):
        prepared = super().prepare(env)
        company = env["res.company"].browse(self.company_id)
        maker = env["res.partner"].create({"name": "Raced maker"})
        company.auto_warranty_partner_id = maker
        manager = env.ref("auto_crm_base.group_service_manager")
        env["res.users"].browse(self.user_id).group_ids += manager
        repair = env["repair.order"].browse(self.repair_id)
        repair.job_ids.write({"pay_type": "warranty"})
        repair.line_ids.write({"pay_type": "warranty"})
        env["auto.claim.check"].search([("active", "=", True)]).active = False
        self.maker_id = maker.id
        return prepared

    def remove_committed(self):
        with self.committed() as env:
            checks = env["auto.claim.check"].with_context(active_test=False)
            checks.search([("active", "=", False)]).active = True
            env["res.company"].browse(self.company_id).auto_warranty_partner_id = False
            claims = env["auto.claim"].search([("company_id", "=", self.company_id)])
            claims.message_ids.unlink()
            claims.activity_ids.unlink()
            # Nobody deletes claims in the product.
            self.delete_rows(env, "auto_claim", "company_id", [self.company_id])
            env["res.partner"].browse(self.maker_id).unlink()
        return super().remove_committed()

    def _make(self, env, _number):
        return (
            env["repair.order"].browse(self.repair_id).action_claim_warranty()["res_id"]
        )

    def _claim(self, env):
        return env["auto.claim"].search(
            [("repair_id", "=", self.repair_id), ("step", "!=", "cancelled")]
        )

    def _submit(self, env, _number):
        self._claim(env).action_submit()
        return "done"

    def _decide_claim(self, env, number):
        claim = self._claim(env)
        reason = env["auto.claim.reason"].search([], limit=1)
        decision = ("approved", "refused")[number]
        changed = claim._record_decision(
            [
                {"line": line, "decision": decision, "reason": reason}
                for line in claim.line_ids
                if not line.decision
            ]
        )
        return "done" if changed else "decided already"

    def test_claim_race(self):
        """One claim, submitted once, decided once; the other is told."""
        for _round in range(ROUNDS // 2):
            self._race(self._make)
            with self.committed() as env:
                self.assertEqual(len(self._claim(env)), 1)
            for call in (self._submit, self._decide_claim):
                self.assert_one_done(self._race(call), ".")
            with self.committed() as env:
                claim = self._claim(env)
                self.assertEqual(claim.round, 1)
                self.assertEqual(len(set(claim.line_ids.mapped("decision"))), 1)
                claim._set({"step": "cancelled"})
