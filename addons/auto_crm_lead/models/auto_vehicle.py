from odoo import fields, models


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    feature_ids = fields.Many2many(
        comodel_name="auto.vehicle.feature",
        string="Equipment",
        help="What a prospect may have asked for; used to find a matching car.",
    )
