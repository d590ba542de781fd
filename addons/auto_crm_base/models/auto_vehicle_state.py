from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    supply_state = fields.Selection(
        selection=[
            ("planned", "Planned"),
            ("in_production", "In production"),
            ("factory_stock", "Factory stock"),
            ("in_transit", "In transit"),
            ("in_stock", "In stock"),
            ("dealer_stock", "Dealer stock"),
            ("out", "Out"),
        ],
        string="Supply",
        required=True,
        default="out",
        index=True,
        help="Where the car is on its way from the maker. Out: not in anybody's "
        "stock, with its owner.",
    )
    sale_state = fields.Selection(
        selection=[
            ("free", "Free"),
            ("reserved", "Reserved"),
            ("sold", "Sold"),
            ("delivered", "Delivered"),
            ("third_party", "Third party"),
        ],
        string="Sale",
        required=True,
        default="third_party",
        index=True,
        help="Third party: sold elsewhere, here for service only.",
    )
    availability = fields.Selection(
        selection=[
            ("available", "Available"),
            ("incoming", "On its way"),
            ("reserved", "Reserved"),
            ("sold", "Sold"),
            ("gone", "With its owner"),
        ],
        compute="_compute_availability",
        store=True,
        index=True,
    )

    @api.depends("supply_state", "sale_state")
    def _compute_availability(self):
        for vehicle in self:
            vehicle.availability = vehicle._availability()

    def _availability(self):
        if self.sale_state in ("reserved", "sold"):
            return self.sale_state
        if self.sale_state != "free" or self.supply_state == "out":
            return "gone"
        if self.supply_state in ("in_stock", "dealer_stock"):
            return "available"
        return "incoming"

    @api.constrains("supply_state", "sale_state")
    def _check_tracks(self):
        for vehicle in self:
            if (
                vehicle.sale_state in ("delivered", "third_party")
                and vehicle.supply_state != "out"
            ):
                raise ValidationError(
                    self.env._(
                        "%(vehicle)s: a car that is delivered or a third party's is "
                        "in nobody's stock; its supply state must be “Out”.",
                        vehicle=vehicle.display_name,
                    )
                )

    @api.onchange("sale_state")
    def _onchange_sale_state(self):
        if self.sale_state in ("delivered", "third_party"):
            self.supply_state = "out"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [self._complete_states(vals, is_new=True) for vals in vals_list]
        )

    def write(self, vals):
        return super().write(self._complete_states(vals))

    @api.model
    def _complete_states(self, vals, is_new=False):
        """Return a copy of ``vals`` in which one track follows from the other."""
        vals = dict(vals)
        sale_state = vals.get("sale_state")
        if sale_state in ("delivered", "third_party"):
            vals.setdefault("supply_state", "out")
        elif sale_state and is_new and "supply_state" not in vals:
            vals["supply_state"] = "in_stock"
        elif (
            is_new
            and not sale_state
            and vals.get("supply_state") not in (None, False, "out")
        ):
            vals["sale_state"] = "free"
        return vals
