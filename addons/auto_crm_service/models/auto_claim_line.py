from odoo import api, fields, models
from odoo.exceptions import UserError

from .auto_claim import STATE

DECISIONS = [
    ("approved", "Approved"),
    ("reduced", "Reduced"),
    ("refused", "Refused"),
    ("returned", "Sent back"),
]
# Decided for good: what is sent back is claimed again.
FINAL = ("approved", "reduced", "refused")
BEARERS = [("internal", "The house"), ("customer", "The customer")]


class AutoClaimLine(models.Model):
    """One operation, part or sublet that is claimed, and what was decided on it."""

    _name = "auto.claim.line"
    _inherit = ["auto.derived.mixin"]
    _description = "Claim line"
    _order = "claim_id desc, number, id"

    claim_id = fields.Many2one(
        comodel_name="auto.claim",
        string="Claim",
        required=True,
        index=True,
        ondelete="cascade",
    )
    claim_kind = fields.Selection(
        related="claim_id.kind", store=True, string="Warranty or insurance"
    )
    claim_state = fields.Selection(
        related="claim_id.state", store=True, string="State of the claim"
    )
    company_id = fields.Many2one(related="claim_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="claim_id.currency_id")
    vehicle_id = fields.Many2one(related="claim_id.vehicle_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="claim_id.partner_id", store=True, index=True, string="Claimed from"
    )
    number = fields.Integer(
        string="No.", aggregator=None, help="By which the payer names the line."
    )
    repair_line_id = fields.Many2one(
        comodel_name="auto.repair.line",
        string="Line of the repair order",
        required=True,
        index=True,
        ondelete="cascade",
    )
    job_id = fields.Many2one(
        comodel_name="auto.repair.job",
        string="Job",
        required=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        selection=[("labour", "Labour"), ("part", "Part"), ("sublet", "Sublet")],
        required=True,
    )
    operation_id = fields.Many2one(
        comodel_name="auto.labour.operation",
        string="Operation",
        index="btree_not_null",
        ondelete="restrict",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Part",
        index="btree_not_null",
        ondelete="restrict",
    )
    name = fields.Char(string="Description", required=True)
    quantity = fields.Float(digits="Product Unit", help="Hours of labour, or pieces.")
    amount = fields.Monetary(string="Claimed", help="With taxes.")
    decision = fields.Selection(selection=DECISIONS, index=True)
    reason_id = fields.Many2one(
        comodel_name="auto.claim.reason",
        string="Reason",
        index="btree_not_null",
        ondelete="restrict",
    )
    reason_note = fields.Char(string="In the payer's words")
    amount_decided = fields.Monetary(string="Decided")
    date_decided = fields.Date(string="Decided on", index="btree_not_null")
    amount_refused = fields.Monetary(
        string="Cut", compute="_compute_amount_refused", store=True
    )
    refusal_share = fields.Float(
        string="Cut or refused (%)",
        compute="_compute_amount_refused",
        store=True,
        aggregator="avg",
        help="Of a group: how many of a hundred lines were not paid in full.",
    )
    bearer = fields.Selection(
        selection=BEARERS,
        string="Borne by",
        help="Who bears what the payer does not pay.",
    )
    bearer_by_id = fields.Many2one(
        comodel_name="res.users", string="Said by", ondelete="restrict"
    )
    bearer_on = fields.Datetime(string="Said on")

    _source_uniq = models.Constraint(
        "UNIQUE(claim_id, repair_line_id)", "This line is claimed already."
    )
    _decided_check = models.Constraint(
        "CHECK (amount_decided >= 0 AND amount_decided <= amount)",
        "Nobody pays less than nothing, or more than what was claimed.",
    )
    _learning_idx = models.Index("(date_decided, operation_id) WHERE decision != ''")

    @api.depends("claim_id.name", "number", "name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.claim_id.name} / {line.number} · {line.name}"

    @api.depends("decision", "amount", "amount_decided")
    def _compute_amount_refused(self):
        for line in self:
            final = line.decision in FINAL
            line.amount_refused = line.amount - line.amount_decided if final else 0
            line.refusal_share = 100 if line.decision in ("reduced", "refused") else 0

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own()
        return super().create(vals_list)

    def write(self, vals):
        self._check_own()
        return super().write(vals)

    def _check_own(self):
        if self.env.context.get("auto_claim") is not STATE:
            raise UserError(
                self.env._(
                    "Lines of a claim come from its repair order, and are decided by "
                    "the button of the claim."
                )
            )

    def _set(self, vals):
        """Write what only the methods of claims may write."""
        # Nobody has the right, so that no decision can be forged.
        return self.sudo().with_context(auto_claim=STATE).write(vals)

    def _is_unborne(self):
        """Return the lines of which nobody was said to bear what is not paid."""
        return self.filtered(
            lambda line: (
                line.currency_id.compare_amounts(line.amount_refused, 0) > 0
                and not line.bearer
            )
        )
