from odoo import models


class ResPartner(models.Model):
    """Repairs, recalls and declined work in the customer's 360 view."""

    _inherit = "res.partner"

    def _auto_360_tiles(self):
        tiles = super()._auto_360_tiles()
        family = self._auto_360_family()
        tile = self._auto_360_tile(
            "repairs",
            self.env._("Repairs"),
            "fa-wrench",
            "repair.order",
            [("vehicle_id", "!=", False), ("partner_id", "in", family)],
        )
        unpaid = self._auto_360_tile(
            "unpaid_repairs",
            self.env._("Repairs to be paid"),
            "fa-money",
            "repair.order",
            [
                ("vehicle_id", "!=", False),
                ("partner_id", "in", family),
                ("service_state", "in", ("settled", "returned")),
                ("payment_status", "in", ("open", "partial")),
            ],
        )
        recalls = self._auto_360_tile(
            "recalls",
            self.env._("Open recalls"),
            "fa-bullhorn",
            "auto.recall.vehicle",
            [
                ("vehicle_id.owner_id", "in", family),
                ("is_pending", "=", True),
                ("recall_id.state", "=", "active"),
                ("recall_id.kind", "!=", "bulletin"),
            ],
        )
        declined = self._auto_360_tile(
            "declined_work",
            self.env._("Declined work"),
            "fa-undo",
            "auto.declined.work",
            [("partner_id", "in", family), ("state", "in", ("open", "offered"))],
        )
        return [*tiles, *(one for one in (tile, unpaid, recalls, declined) if one)]
