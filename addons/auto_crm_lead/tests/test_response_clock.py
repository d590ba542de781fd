from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestResponseClock(LeadCase):
    def _kinds(self, lead):
        return lead.clock_ids.sorted("id").mapped("kind")

    def test_the_life_of_a_clock(self):
        lead = self._lead(user=False)
        self.assertEqual(self._kinds(lead), ["received"])
        lead.user_id = self.consultant
        lead.user_id = self.manager
        lead.user_id = False
        lead.user_id = self.consultant
        lead._log_clock("auto_reply")
        self.assertFalse(lead.first_touch_date, "an automatic reply stops nothing")
        lead.with_user(self.consultant).web_read({"name": {}})
        lead.with_user(self.manager).web_read({"name": {}, "seen_date": {}})
        self.assertFalse(lead.seen_date, "seen by the consultant, in the form")
        for _twice in range(2):
            lead.with_user(self.consultant).web_read({"name": {}, "seen_date": {}})
        for _twice in range(2):
            lead.with_user(self.consultant)._log_contact("phone", "Hello")
        self.assertEqual(
            self._kinds(lead),
            [
                "received",
                "dispatched",
                "reassigned",
                "recalled",
                "dispatched",
                "auto_reply",
                "seen",
                "first_touch",
            ],
        )
        self.assertTrue(lead.first_touch_date)

    def test_nobody_edits_it(self):
        lead = self._lead()
        event = lead.clock_ids[0]
        with self.assertRaises(UserError):
            event.sudo().date = fields.Datetime.now() - timedelta(days=1)
        with self.assertRaises(UserError):
            event.sudo().unlink()
        with self.assertRaises(AccessError):
            event.with_user(self.users["store_manager", 1]).create(
                {"lead_id": lead.id, "kind": "first_touch"}
            )

    @freeze_time("2026-03-06 09:00:00")  # a Friday, 17:00 in China
    def test_working_hours_count(self):
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Weekdays 9 to 18",
                "company_id": self.store.id,
                "tz": "Asia/Shanghai",
                "attendance_ids": [
                    fields.Command.clear(),
                    *(
                        fields.Command.create(
                            {
                                "name": str(day),
                                "dayofweek": str(day),
                                "hour_from": 9,
                                "hour_to": 18,
                                "day_period": "morning",
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )
        self.store.resource_calendar_id = calendar
        lead = self._lead()
        with freeze_time("2026-03-09 01:30:00"):  # Monday, 9:30 in China
            self.assertIn("90", str(list(lead._waiting_minutes().values())))
            lead._log_contact("phone", "Hello")
        self.assertEqual(lead.response_minutes, 60 + 30)
        self.assertEqual(lead.response_band, "h4")

    def test_batch_minutes(self):
        now = fields.Datetime.now()
        spans = [(now - timedelta(minutes=minutes), now) for minutes in (0, 5, 61)]
        self.assertEqual(self.store._auto_working_minutes(spans), [0, 5, 61])
        self.assertEqual(self.store._auto_working_minutes([]), [])

    def test_report_shows_median_and_never_together(self):
        now = fields.Datetime.now()
        for minutes in (10, 20, 600):
            lead = self._lead(received_date=now - timedelta(minutes=minutes))
            lead._log_contact("phone", "Hello")
        lead.user_id = self.manager  # later: the answer stays with who gave it
        self._lead(2)
        self.env.flush_all()
        report = self.env["auto.lead.response.report"].with_user(
            self.users["store_manager", 1]
        )
        ((user, median, answered, never),) = report._read_group(
            [],
            ["user_id"],
            ["response_minutes:median", "answered:sum", "never_answered:sum"],
        )
        self.assertEqual(user, self.consultant)
        self.assertEqual((median, answered, never), (20, 3, 2))
        self.assertEqual(
            sorted(report.search([]).mapped("band")),
            ["h1", "late", "m15", "never", "never"],
        )
        foreign = report.with_user(self.users["store_manager", 2])
        self.assertFalse(foreign.search([]), "another store's figures stay unseen")
        with self.assertRaises(AccessError):
            report.with_user(self.consultant).search([])


@tagged("post_install", "-at_install")
class TestGradeIntegrity(LeadCase):
    def _verdict(self, lead):
        self.env.flush_all()
        lead.invalidate_recordset()
        return lead.with_user(self.consultant).grade_verdict

    def test_inflated(self):
        lead = self._lead(grade_id=self.grades["H"].id)
        self.assertEqual(self._verdict(lead), "fine")
        lead.grade_date = fields.Datetime.now() - timedelta(days=9)
        lead._log_contact("phone", "Hello", result="reached")
        self.assertEqual(self._verdict(lead), "inflated")
        self.assertIn("9 days", lead.grade_verdict_text)
        later = self._lead(grade_id=self.grades["A"].id)
        later.date_deadline = self.in_days(60)
        self.assertEqual(self._verdict(later), "inflated")

    def test_sandbagged(self):
        lead = self._lead(grade_id=self.grades["D"].id)
        self.assertEqual(self._verdict(lead), "fine")
        lead._log_contact("visit", "Sat in the car", result="visited")
        self.assertEqual(self._verdict(lead), "sandbagged")
        soon = self._lead(grade_id=self.grades["C"].id)
        soon.need_date = self.in_days(10)
        self.assertEqual(self._verdict(soon), "sandbagged")

    def test_cadence(self):
        lead = self._lead(grade_id=self.grades["D"].id)
        lead._log_contact("phone", "Hello")
        lead.next_followup_date = self.in_days(-31)
        self.assertEqual(self._verdict(lead), "cadence")

    def test_report_for_managers(self):
        lead = self._lead(grade_id=self.grades["D"].id)
        lead._log_contact("visit", "Sat in the car", result="visited")
        self.env.flush_all()
        report = self.env["auto.lead.grade.report"].with_user(self.manager)
        line = report.search([("verdict", "=", "sandbagged")])
        self.assertEqual(line.lead_id, lead)
        self.assertIn("came to the store", line.explanation)
        self.assertEqual(line.action_open_lead()["res_id"], lead.id)
        ((user, low),) = report._read_group([], ["user_id"], ["sandbagged:sum"])
        self.assertEqual((user, low), (self.consultant, 1))
        with self.assertRaises(AccessError):
            report.with_user(self.consultant).search([])
