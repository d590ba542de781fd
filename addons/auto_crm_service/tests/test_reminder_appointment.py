from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .test_appointment import AppointmentCase


@tagged("post_install", "-at_install")
class TestReminderAppointment(AppointmentCase):
    """Who has an appointment is not reminded, and nobody is lost when it falls out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["auto.followup.rule"].search([]).action_archive()
        cls.today = fields.Date.context_today(cls.env.user)
        field = cls.env["ir.model.fields"]._get("auto.vehicle", "next_service_date")
        cls.rule = cls.env["auto.followup.rule"].create(
            {
                "name": "Test reminder",
                "subject": "maintenance",
                "date_field_id": field.id,
                "domain": f"[('id', '=', {cls.vehicle.id})]",
                "quiet_days": 0,
                "visit_days": 30,
                "assignee": "role",
                "group_id": cls.env.ref("auto_crm_base.group_adviser").id,
            }
        )
        cls.vehicle.next_service_date = cls.today

    def _remind(self):
        self.rule._generate()
        return self.rule.followup_ids

    def test_open_reminder_waits_for_the_visit(self):
        """Booked by himself: not called before, called after when he stays away."""
        reminder = self._remind()
        self.assertEqual(reminder.date_due, self.today)
        appointment = self.book(self.at(9, day=4))
        self.assertTrue(reminder.is_open)
        self.assertEqual(reminder.date_due, self.today + timedelta(days=4))
        self.assertEqual(reminder.activity_ids.date_deadline, reminder.date_due)
        appointment._move(self.at(10, day=9), self.reason)
        self.assertEqual(reminder.date_due, self.today + timedelta(days=9))
        appointment._cancel(self.reason)
        self.assertEqual(reminder.date_due, self.today)

    def test_no_reminder_of_who_is_booked(self):
        appointment = self.book(self.at(9, day=4))
        self.assertFalse(self._remind())
        appointment._cancel(self.reason)
        self.assertTrue(self._remind())

    def test_comes_back_when_the_customer_does_not(self):
        reminder = self._remind()
        appointment = self.book(self.at(9, day=2), followup_id=reminder.id)
        self.assertEqual((reminder.state, reminder.result), ("done", "appointment"))
        with freeze_time(self.at(17, day=3)):
            appointment._miss()
            self.assertTrue(reminder.is_open)
            self.assertFalse(reminder.result)
            self.assertEqual(reminder.date_due, self.today + timedelta(days=3))
            self.assertEqual(reminder.activity_ids.user_id, reminder.user_id)
        self.assertTrue(reminder.date_booked, "it was booked all the same")

    def test_second_appointment_keeps_it_closed(self):
        reminder = self._remind()
        first = self.book(self.at(9, day=2), followup_id=reminder.id)
        self.book(self.at(14, day=3), followup_id=reminder.id)
        first._cancel(self.reason)
        self.assertEqual(reminder.state, "done")
