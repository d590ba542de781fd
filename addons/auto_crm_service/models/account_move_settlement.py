from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount


class AccountMove(models.Model):
    """The invoices of a settlement say what was agreed on the repair order."""

    _inherit = "account.move"

    def _post(self, soft=True):
        self._check_settlement_amounts()
        return super()._post(soft=soft)

    def _check_settlement_amounts(self):
        """Refuse to post another amount than the repair order's payer owes.

        What a payer of a claim does not pay is taken off by the claim.

        :raise UserError: naming both amounts
        """
        # Who posts invoices need not read repair orders.
        for move in self.sudo().filtered(lambda one: one.move_type == "out_invoice"):
            orders = move.invoice_line_ids.sale_line_ids.order_id
            orders = orders.filtered("auto_repair_id")
            if not orders or move.auto_claim_id.line_ids.filtered("bearer"):
                continue
            lines = move.invoice_line_ids.filtered(
                lambda line: line.display_type == "product"
            )
            owed = sum(orders.mapped("amount_total"))
            asked = sum(lines.mapped("price_total"))
            # Taxes may be rounded line by line.
            cents = move.currency_id.rounding * (len(lines) + 1)
            if abs(owed - asked) > cents:
                raise UserError(
                    self.env._(
                        "%(order)s: this payer owes %(owed)s, the invoice says "
                        "%(asked)s. Let the adviser take the settlement back and "
                        "change the repair order.",
                        order=orders[0].auto_repair_id.name,
                        owed=format_amount(self.env, owed, move.currency_id),
                        asked=format_amount(self.env, asked, move.currency_id),
                    )
                )
