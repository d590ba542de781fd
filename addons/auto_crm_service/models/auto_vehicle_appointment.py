from odoo import api, fields, models


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    appointment_ids = fields.One2many(
        comodel_name="auto.appointment",
        inverse_name="vehicle_id",
        string="Appointments",
        bypass_search_access=True,
        copy=False,
    )
    appointment_count = fields.Integer(
        string="Appointments booked", compute="_compute_appointment_count"
    )

    def _compute_appointment_count(self):
        appointments = self.env["auto.appointment"]
        counts = {}
        if appointments.has_access("read"):
            counts = dict(
                appointments._read_group(
                    [("vehicle_id", "in", self.ids)], ["vehicle_id"], ["__count"]
                )
            )
        for vehicle in self:
            vehicle.appointment_count = counts.get(vehicle._origin, 0)

    def action_open_appointments(self):
        """Open the appointments of the car; the button there books a new one."""
        self.ensure_one()
        return self.env["auto.appointment"]._action_of(
            [("vehicle_id", "=", self.id)],
            default_vehicle_id=self.id,
            default_partner_id=self.owner_id.id,
        )


class AutoVehicleEvent(models.Model):
    _inherit = "auto.vehicle.event"

    kind = fields.Selection(
        selection_add=[("appointment", "Appointment")],
        ondelete={"appointment": lambda events: events._turn_into("store")},
    )

    @api.model
    def _kind_icons(self):
        return {**super()._kind_icons(), "appointment": "fa-calendar-check-o"}
