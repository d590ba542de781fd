from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    is_used_car = fields.Boolean(
        string="Used cars",
        help="Used cars of any model are bought and sold under this product: each has "
        "its own price, and its sale is counted apart.",
    )
