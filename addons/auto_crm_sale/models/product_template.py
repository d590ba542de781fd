from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    floor_price = fields.Float(
        string="Floor price",
        digits="Product Price",
        groups="auto_crm_sale.group_floor_price",
        compute="_compute_floor_price",
        inverse="_inverse_floor_price",
        help="Of all variants, where it is the same.",
    )

    # A product of the group is valued as the group says; the people of a store have no
    # right in the group's company, which Odoo's computation would ask for.
    cost_method = fields.Selection(compute_sudo=True)
    valuation = fields.Selection(compute_sudo=True)

    @api.depends("product_variant_ids.floor_price")
    def _compute_floor_price(self):
        for template in self:
            prices = set(template.product_variant_ids.mapped("floor_price"))
            template.floor_price = prices.pop() if len(prices) == 1 else 0

    def _inverse_floor_price(self):
        for template in self:
            template.product_variant_ids.floor_price = template.floor_price
