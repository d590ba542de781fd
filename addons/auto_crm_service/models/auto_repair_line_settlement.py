from odoo import models
from odoo.fields import Command


class AutoRepairLine(models.Model):
    """What a line becomes on the payer's sales order."""

    _inherit = "auto.repair.line"

    def _settlement_values(self):
        """Return the values of the sales order line."""
        self.ensure_one()
        part = self.kind == "part"
        product = self.product_id if part else self._labour_product()
        quantity = self.qty_issued if part else self.quantity
        return {
            "product_id": product.id,
            "name": self.name,
            "product_uom_qty": quantity,
            "qty_delivered": quantity,
            "product_uom_id": product.uom_id.id,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "tax_ids": [Command.set(self.tax_ids.ids)],
            "auto_repair_line_id": self.id,
        }
