from odoo import fields, models


class PurchaseOrder(models.Model):
    """Purchase orders of customers' cars."""

    _inherit = "purchase.order"

    tradein_ids = fields.One2many(
        comodel_name="auto.tradein",
        inverse_name="purchase_id",
        string="Trade-in",
        readonly=True,
    )

    def _add_supplier_to_product(self):
        # A customer is no supplier of used cars from whom others are ordered.
        bought = self.filtered(lambda order: order.sudo().tradein_ids)
        return super(PurchaseOrder, self - bought)._add_supplier_to_product()
