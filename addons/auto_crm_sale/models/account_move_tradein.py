from odoo import models


class AccountMove(models.Model):
    """Posting the bill of a trade-in settles it."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        bills = posted.filtered(lambda move: move.move_type == "in_invoice")
        orders = bills.line_ids.purchase_line_id.order_id
        # Who posts a bill need not see what was agreed on the car.
        orders.sudo().tradein_ids._settle()
        return posted
