from odoo import models


class ResPartner(models.Model):
    """Contracts and add-ons in the customer's 360 view."""

    _inherit = "res.partner"

    def _auto_360_tiles(self):
        tiles = super()._auto_360_tiles()
        in_family = [("partner_id", "in", self._auto_360_family())]
        addons = [
            ("addons", self.env._("Accessories and packs"), "fa-plus-square-o"),
            ("addon_insurance", self.env._("Insurance sold"), "fa-shield"),
            ("addon_loans", self.env._("Loans"), "fa-university"),
            ("addon_registrations", self.env._("Registrations"), "fa-id-card"),
        ]
        categories = {
            "addons": ("accessory", "service_pack", "other"),
            "addon_insurance": ("insurance", "performance"),
            "addon_loans": ("loan",),
            "addon_registrations": ("registration",),
        }
        counts = {}
        if self.env["auto.sale.addon"].has_access("read"):
            counts = dict(
                self.env["auto.sale.addon"]._read_group(
                    [*in_family, ("state", "!=", "cancelled")],
                    ["category"],
                    ["__count"],
                )
            )
        mine = [
            self._auto_360_tile(
                "contracts",
                self.env._("Contracts"),
                "fa-file-text-o",
                "sale.order",
                [*in_family, ("is_vehicle_contract", "=", True)],
            ),
            *(
                self._auto_360_tile(
                    key,
                    label,
                    icon,
                    "auto.sale.addon",
                    [
                        *in_family,
                        ("category", "in", categories[key]),
                        ("state", "!=", "cancelled"),
                    ],
                    count=sum(counts.get(name, 0) for name in categories[key]),
                )
                for key, label, icon in addons
            ),
        ]
        return [*tiles, *(tile for tile in mine if tile)]
