from odoo.tests import HttpCase, tagged

from .common_claim import ClaimCase


@tagged("post_install", "-at_install")
class TestClaimTour(HttpCase, ClaimCase):
    """One claim, from the repair order to the maker's money."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("en_US", "zh_CN"):
            cls.env["res.lang"]._activate_lang(lang)

    def _tour(self, path, name, user):
        self.env.flush_all()
        self.start_tour(f"/odoo/{path}", f"auto_claim_{name}", login=user.login)
        self.env.invalidate_all()

    def _whole_way(self, lang):
        for user in (self.adviser, self.service_manager):
            user.write({"password": user.login, "lang": lang})
        repair = self._ready("warranty")
        # What the adviser forgot blocks the claim, and is added after the bill.
        repair.job_ids.sudo().causal_part_id = False
        repair.action_settle()
        self._tour(f"service-orders/{repair.id}", "make", self.adviser)
        claim = repair.claim_ids
        self.assertEqual((claim.step, claim.check_state), ("draft", "blocked"))
        repair.job_ids.with_user(self.technician).causal_part_id = self.part
        self._tour(f"claims/{claim.id}", "submit", self.adviser)
        self.assertEqual(claim.state, "submitted")
        self._tour(f"claims/{claim.id}", "decide", self.service_manager)
        self.assertEqual(claim.state, "decided")
        self.assertEqual(claim.decision_ref, "M-77")
        self.assertEqual(claim.amount_decided, claim.amount_expected)
        self._pay(self._invoice(claim))
        self.assertEqual(claim.state, "paid")
        self._tour(f"claims/{claim.id}", "close", self.service_manager)
        self.assertEqual(claim.state, "closed")
        self.assertEqual(claim.amount_received, claim.amount_expected)

    def test_english(self):
        self._whole_way("en_US")

    def test_chinese(self):
        self._whole_way("zh_CN")
