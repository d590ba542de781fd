from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        if self.auto_repair_id and self.auto_pay_type in ("warranty", "insurance"):
            # The invoice belongs to the claim, whoever settles.
            claim = self.auto_repair_id.sudo().claim_ids.filtered(
                lambda one: one.kind == self.auto_pay_type and one.step != "cancelled"
            )
            values["auto_claim_id"] = claim.id
        return values
