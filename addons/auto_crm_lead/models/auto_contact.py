from odoo import api, fields, models


class AutoContact(models.Model):
    _inherit = "auto.contact"

    lead_id = fields.Many2one(
        comodel_name="crm.lead", string="Prospect", index="btree_not_null"
    )
    _lead_date_idx = models.Index("(lead_id, date DESC) WHERE lead_id IS NOT NULL")

    @api.model
    def _append_only_open_fields(self):
        # A merge takes the contacts along to the prospect that stays.
        return super()._append_only_open_fields() | {"lead_id"}

    def _record_opt_out(self):
        """The number and address of the prospect opt out as well."""
        result = super()._record_opt_out()
        # Whoever hears it may not write the lists; the customer's word may.
        leads = self.sudo().lead_id
        numbers = set(leads.mapped("phone_sanitized")) - {False}
        if numbers:
            self.env["phone.blacklist"].sudo()._add(list(numbers))
        for address in set(leads.mapped("email_normalized")) - {False}:
            self.env["mail.blacklist"].sudo()._add(address)
        return result
