from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        invoices = posted.filtered(lambda move: move.move_type == "out_invoice")
        orders = invoices.line_ids.sale_line_ids.order_id
        orders.filtered("is_vehicle_contract")._allocate_payments()
        return posted

    def _settled_by_drafts(self):
        """Return how much of the residual was taken by entries that are not posted
        (any more): Odoo keeps a payment matched when it is reset to draft."""
        self.ensure_one()
        lines = self.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        paid = lines.matched_credit_ids.filtered(
            lambda part: part.credit_move_id.parent_state != "posted"
        )
        taken = lines.matched_debit_ids.filtered(
            lambda part: part.debit_move_id.parent_state != "posted"
        )
        return sum(paid.mapped("amount")) - sum(taken.mapped("amount"))
