from odoo import fields, models


class SaleOrderCouponPoints(models.Model):
    _inherit = "sale.order.coupon.points"

    company_id = fields.Many2one(related="order_id.company_id", string="Store")

    def unlink(self):
        """Let whoever cancels an order take back what it gives.

        Odoo asks for the right on these lines, which it gives to administrators of
        sales only.
        """
        if (
            not self.env.su
            and self
            and set(self.order_id.mapped("state")) == {"cancel"}
        ):
            self.order_id.check_access("write")
            # The right on the order was checked just now.
            return super(SaleOrderCouponPoints, self.sudo()).unlink()
        return super().unlink()
