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
        unpaid = self._auto_360_unpaid_repairs(family)
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

    def _auto_360_unpaid_repairs(self, family):
        """Return the tile of the repairs that are to be paid.

        Sales people, who see no repairs, are told how many there are: what is paid is
        known to sales and service alike.
        """
        name = self.env._("Repairs to be paid")
        domain = [
            ("vehicle_id", "!=", False),
            ("partner_id", "in", family),
            ("service_state", "in", ("settled", "returned")),
            ("payment_status", "in", ("open", "partial")),
        ]
        repairs = self.env["repair.order"]
        if repairs.has_access("read") or not self.env.user.has_group(
            "auto_crm_base.group_consultant"
        ):
            return self._auto_360_tile(
                "unpaid_repairs", name, "fa-money", "repair.order", domain
            )
        # A number of their own stores, without the repairs behind it.
        domain += [("company_id", "in", self.env.companies.ids)]
        return {
            "key": "unpaid_repairs",
            "label": name,
            "icon": "fa-money",
            "count": None,
            "query": repairs.sudo()._search(domain),
            "action": False,
        }
