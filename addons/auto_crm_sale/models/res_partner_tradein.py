from odoo import fields, models


class ResPartner(models.Model):
    """Trade-ins in the customer's 360 view."""

    _inherit = "res.partner"

    tradein_count = fields.Integer(
        string="Number of trade-ins",
        compute="_compute_tradein_count",
        groups="auto_crm_base.group_user",
    )

    def _compute_tradein_count(self):
        counts = self.env["auto.tradein"]._counts("partner_id", self)
        for partner in self:
            partner.tradein_count = counts.get(partner._origin, 0)

    def _auto_360_tiles(self):
        tiles = super()._auto_360_tiles()
        tile = self._auto_360_tile(
            "tradeins",
            self.env._("Trade-ins"),
            "fa-exchange",
            "auto.tradein",
            [("partner_id", "in", self._auto_360_family())],
        )
        return [*tiles, tile] if tile else tiles

    def action_view_tradeins(self):
        """Open the trade-ins of the customer."""
        self.ensure_one()
        tradeins = self.env["auto.tradein"]
        return tradeins._action_of(
            tradeins.search([("partner_id", "=", self.id)]),
            {"partner_id": self.id},
        )
