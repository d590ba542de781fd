from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Let a role merge only customers that it may change.

        Odoo merges as superuser, so that somebody could take over a colleague's
        customer by merging it into an own one.
        """
        partners = self.env["res.partner"].browse(partner_ids).exists()
        wizard = self
        if self.env.user._auto_roles() and not self.env.su:
            partners.check_access("write")
            # Odoo reads every field of both, some of which only administrators
            # may read; the right on both records was checked just now.
            wizard = self.sudo()
        # The merged person is a customer of all the stores that knew either one.
        stores = partners.sudo().store_ids
        res = super(BasePartnerMergeAutomaticWizard, wizard)._merge(
            partner_ids, dst_partner=dst_partner, extra_checks=extra_checks
        )
        kept = partners.sudo().exists()
        if stores and len(kept) == 1 and kept.store_ids != stores:
            kept.write({"store_ids": [(6, 0, stores.ids)]})
        return res
