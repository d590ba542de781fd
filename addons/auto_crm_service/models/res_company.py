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

    auto_service_discount_free = fields.Float(
        string="Discount without approval (%)",
        default=10,
        help="An adviser gives so much below the list price; more is approved. What "
        "members have is theirs besides.",
    )

    auto_service_link_days = fields.Integer(
        string="Links open for (days)",
        default=60,
        help="So long after the car was returned, or the appointment, its link shows "
        "the customer's page without a login. Later the portal does.",
    )

    _service_link_check = models.Constraint(
        "CHECK (auto_service_link_days BETWEEN 1 AND 3650)",
        "A link is open between 1 and 3,650 days.",
    )
    _service_discount_check = models.Constraint(
        "CHECK (auto_service_discount_free BETWEEN 0 AND 100)",
        "A discount is between 0 and 100 %.",
    )

    def _workshop_tz(self):
        """Return the name of the time zone in which the workshop lives."""
        self.ensure_one()
        # Whoever works there need not read the store's calendar.
        return self.sudo().resource_calendar_id.tz or self.env.user.tz or "UTC"
