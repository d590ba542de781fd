from odoo import models


class ResPartner(models.Model):
    """Claims in the customer's 360 view."""

    _inherit = "res.partner"

    def _auto_360_tiles(self):
        tiles = super()._auto_360_tiles()
        tile = self._auto_360_tile(
            "claims",
            self.env._("Claims"),
            "fa-shield",
            "auto.claim",
            [("customer_id", "in", self._auto_360_family())],
            views="list,form",
        )
        return [*tiles, tile] if tile else tiles
