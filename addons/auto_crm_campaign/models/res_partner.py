from odoo import models


class ResPartner(models.Model):
    """Events in the customer's 360 view."""

    _inherit = "res.partner"

    def _auto_360_tiles(self):
        tiles = super()._auto_360_tiles()
        tile = self._auto_360_tile(
            "events",
            self.env._("Events"),
            "fa-ticket",
            "event.registration",
            [("partner_id", "in", self._auto_360_family())],
        )
        return [*tiles, *([tile] if tile else [])]
