from odoo import models


class LoyaltyReward(models.Model):
    _inherit = "loyalty.reward"

    def _create_missing_discount_line_products(self):
        """Let whoever sets up rewards have the products that stand for them.

        Odoo makes one for each reward; to make products is a right that head
        office need not have.
        """
        self.check_access("write")
        # The right on the rewards was checked just now.
        return super(
            LoyaltyReward, self.sudo()
        )._create_missing_discount_line_products()
