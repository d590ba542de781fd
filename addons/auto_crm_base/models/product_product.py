from odoo import api, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model_create_multi
    def create(self, vals_list):
        # Before the values reach the template, which would put them right only
        # for itself.
        template = self.env["product.template"]
        return super().create([template._vehicle_vals(vals) for vals in vals_list])
