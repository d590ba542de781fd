from odoo import api, models
from odoo.fields import Domain


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        """Keep each of our windows (transient models) to who opened it.

        Odoo leaves that to rules: the numbers, names and lists that somebody typed or
        found in a window would be read by everybody with a right on the window.
        """
        domain = super()._compute_domain(model_name, mode)
        if model_name.startswith("auto.") and self.env[model_name].is_transient():
            domain &= Domain("create_uid", "=", self.env.uid)
        return domain
