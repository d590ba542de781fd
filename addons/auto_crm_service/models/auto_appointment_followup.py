from datetime import UTC, timedelta

from odoo import fields, models


class AutoAppointment(models.Model):
    """What reminded the customer of an appointment, linked to it or not.

    Whoever has an appointment is not reminded meanwhile: the open reminders of the car
    wait for the day after it, and come back at once when it is cancelled. One that led
    to an appointment comes back when the customer does not.
    """

    _inherit = "auto.appointment"

    def _booked(self):
        result = super()._booked()
        followups = self.env["auto.followup"]
        today = fields.Date.context_today(self)
        for appointment in self.filtered("vehicle_id"):
            followups._note_outcome(appointment.vehicle_id, "booked", today)
            after = appointment._day_after()
            waiting = appointment._waiting_reminders().filtered(
                lambda one, after=after: one.date_due < after
            )
            waiting.write({"date_due": after})
        return result

    def _move(self, *args, **kwargs):
        before = self._day_after()
        result = super()._move(*args, **kwargs)
        waiting = self._waiting_reminders()
        waiting.filtered(lambda one: one.date_due == before).write(
            {"date_due": self._day_after()}
        )
        return result

    def _cancel(self, *args, **kwargs):
        result = super()._cancel(*args, **kwargs)
        for appointment in self:
            today = appointment._local_day(fields.Datetime.now())
            after = appointment._day_after()
            appointment._waiting_reminders().filtered(
                lambda one, after=after, today=today: one.date_due == after > today
            ).write({"date_due": today})
            appointment._lose_reminder(self.env._("The appointment was cancelled."))
        return result

    def _miss(self):
        result = super()._miss()
        for appointment in self:
            appointment._lose_reminder(self.env._("The customer did not come."))
        return result

    def _lose_reminder(self, reason):
        """Let the reminder that led to this appointment come back."""
        self.ensure_one()
        # Of all stores and people, whoever cancels.
        known = self.sudo()
        coming = known.followup_id.appointment_ids.filtered(
            lambda one: one.state not in ("cancelled", "no_show")
        )
        if known.followup_id and not coming:
            tomorrow = self._local_day(fields.Datetime.now()) + timedelta(days=1)
            known.followup_id._appointment_lost(tomorrow, reason)

    def _day_after(self):
        self.ensure_one()
        return self._local_day(self.stop) + timedelta(days=1)

    def _local_day(self, moment):
        """Return the day of a moment (UTC) where the store is."""
        zone = self.env["auto.appointment.setting"]._of_store(self.company_id)._zone()
        return moment.replace(tzinfo=UTC).astimezone(zone).date()

    def _waiting_reminders(self):
        """Return the open follow-ups of the car that a visit answers."""
        self.ensure_one()
        # Of whatever store and person: the customer is called by all of them.
        followups = self.env["auto.followup"].sudo()
        if not self.vehicle_id:
            return followups
        return followups.search(
            [
                ("vehicle_id", "=", self.vehicle_id.id),
                ("is_open", "=", True),
                ("rule_id.visit_days", ">", 0),
            ]
        )
