from odoo import api, fields, models
from odoo.exceptions import UserError

CLAIM_READERS = (
    "auto_crm_base.group_adviser,auto_crm_base.group_technician,"
    "auto_crm_base.group_service_manager,auto_crm_base.group_store_manager,"
    "auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
    "auto_crm_base.group_complaint,account.group_account_invoice"
)

# A performance bond or a bought longer warranty pays no accident.
DAMAGE_KINDS = ("commercial", "compulsory", "other")


class RepairOrder(models.Model):
    """The claims of a repair order, made with one click."""

    _inherit = "repair.order"

    claim_ids = fields.One2many(
        comodel_name="auto.claim",
        inverse_name="repair_id",
        string="Claims",
        readonly=True,
        groups=CLAIM_READERS,
    )
    claim_count = fields.Integer(compute="_compute_claims", compute_sudo=True)
    to_claim_warranty = fields.Boolean(compute="_compute_claims", compute_sudo=True)
    to_claim_insurance = fields.Boolean(compute="_compute_claims", compute_sudo=True)

    @api.depends("claim_ids.step", "line_ids.pay_type", "line_ids.decision")
    def _compute_claims(self):
        for repair in self:
            claims = repair.claim_ids.filtered(lambda one: one.step != "cancelled")
            repair.claim_count = len(repair.claim_ids)
            for kind in ("warranty", "insurance"):
                repair[f"to_claim_{kind}"] = bool(
                    repair.service_state not in ("cancelled", False)
                    and repair.line_ids._claimable(kind)
                    and kind not in claims.mapped("kind")
                )

    def action_claim_warranty(self):
        """Make the warranty claim of this order, or open it."""
        return self._action_claim("warranty")

    def action_claim_insurance(self):
        """Make the insurance claim of this order, or open it."""
        return self._action_claim("insurance")

    def _action_claim(self, kind):
        self.ensure_one()
        claim = self.claim_ids.filtered(
            lambda one: one.kind == kind and one.step != "cancelled"
        )
        if not claim:
            claim = self.env["auto.claim"].create({"repair_id": self.id, "kind": kind})
        return {
            "type": "ir.actions.act_window",
            "res_model": "auto.claim",
            "res_id": claim.id,
            "views": [(False, "form")],
        }

    def action_view_claims(self):
        """Open the claims of this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_service.auto_claim_action"
        )
        action |= {"domain": [("repair_id", "=", self.id)], "context": {}}
        if len(self.claim_ids) == 1:
            action |= {"views": [(False, "form")], "res_id": self.claim_ids.id}
        return action

    def _settle(self):
        result = super()._settle()
        # Settled once more, the payer is billed as was decided before.
        for claim in self.sudo().claim_ids:
            borne = claim.line_ids.filtered("bearer")
            if borne and claim.step in ("decided", "closed"):
                for invoice in claim._payer_invoices():
                    claim._lower_invoice(invoice, borne)
        return result

    def _claim_policy(self):
        """Return the insurer's policy of the car in force when it came in.

        The named insurer's first; then the one that covers the damage of the car.
        """
        self.ensure_one()
        day = fields.Date.context_today(self, self.date_in)
        policies = self.env["auto.insurance.policy"]
        if not policies.has_access("read"):
            return policies
        return policies.search(
            [
                ("vehicle_id", "=", self.vehicle_id.id),
                ("kind", "in", DAMAGE_KINDS),
                ("date_start", "<=", day),
                ("date_end", ">=", day),
            ]
        ).sorted(
            lambda one: (
                one.insurer_id != self.insurer_id,
                one.kind != "commercial",
                one.id,
            )
        )[:1]

    def action_cancel_service(self):
        claims = self.sudo().claim_ids  # cancelled with the order, whoever cancels it
        if any(claim.step not in ("draft", "cancelled") for claim in claims):
            raise UserError(
                self.env._("A claim of this order was submitted: cancel that first.")
            )
        claims.filtered(lambda one: one.step == "draft")._set({"step": "cancelled"})
        return super().action_cancel_service()
