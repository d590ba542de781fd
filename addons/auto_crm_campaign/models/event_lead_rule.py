from odoo import models


class EventLeadRule(models.Model):
    _inherit = "event.lead.rule"

    def _run_on_registrations(self, registrations):
        # Also when a guest is confirmed later: see event.registration.
        others = registrations.filtered(
            lambda guest: not guest.event_id.auto_campaign_id
        )
        return super()._run_on_registrations(others)
