from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _auto_360_tiles(self):
        """Add what the customer has still to pay, for sales and service alike."""
        tiles = super()._auto_360_tiles()
        tile = self._auto_360_tile(
            "open_payments",
            self.env._("Open payments"),
            "fa-money",
            "auto.payment.due",
            [
                ("partner_id", "in", self._auto_360_family()),
                ("open_amount", ">", 0),
                ("order_state", "=", "sale"),
            ],
        )
        if tile:
            dues = self.env["auto.payment.due"].search(tile["action"]["domain"])
            by_currency = dues.grouped("currency_id")
            amounts = " + ".join(
                currency.format(sum(lines.mapped("open_amount")))
                for currency, lines in by_currency.items()
            )
            tile["count"] = amounts or 0
        return [*tiles, tile] if tile else tiles
