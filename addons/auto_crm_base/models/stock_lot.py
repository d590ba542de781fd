from odoo import fields, models


class StockLot(models.Model):
    _inherit = "stock.lot"

    vehicle_ids = fields.One2many(
        comodel_name="auto.vehicle",
        inverse_name="lot_id",
        string="Vehicle",
        help="The car with this serial number; there is one at most.",
    )

    def action_open_vehicle(self):
        """Open the car with this serial number."""
        self.ensure_one()
        vehicle = self.vehicle_ids[:1]
        vehicle.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "auto.vehicle",
            "res_id": vehicle.id,
            "views": [(False, "form")],
        }
