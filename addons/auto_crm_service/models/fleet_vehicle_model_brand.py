from odoo import fields, models


class FleetVehicleModelBrand(models.Model):
    _inherit = "fleet.vehicle.model.brand"

    auto_warranty_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Warranty is paid by",
        help="The maker or importer to whom warranty work is invoiced.",
    )
