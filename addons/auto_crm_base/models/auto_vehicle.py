from odoo import fields, models


class AutoVehicle(models.Model):
    """One physical vehicle, for life."""

    _name = "auto.vehicle"
    _inherit = ["auto.store.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Vehicle"
    _rec_name = "vin"

    vin = fields.Char(string="VIN", index=True)
    license_plate = fields.Char(string="License plate")
    model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model", string="Model", index=True
    )
    owner_id = fields.Many2one(
        comodel_name="res.partner", string="Owner", index="btree_not_null"
    )
    company_id = fields.Many2one(comodel_name="res.company", string="Store")
