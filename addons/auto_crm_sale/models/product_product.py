from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    floor_price = fields.Float(
        string="Floor price",
        digits="Product Price",
        groups="auto_crm_sale.group_floor_price",
        help="Below this, in the currency of the price list, a contract needs the "
        "approval of a higher level. Zero: no floor.",
    )

    _floor_price_check = models.Constraint(
        "CHECK(floor_price >= 0)", "A floor price cannot be negative."
    )
