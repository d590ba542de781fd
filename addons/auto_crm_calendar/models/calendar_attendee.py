from odoo import api, models
from odoo.fields import Domain


class CalendarAttendee(models.Model):
    _name = "calendar.attendee"
    _inherit = ["calendar.attendee", "auto.masked.mixin"]

    @api.model
    def _masked_fields(self):
        return {**super()._masked_fields(), "phone": "phone"}

    @api.model
    def _mask_exempt_domain(self):
        """Show in full whom the user sees in full among the customers."""
        return Domain(
            "partner_id", "any", self.env["res.partner"]._mask_exempt_domain()
        )
