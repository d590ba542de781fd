from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    auto_warranty_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Warranty is paid by",
        help="Who pays warranty work on cars of brands that do not say otherwise.",
    )
    auto_service_paid_first = fields.Boolean(
        string="Return cars only when paid",
        default=True,
        help="The car is returned when the customer's own share is paid.",
    )

    def _workshop_tz(self):
        """Return the name of the time zone in which the workshop lives."""
        self.ensure_one()
        # Whoever works there need not read the store's calendar.
        return self.sudo().resource_calendar_id.tz or self.env.user.tz or "UTC"
