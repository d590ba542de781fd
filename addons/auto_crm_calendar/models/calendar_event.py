from odoo import api, models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.model
    def _prepare_partner_contact_details_html(self, section_title, partner):
        """Keep a customer's number out of the description, which everybody reads."""
        details = super()._prepare_partner_contact_details_html(section_title, partner)
        if not partner.partner_share:
            return details
        return [line for line in details if "'tel:" not in line]
