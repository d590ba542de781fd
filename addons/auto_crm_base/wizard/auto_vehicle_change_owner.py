from odoo import fields, models


class AutoVehicleChangeOwner(models.TransientModel):
    """Hands a car to another owner, from a day and for a reason."""

    _name = "auto.vehicle.change.owner"
    _description = "Change of owner"

    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle", string="Vehicle", required=True, readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="New owner",
        help="Leave empty when the car has left and the new owner is not known.",
    )
    date = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
    )
    reason = fields.Char(
        help="For example: sold privately, inherited, company car taken over."
    )
    odometer = fields.Integer(string="Odometer (km)")

    def action_confirm(self):
        """Change the owner, and note the odometer when it was read."""
        self.ensure_one()
        vehicle = self.vehicle_id
        vehicle.check_access("write")
        vehicle._change_owner(self.partner_id, self.date, self.reason or "")
        if self.odometer:
            vehicle._record_odometer(self.odometer, self.date, "handover")
        return {"type": "ir.actions.act_window_close"}
