from odoo import api, models


class CrmLead(models.Model):
    """Numbers that a prospect takes over from a customer whom the user sees masked."""

    _inherit = "crm.lead"

    def onchange(self, values, field_names, fields_spec):
        """Do not tell a form the number of a chosen customer who is shown masked.

        The saved prospect has it, and saving is logged; choosing is not.
        """
        result = super().onchange(values, field_names, fields_spec)
        told = result.get("value", {})
        hidden = told.keys() & self._masked_for_user().keys()
        if hidden:
            partner = told.get("partner_id", values.get("partner_id"))
            if isinstance(partner, dict):
                partner = partner.get("id")
            if self._mask_customers([partner]):
                for name in hidden:
                    del told[name]
        return result

    @api.model_create_multi
    def create(self, vals_list):
        strangers = self._mask_customers([vals.get("partner_id") for vals in vals_list])
        leads = super().create(vals_list)
        leads._log_taken_over(strangers)
        return leads

    def write(self, vals):
        strangers = self._mask_customers([vals.get("partner_id")])
        res = super().write(vals)
        self._log_taken_over(strangers)
        return res

    @api.model
    def _mask_customers(self, partner_ids):
        """Return those of the customers whose number the user sees masked."""
        partners = self.env["res.partner"].browse(
            {id_ for id_ in partner_ids if id_ and isinstance(id_, int)}
        )
        if not partners or not self._masked_for_user():
            return partners.browse()
        return partners - partners._mask_exempt()

    def _log_taken_over(self, strangers):
        """Log that the user's own prospects now show the number of ``strangers``."""
        if not strangers:
            return
        own = self.filtered(lambda lead: lead.user_id == self.env.user)
        shown = own.partner_id & strangers
        if shown:
            self.env["auto.access.log"]._log(
                "reveal", shown, self.env._("Chosen as the customer of a prospect")
            )
