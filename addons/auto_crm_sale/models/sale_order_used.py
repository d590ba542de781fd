from odoo import api, fields, models


class SaleOrder(models.Model):
    """Used cars are counted apart."""

    _inherit = "sale.order"

    is_used_sale = fields.Boolean(
        string="Used car",
        compute="_compute_is_used_sale",
        store=True,
        help="A used car is sold by this contract.",
    )

    @api.depends("order_line.is_used_car")
    def _compute_is_used_sale(self):
        for order in self:
            order.is_used_sale = any(order.order_line.mapped("is_used_car"))

    def _action_confirm(self):
        # Delivered, the car is a used one: what the contract sold is settled now.
        self._recompute_recordset(["is_used_sale"])
        self.order_line._recompute_recordset(["is_used_car"])
        return super()._action_confirm()
