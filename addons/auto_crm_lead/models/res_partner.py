from odoo import api, models
from odoo.fields import Domain

from .crm_lead_intake import INTAKE


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _mask_exempt_domain(self):
        """Show the customers of one's own prospects in full, as the prospects are."""
        # Not by the rules of prospects: a role that reads none has none.
        own = Domain("user_id", "=", self.env.uid)
        return super()._mask_exempt_domain() | Domain("opportunity_ids", "any!", own)

    def write(self, vals):
        res = super().write(vals)
        if not {"phone", "email"}.isdisjoint(vals):
            # Odoo copies them to the customer's leads without a write on these.
            # Identities decide for all stores, whoever edits the customer.
            leads = self.env["crm.lead"].sudo().search([("partner_id", "in", self.ids)])
            leads._sync_identities()
        return res

    def _check_company(self, fnames=None):
        # An intake names nothing of a company but its store.
        if self.env.context.get("auto_intake") is INTAKE:
            return None
        return super()._check_company(fnames)

    def _auto_360_tiles(self):
        """Add the customer's prospects, open and closed."""
        tiles = super()._auto_360_tiles()
        prospects = self._auto_360_tile(
            "prospects",
            self.env._("Prospects"),
            "fa-star-o",
            "crm.lead",
            [
                ("partner_id", "in", self._auto_360_family()),
                ("active", "in", [True, False]),
            ],
        )
        return [prospects, *tiles] if prospects else tiles
