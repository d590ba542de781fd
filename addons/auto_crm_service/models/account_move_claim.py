from odoo import fields, models


class AccountMove(models.Model):
    """The invoice of a claim, its credit notes, and what others pay instead."""

    _inherit = "account.move"

    auto_claim_id = fields.Many2one(
        comodel_name="auto.claim",
        string="Claim",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The warranty or insurance claim of which this is the money.",
    )
    is_auto_claim_rebill = fields.Boolean(
        string="Instead of the claim",
        readonly=True,
        copy=False,
        help="To the customer, for what the maker or the insurer does not pay.",
    )

    def _reverse_moves(self, default_values_list=None, cancel=False):
        values_list = default_values_list or [{} for move in self]
        for move, values in zip(self, values_list, strict=True):
            if move.auto_claim_id:
                values.setdefault("auto_claim_id", move.auto_claim_id.id)
                values.setdefault("is_auto_claim_rebill", move.is_auto_claim_rebill)
        return super()._reverse_moves(values_list, cancel)

    def action_open_auto_claim(self):
        """Open the claim."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "auto.claim",
            "res_id": self.auto_claim_id.id,
            "views": [(False, "form")],
        }
