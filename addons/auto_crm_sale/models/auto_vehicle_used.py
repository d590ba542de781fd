from odoo import api, fields, models


class AutoVehicle(models.Model):
    """Used cars have a price each: one product stands for all of them."""

    _inherit = "auto.vehicle"

    asking_price = fields.Monetary(
        copy=False,
        help="What is asked for this used car, in place of its product's price.",
    )

    _asking_price_check = models.Constraint(
        "CHECK(COALESCE(asking_price, 0) >= 0)", "A price cannot be negative."
    )

    @api.depends("asking_price", "product_id.is_used_car")
    def _compute_list_price(self):
        result = super()._compute_list_price()
        for vehicle in self:
            if vehicle.asking_price or vehicle.product_id.is_used_car:
                vehicle.list_price = vehicle.asking_price
        return result

    def write(self, vals):
        result = super().write(vals)
        if "is_used" in vals:
            # Corrected by hand: contracts whose car is still here follow.
            here = self.filtered(lambda car: car.supply_state != "out")
            here.sudo().sale_line_ids._take_over_used()
        return result
