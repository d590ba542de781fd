from odoo import fields, models


class FleetVehicleModel(models.Model):
    _inherit = "fleet.vehicle.model"

    auto_warranty_months = fields.Integer(
        string="Warranty (months)", help="0: as the store has it."
    )
    auto_first_service_months = fields.Integer(
        string="First service after (months)", help="0: as the store has it."
    )
    auto_first_service_km = fields.Integer(
        string="First service after (km)", help="0: as the store has it."
    )

    _auto_terms_check = models.Constraint(
        "CHECK(COALESCE(auto_warranty_months, 0) BETWEEN 0 AND 240"
        " AND COALESCE(auto_first_service_months, 0) BETWEEN 0 AND 60"
        " AND COALESCE(auto_first_service_km, 0) BETWEEN 0 AND 100000)",
        "Times and distances of a delivery must be reasonable.",
    )
