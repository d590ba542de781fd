from odoo import models


class AutoLeadMatch(models.Model):
    """From a proposed car to its reservation."""

    _inherit = "auto.lead.match"

    def action_reserve(self):
        """Open a reservation of the car for the prospect's customer."""
        self.ensure_one()
        self._check_may_decide()
        return self.lead_id._action_reserve(self.vehicle_id)
