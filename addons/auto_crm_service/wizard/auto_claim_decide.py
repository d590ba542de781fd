from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.auto_claim_line import BEARERS, DECISIONS, FINAL


class AutoClaimDecide(models.TransientModel):
    """Records by hand what the payer decided on each line of a claim."""

    _name = "auto.claim.decide"
    _inherit = ["auto.window.mixin"]
    _description = "Payer's decision"
    _document_field = "claim_id"

    claim_id = fields.Many2one(
        comodel_name="auto.claim", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="claim_id.currency_id")
    date = fields.Date(
        string="Decided on", required=True, default=fields.Date.context_today
    )
    reference = fields.Char(string="Decision number")
    line_ids = fields.One2many(
        comodel_name="auto.claim.decide.line",
        inverse_name="wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("claim_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "line_id": line.id,
                            "decision": line.decision or "approved",
                            "amount": line.amount_decided
                            if line.decision in FINAL
                            else line.amount,
                            "reason_id": line.reason_id.id,
                            "note": line.reason_note,
                        }
                    )
                    for line in wizard.claim_id.line_ids
                    if not line.bearer
                ),
            ]

    def action_record(self):
        """Keep the decision.

        :raise UserError: when nothing of it is new, or a line is not possible
        """
        self.ensure_one()
        changed = self.claim_id._record_decision(
            [
                {
                    "line": one.line_id,
                    "decision": one.decision,
                    "amount": one.amount,
                    "reason": one.reason_id,
                    "note": one.note,
                }
                for one in self.line_ids
                if one.decision
            ],
            self.date,
            self.reference,
        )
        if not changed:
            raise UserError(
                self.env._("This is recorded already, by you or somebody else.")
            )
        return {"type": "ir.actions.act_window_close"}


class AutoClaimDecideLine(models.TransientModel):
    """One line of a claim, to be decided."""

    _name = "auto.claim.decide.line"
    _inherit = ["auto.window.mixin"]
    _description = "Claim line to decide"
    _document_field = "line_id"

    wizard_id = fields.Many2one(
        comodel_name="auto.claim.decide", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        comodel_name="auto.claim.line", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="line_id.currency_id")
    number = fields.Integer(related="line_id.number")
    name = fields.Char(related="line_id.name", string="What")
    claimed = fields.Monetary(related="line_id.amount", string="Claimed")
    decision = fields.Selection(
        selection=DECISIONS, help="Empty: not decided yet; the claim waits."
    )
    amount = fields.Monetary(
        string="Pays",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
    )
    reason_id = fields.Many2one(comodel_name="auto.claim.reason", string="Reason")
    note = fields.Char(string="In their words")

    @api.depends("decision")
    def _compute_amount(self):
        for one in self:
            if one.decision == "approved":
                one.amount = one.claimed
            elif one.decision in ("refused", "returned"):
                one.amount = 0
            else:
                one.amount = one.amount


class AutoClaimBear(models.TransientModel):
    """Asks who bears what the payer does not pay."""

    _name = "auto.claim.bear"
    _inherit = ["auto.window.mixin"]
    _description = "Who bears what is not paid"
    _document_field = "claim_id"

    claim_id = fields.Many2one(
        comodel_name="auto.claim", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="claim_id.currency_id")
    note = fields.Text(string="Why", help="Kept in the history of the claim.")
    line_ids = fields.One2many(
        comodel_name="auto.claim.bear.line",
        inverse_name="wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("claim_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create({"line_id": line.id})
                    for line in wizard.claim_id.line_ids._is_unborne()
                ),
            ]

    def action_record(self):
        """Keep who bears it, and bring the invoices in step."""
        self.ensure_one()
        self.claim_id._bear(
            {one.line_id: one.bearer for one in self.line_ids}, self.note
        )
        return {"type": "ir.actions.act_window_close"}


class AutoClaimBearLine(models.TransientModel):
    """One line that is not paid in full."""

    _name = "auto.claim.bear.line"
    _inherit = ["auto.window.mixin"]
    _description = "Claim line not paid in full"
    _document_field = "line_id"

    wizard_id = fields.Many2one(
        comodel_name="auto.claim.bear", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        comodel_name="auto.claim.line", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="line_id.currency_id")
    name = fields.Char(related="line_id.name", string="What")
    reason_id = fields.Many2one(related="line_id.reason_id")
    amount_refused = fields.Monetary(
        related="line_id.amount_refused", string="Not paid"
    )
    bearer = fields.Selection(
        selection=BEARERS, string="Borne by", required=True, default="internal"
    )
