from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged, warmup
from odoo.tools import mute_logger

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestCadence(LeadCase):
    def test_each_contact_sets_the_next(self):
        for code, days in {"H": 1, "A": 3, "B": 5, "C": 15, "D": 30}.items():
            lead = self._lead(grade_id=self.grades[code].id)
            self.assertEqual(lead.next_followup_date, self.today, "new: due at once")
            lead.with_user(self.consultant)._log_contact("phone", "Hello")
            self.assertEqual(lead.next_followup_date, self.in_days(days), code)
            self.assertTrue(lead.last_contact_date)
            self.assertEqual(lead.last_contact_summary, "Hello")

    def test_contact_is_kept_as_said(self):
        lead = self._lead(grade_id=self.grades["A"].id).with_user(self.consultant)
        contact = lead._log_contact(
            "chat",
            "Wants it in red",
            result="reached",
            next_step="Ask for red",
            direction="in",
        )
        self.assertEqual(contact.lead_id, lead)
        self.assertEqual(contact.user_id, self.consultant)
        self.assertEqual(contact.company_id, self.store)
        self.assertEqual(
            (contact.channel, contact.direction, contact.result),
            ("chat", "in", "reached"),
        )
        self.assertIn("Wants it in red", lead.recent_contacts)
        self.assertIn("Ask for red", lead.recent_contacts)
        self.assertFalse(contact.has_access("write"))
        self.assertFalse(contact.has_access("unlink"))
        with self.assertRaises(UserError):
            contact.sudo().summary = "Wants it in blue"

    def test_recent_contacts_escape(self):
        lead = self._lead()
        lead._log_contact("phone", "<script>alert(1)</script>")
        self.assertNotIn("<script>", lead.recent_contacts)

    def test_state_follows_the_first_real_contact(self):
        lead = self._lead()
        lead._log_contact("phone", "Nobody there", result="no_answer")
        self.assertEqual(lead.followup_state, "first_contact")
        lead._log_contact("phone", "Talked", result="reached")
        self.assertEqual(lead.followup_state, "intent")

    def test_dates_on_the_wrong_side(self):
        lead = self._lead()
        with self.assertRaises(UserError):
            lead._log_contact("phone", "x", next_date=self.in_days(-1))
        with self.assertRaises(UserError):
            lead._log_contact(
                "phone", "x", date=fields.Datetime.now() + timedelta(hours=1)
            )
        self.assertFalse(lead.contact_ids)

    def test_ungraded_is_due_next_day(self):
        lead = self._lead()
        lead._log_contact("phone", "Hello")
        self.assertEqual(lead.next_followup_date, self.in_days(1))

    @freeze_time("2026-03-05 03:00:00")  # a Thursday
    def test_never_on_a_closed_day(self):
        calendar = self.store.resource_calendar_id
        calendar.attendance_ids.filtered(
            lambda attendance: attendance.dayofweek in ("5", "6")
        ).unlink()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed on Monday",
                "calendar_id": calendar.id,
                "company_id": self.store.id,
                "date_from": "2026-03-09 00:00:00",
                "date_to": "2026-03-09 23:59:00",
            }
        )
        lead = self._lead(grade_id=self.grades["A"].id)
        lead._log_contact("phone", "Hello")  # in three days: Sunday
        self.assertEqual(
            lead.next_followup_date, fields.Date.to_date("2026-03-10"), "Tuesday"
        )

    def test_batch(self):
        leads = self._lead(3)
        for lead, code in zip(leads, "HBD", strict=True):
            lead.grade_id = self.grades[code]
        leads.with_user(self.consultant)._log_contact("sms", "Spring offer")
        self.assertEqual(
            leads.mapped("next_followup_date"),
            [self.in_days(1), self.in_days(5), self.in_days(30)],
        )
        self.assertEqual([len(lead.contact_ids) for lead in leads], [1, 1, 1])

    def test_opt_out(self):
        lead = self._lead(phone="+86 138 0013 8000", email_from="wang@example.com")
        lead.with_user(self.consultant)._log_contact(
            "phone", "Leave me alone", result="opt_out"
        )
        self.assertFalse(lead.next_followup_date)
        self.assertTrue(lead.phone_blacklisted)
        self.assertTrue(lead.is_blacklisted)

    # ------------------------------------------------------------
    # One reminder
    # ------------------------------------------------------------

    def _reminders(self, lead):
        return self.env["mail.activity"].search([("auto_lead_id", "=", lead.id)])

    def test_the_reminder_moves(self):
        lead = self._lead(grade_id=self.grades["A"].id)
        lead._remind()
        reminder = self._reminders(lead)
        self.assertEqual(reminder.user_id, self.consultant)
        lead.with_user(self.consultant)._log_contact("phone", "Hello")
        self.assertEqual(self._reminders(lead), reminder, "moved, not multiplied")
        self.assertEqual(reminder.date_deadline, self.in_days(3))
        lead.user_id = self.users["sales_manager", 1]
        self.assertEqual(reminder.user_id, self.users["sales_manager", 1])
        lead._remind()
        self.assertEqual(self._reminders(lead), reminder)
        lead.action_set_won()
        self.assertFalse(self._reminders(lead), "won: nothing to remind of")

    def test_the_database_refuses_a_second_one(self):
        lead = self._lead()
        lead._remind()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["mail.activity"].create(
                lead._reminder_values(lead._reminder_type())
            )

    def test_marking_as_done_is_logging_a_contact(self):
        lead = self._lead(grade_id=self.grades["A"].id)
        lead._remind()
        reminder = self._reminders(lead).with_user(self.consultant)
        with self.assertRaises(UserError):
            reminder.action_done()
        reminder.action_feedback(feedback="He will come on Saturday")
        self.assertEqual(lead.contact_ids.summary, "He will come on Saturday")
        self.assertEqual(self._reminders(lead).date_deadline, self.in_days(3))

    # ------------------------------------------------------------
    # Shelved
    # ------------------------------------------------------------

    def test_shelve_and_wake(self):
        lead = self._lead(grade_id=self.grades["B"].id, followup_state="quotation")
        lead._remind()
        wizard = (
            self.env["auto.lead.shelve"]
            .with_user(self.consultant)
            .with_context(active_model="crm.lead", active_ids=lead.ids)
            .create({"wake_date": self.in_days(10), "reason": "Travels"})
        )
        wizard.action_shelve()
        self.assertEqual(lead.followup_state, "shelved")
        self.assertFalse(lead.next_followup_date)
        self.assertFalse(self._reminders(lead))
        self.assertIn("Travels", lead.message_ids[0].body)
        lead.with_user(self.consultant).action_wake()
        self.assertEqual(lead.followup_state, "quotation")
        self.assertEqual(lead.next_followup_date, self.today)
        self.assertEqual(lead.woken_date, self.today)
        lead._log_contact("phone", "Back again")
        self.assertFalse(lead.woken_date)

    def test_shelving_needs_a_future_day(self):
        lead = self._lead()
        with self.assertRaises(UserError):
            lead.followup_state = "shelved"
        with self.assertRaises(UserError):
            lead._shelve(self.today)
        with self.assertRaises(UserError):
            lead.write({"followup_state": "shelved", "wake_date": self.in_days(-3)})
        self.assertEqual(lead.followup_state, "first_contact")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env.cr.execute(
                "UPDATE crm_lead SET followup_state = 'shelved' WHERE id = %s",
                [lead.id],
            )

    # ------------------------------------------------------------
    # Horizon
    # ------------------------------------------------------------

    def _tasks(self, lead):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "crm.lead"),
                ("res_id", "=", lead.id),
                ("auto_lead_id", "=", False),
            ]
        )

    def test_horizon_drives_the_treatment(self):
        lead = self._lead(email_from="chen@example.com")
        lead.horizon_id = self.horizons["6m"]
        task = self._tasks(lead)
        self.assertEqual(task.activity_type_id.name, "Send detailed material")
        self.assertTrue(task.mail_template_ids)
        self.assertEqual(task.user_id, self.consultant)
        lead.horizon_id = self.horizons["12m"]
        self.assertEqual(
            self._tasks(lead).activity_type_id.name, "Send general material"
        )
        lead.horizon_id = self.horizons["3m"]
        self.assertEqual(
            self._tasks(lead).activity_type_id.name, "Bring the purchase forward"
        )
        lead._log_contact("phone", "In spring", next_date=self.in_days(20))
        lead.horizon_id = self.horizons["now"]
        self.assertFalse(self._tasks(lead))
        self.assertEqual(lead.next_followup_date, self.today, "at once")
        self.assertEqual(self._reminders(lead).date_deadline, self.today)

    def test_material_only_where_the_customer_accepts_email(self):
        lead = self._lead(email_from="chen2@example.com")
        self.env["mail.blacklist"]._add("chen2@example.com")
        lead.invalidate_recordset()
        lead.horizon_id = self.horizons["6m"]
        task = self._tasks(lead)
        self.assertFalse(task.mail_template_ids)
        self.assertIn("does not accept e-mail", task.note)

    # ------------------------------------------------------------
    # Wizard
    # ------------------------------------------------------------

    def test_wizard_proposes_and_explains(self):
        lead = self._lead(grade_id=self.grades["C"].id)
        model = self.env["auto.contact.log"].with_user(self.consultant)
        with Form(
            model.with_context(active_model="crm.lead", active_ids=lead.ids)
        ) as form:
            self.assertEqual(form.next_date, self.in_days(15))
            form.grade_id = self.grades["H"]
            self.assertEqual(form.next_date, self.in_days(1))
            self.assertIn("H", form.next_date_reason)
            form.summary = "Wants to sign"
            form.result = "reached"
            form.horizon_id = self.horizons["now"]
        form.record.action_log()
        self.assertEqual(lead.grade_id.code, "H")
        self.assertEqual(lead.horizon_id.code, "now")
        self.assertEqual(lead.next_followup_date, self.in_days(1))
        self.assertEqual(lead.contact_ids.summary, "Wants to sign")

    def test_wizard_for_many(self):
        leads = self._lead(2)
        leads[0].grade_id = self.grades["A"]
        wizard = (
            self.env["auto.contact.log"]
            .with_user(self.consultant)
            .with_context(active_model="crm.lead", active_ids=leads.ids)
            .create({"summary": "Invited to the show", "channel": "sms"})
        )
        wizard.action_log()
        self.assertEqual(
            leads.mapped("next_followup_date"), [self.in_days(3), self.in_days(1)]
        )

    @warmup
    def test_query_budget(self):
        lead = self._lead(grade_id=self.grades["A"].id).with_user(self.consultant)
        lead._remind()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            lead._log_contact("phone", "Hello", result="reached")
            self.env.flush_all()
