from odoo import fields, models
from odoo.exceptions import UserError


class ResCompany(models.Model):
    """How a store buys customers' cars."""

    _inherit = "res.company"

    auto_used_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Product of used cars",
        domain="[('is_vehicle', '=', True), ('is_used_car', '=', True)]",
        ondelete="restrict",
        help="Cars taken in part payment are bought and sold under it. Empty: that of "
        "the group, or the one that came with the system.",
    )
    auto_tradein_days = fields.Integer(
        string="Trade-in offers are valid for (days)", default=7
    )

    _auto_tradein_days_check = models.Constraint(
        "CHECK(auto_tradein_days BETWEEN 0 AND 365)",
        "An offer is valid for between 0 and 365 days.",
    )

    def _used_car_product(self):
        """Return the product under which this store buys used cars.

        :raise UserError: when there is none that fits
        """
        self.ensure_one()
        # The group's settings hold for its stores.
        product = self.env["product.product"]
        for company in self.sudo().parent_ids.sorted("id", reverse=True):
            product = product or company.auto_used_product_id
        product = product or self.env.ref(
            "auto_crm_sale.product_used_car", raise_if_not_found=False
        )
        if not product or not product.is_vehicle or not product.active:
            raise UserError(
                self.env._(
                    "There is no product of used cars. Choose one in the settings."
                )
            )
        return product
