from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    _inherit = "product.template"

    is_vehicle = fields.Boolean(
        string="Vehicle",
        help="Cars are sold under this product: each unit is a serial number, the "
        "serial number is the VIN, and each becomes one vehicle record.",
    )
    vehicle_model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model",
        string="Vehicle model",
        index="btree_not_null",
        ondelete="restrict",
        help="The model that a car of this product is. Empty for a product under "
        "which used cars of any model are bought and sold.",
    )

    @api.constrains("is_vehicle", "type", "is_storable", "tracking")
    def _check_is_vehicle(self):
        for template in self.filtered("is_vehicle"):
            if not template.is_storable or template.tracking != "serial":
                raise ValidationError(
                    self.env._(
                        "“%(product)s” is a vehicle: it must be goods, tracked in "
                        "stock by unique serial number.",
                        product=template.display_name,
                    )
                )

    @api.onchange("is_vehicle")
    def _onchange_is_vehicle(self):
        if self.is_vehicle:
            self.type = "consu"
            self.is_storable = True
            self.tracking = "serial"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._vehicle_vals(vals) for vals in vals_list])

    def write(self, vals):
        new = self.filtered(lambda template: not template.is_vehicle)
        result = super().write(self._vehicle_vals(vals))
        if vals.get("is_vehicle") and new:
            # The serial numbers there are already become vehicles; whoever may
            # change the product need not see every store's.
            lots = self.env["stock.lot"].sudo()
            lots.search([("product_id.product_tmpl_id", "in", new.ids)])._adopt()
        return result

    def _mark_as_vehicles(self):
        """Mark products that have been cars all along; their serial numbers are
        adopted by whoever calls, past the write() above."""
        return super().write({"is_vehicle": True})  # pylint: disable=super-method-mismatch

    @api.model
    def _vehicle_vals(self, vals):
        """Return ``vals`` with what a vehicle needs of its product."""
        if not vals.get("is_vehicle"):
            return vals
        return {**vals, "type": "consu", "is_storable": True, "tracking": "serial"}
