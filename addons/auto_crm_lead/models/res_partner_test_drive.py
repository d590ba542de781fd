from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _auto_360_tiles(self):
        """Add the customer's test drives."""
        tiles = super()._auto_360_tiles()
        tile = self._auto_360_tile(
            "test_drives",
            self.env._("Test drives"),
            "fa-flag-checkered",
            "auto.test.drive",
            [("partner_id", "in", self._auto_360_family())],
            context={"default_partner_id": self.id},
        )
        # Behind the prospects, which they belong to.
        return [*tiles[:1], tile, *tiles[1:]] if tile else tiles
