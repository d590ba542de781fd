from odoo import fields, models


class AutoFollowup(models.Model):
    """A follow-up that becomes an appointment."""

    _inherit = "auto.followup"

    appointment_ids = fields.One2many(
        comodel_name="auto.appointment",
        inverse_name="followup_id",
        string="Appointments",
        readonly=True,
        bypass_search_access=True,
    )
    appointment_count = fields.Integer(
        string="Appointment", compute="_compute_appointment_count"
    )

    def _compute_appointment_count(self):
        appointments = self.env["auto.appointment"]
        counts = {}
        if appointments.has_access("read"):
            counts = dict(
                appointments._read_group(
                    [("followup_id", "in", self.ids)], ["followup_id"], ["__count"]
                )
            )
        for followup in self:
            followup.appointment_count = counts.get(followup._origin, 0)

    def action_book_appointment(self):
        """Open a new appointment for the customer and the car."""
        self.ensure_one()
        return self.env["auto.appointment"]._action_book(
            partner=self.partner_id,
            vehicle=self.vehicle_id,
            company=self.company_id,
            followup=self,
        )

    def action_open_appointments(self):
        """Open what came of it."""
        self.ensure_one()
        return self.env["auto.appointment"]._action_of([("followup_id", "=", self.id)])

    def _appointment_lost(self, date, reason):
        """Come back when the customer whom they had brought did not come after all.

        :param date: the new due date
        :param str reason: in words
        """
        # Whoever cancels it: the reminder is another person's.
        booked = self.sudo().filtered(lambda one: one.result == "appointment")
        if booked:
            booked._reopen(date, reason)

    def _appointment_booked(self, appointment):
        """Close the open follow-ups with the appointment that they led to."""
        for followup in self.filtered("is_open"):
            followup._done("appointment", appointment.display_name)
