from odoo import fields
from odoo.tests import new_test_user

from .common import ServiceCase


class ClaimCase(ServiceCase):
    """A store whose maker and insurer pay a share, with a till and a cashier."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls.till = cls.env["account.journal"].create(
            {
                "name": "Claims till",
                "type": "cash",
                "code": "CLT1",
                "company_id": cls.store.id,
            }
        )
        cls.maker = cls.env["res.partner"].create({"name": "The Maker"})
        cls.insurer = cls.env["res.partner"].create({"name": "The Insurer"})
        for store in cls.stores.values():
            store.auto_warranty_partner_id = cls.maker
        cls.cashier = new_test_user(
            cls.env,
            "test_claim_cashier",
            groups="auto_crm_base.group_user,account.group_account_invoice",
            company_id=cls.store.id,
            company_ids=[(6, 0, cls.store.ids)],
        )
        cls.vehicle.delivery_date = fields.Date.subtract(fields.Date.today(), months=12)
        # What a check asks for is the test's own choice.
        cls.env["auto.claim.check"].search(
            [("code", "in", ("attachments", "authorisation", "time_clocked"))]
        ).active = False
        cls.wear, cls.reason_time = cls.env["auto.claim.reason"].create(
            [
                {"code": "T-WEAR", "name": "Test wear", "advice": "Measure it."},
                {"code": "T-TIME", "name": "Test hours"},
            ]
        )

    def _ready(self, *pay_types, vehicle=None, **values):
        """Return an order, ready, with a job for each payer."""
        repair = self._receive(vehicle=vehicle, **values)
        for pay_type in pay_types:
            self._job(repair, parts=1, pay_type=pay_type, causal_part_id=self.part.id)
        if repair.line_ids._to_decide():
            self._agree(repair)
        repair.action_to_workshop()
        self._work(repair)
        repair.action_quality_passed()
        return repair

    def _claim(self, kind="warranty", settled=True, **values):
        """Return a claim as an adviser makes it."""
        if kind == "insurance":
            values["insurer_id"] = self.insurer.id
        repair = self._ready(kind, **values)
        if settled:
            repair.action_settle()
        action = repair._action_claim(kind)
        return repair.env["auto.claim"].browse(action["res_id"])

    def _decide(self, claim, *rows, user=None, **values):
        """Let the manager record decisions: (decision, amount, reason) each."""
        claim = claim.with_user(user or self.service_manager)
        return claim._record_decision(
            [
                {
                    "line": line,
                    "decision": row[0],
                    "amount": row[1] if len(row) > 1 else 0,
                    "reason": row[2] if len(row) > 2 else self.wear.browse(),
                }
                for line, row in zip(claim.line_ids, rows, strict=False)
            ],
            **values,
        )

    def _invoice(self, claim):
        return claim.sudo().move_ids.filtered(
            lambda move: (
                move.move_type == "out_invoice" and not move.is_auto_claim_rebill
            )
        )

    def _pay(self, invoice):
        """Post and pay as the cashier does."""
        invoice = invoice.with_user(self.cashier)
        if invoice.state == "draft":
            invoice.action_post()
        self.env["account.payment.register"].with_user(self.cashier).with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"journal_id": self.till.id})._create_payments()
