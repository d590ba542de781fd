from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        res = super().write(vals)
        if not {"phone", "email"}.isdisjoint(vals):
            # Odoo copies them to the customer's leads without a write on these.
            # Identities decide for all stores, whoever edits the customer.
            leads = self.env["crm.lead"].sudo().search([("partner_id", "in", self.ids)])
            leads._sync_identities()
        return res
