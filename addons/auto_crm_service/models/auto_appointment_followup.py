from odoo import fields, models


class AutoAppointment(models.Model):
    """What reminded the customer of an appointment, linked to it or not."""

    _inherit = "auto.appointment"

    def _booked(self):
        result = super()._booked()
        followups = self.env["auto.followup"]
        today = fields.Date.context_today(self)
        for appointment in self.filtered("vehicle_id"):
            followups._note_outcome(appointment.vehicle_id, "booked", today)
        return result
