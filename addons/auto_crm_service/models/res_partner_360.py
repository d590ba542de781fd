from odoo import models


class ResPartner(models.Model):
    """Repairs in the customer's 360 view."""

    _inherit = "res.partner"

    def _auto_360_counters(self):
        tiles = super()._auto_360_counters()
        family = self._auto_360_family()
        tile = self._auto_360_tile(
            "repairs",
            self.env._("Repairs"),
            "fa-wrench",
            "repair.order",
            [("vehicle_id", "!=", False), ("partner_id", "in", family)],
        )
        return [*tiles, tile] if tile else tiles
