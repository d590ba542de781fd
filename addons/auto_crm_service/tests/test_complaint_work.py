from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common_complaint import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintWork(ComplaintCase):
    """What is done with a complaint, to its end."""

    def test_departments_take_turns_and_state_follows(self):
        first = self._take_down(category_id=self.category.id)
        task = first.task_ids
        self.assertEqual(task.user_id, self.adviser)
        self.assertEqual(task.activity_ids.user_id, self.adviser)
        second = self._take_down(category_id=self.category.id, complaint_id=False)
        self.assertEqual(second.task_ids.user_id, self.technician)
        own = task.with_user(self.adviser)
        with self.assertRaisesRegex(UserError, "result"):
            own.action_done()
        own.result = "The part came late."
        own.action_done()
        self.assertEqual(task.state, "done")
        self.assertEqual(self._kinds(first)[-1], "task_done")
        self.assertIn(self.desk, first.sudo().activity_ids.user_id)
        with self.assertRaisesRegex(UserError, "closed"):
            own.result = "Something else"

    def test_manager_gets_the_task_where_nobody_is_named(self):
        complaint = self._take_down(
            self.users["complaint", 2], category_id=self.category.id
        )
        self.assertEqual(
            complaint.sudo().task_ids.user_id, self.users["service_manager", 2]
        )

    def test_assignee_changes_only_the_result(self):
        task = self._take_down(category_id=self.category.id).task_ids
        own = task.with_user(self.adviser)
        for vals in (
            {"user_id": self.users["consultant", 1].id},
            {"date_due": fields.Datetime.now()},
        ):
            with self.subTest(vals), self.assertRaisesRegex(AccessError, "who does"):
                own.write(vals)
        with self.assertRaisesRegex(UserError, "its result"):
            own.write({"state": "done"})
        task.with_user(self.desk).write({"user_id": self.technician.id})
        self.assertIn("task_moved", self._kinds(task.complaint_id))
        self.assertEqual(task.activity_ids.user_id, self.technician)

    def test_whole_way(self):
        complaint = self._take_down()
        window = (
            self.env["auto.complaint.answer"]
            .with_user(self.desk)
            .create({"complaint_id": complaint.id, "note": "We look into it."})
        )
        self.assertEqual(window.kind, "first")
        window.action_confirm()
        self.assertTrue(complaint.date_first_answer)
        self.assertTrue(complaint.is_first_in_time)
        self.assertEqual(complaint.state, "assigned")
        complaint._answer("We are sorry.")
        self.assertEqual(complaint.state, "answered")
        self.assertTrue(complaint.is_solved_in_time)
        self.assertEqual(
            complaint.date_callback - complaint.date_answered, timedelta(hours=5)
        )
        complaint._callback(
            "no_answer", retry=fields.Datetime.add(fields.Datetime.now(), hours=1)
        )
        self.assertEqual(complaint.state, "answered")
        with self.assertRaisesRegex(UserError, "not content with"):
            complaint._callback("unsatisfied")
        complaint._callback("unsatisfied", "The smell is still there.")
        self.assertEqual(complaint.state, "assigned")
        self.assertEqual(complaint.reopen_count, 1)
        complaint._answer("Now it is gone.")
        complaint._callback("satisfied", "Thank you")
        self.assertEqual(complaint.state, "closed")
        self.assertEqual(complaint.closed_by, "customer")
        self.assertEqual(
            self._kinds(complaint),
            [
                "received",
                "assigned",
                "first_answer",
                "answered",
                "callback",
                "callback",
                "reopened",
                "answered",
                "callback",
                "closed",
            ],
        )
        with self.assertRaisesRegex(UserError, "closed"):
            complaint.user_id = False
        with self.assertRaises(UserError):
            complaint._answer("Too late")

    def test_answer_by_mail(self):
        complaint = self._take_down()
        complaint.solution = "The part came late."
        window = (
            self.env["auto.complaint.answer"]
            .with_user(self.desk)
            .create({"complaint_id": complaint.id, "channel": "email", "kind": "final"})
        )
        self.assertIn("The part came late.", window.body)
        self.assertIn(complaint.name, window.subject)
        # A refusal of advertising is no refusal of the answer to one's complaint.
        self.customer.action_auto_opt_out()
        window.action_confirm()
        message = complaint.message_ids[:1]
        self.assertEqual(message.notified_partner_ids, self.customer)
        self.assertEqual(complaint.state, "answered")
        self.customer.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            window.copy({"is_done": False}).action_confirm()

    def test_pressed_twice(self):
        complaint = self._take_down()
        window = (
            self.env["auto.complaint.answer"]
            .with_user(self.desk)
            .create({"complaint_id": complaint.id, "note": "Sorry", "kind": "final"})
        )
        window.action_confirm()
        events = complaint.sudo().event_ids
        window.action_confirm()
        self.assertEqual(complaint.sudo().event_ids, events)
        intake = (
            self.env["auto.complaint.intake"]
            .with_user(self.desk)
            .create({"partner_id": self.customer.id, "description": "Pressed twice"})
        )
        action = intake.action_register()
        self.assertEqual(intake.action_register(), action)
        domain = [("description", "=", "Pressed twice")]
        self.assertEqual(self.env["auto.complaint"].search(domain).id, action["res_id"])

    def test_words_are_needed(self):
        complaint = self._take_down()
        with self.assertRaisesRegex(UserError, "was told"):
            complaint._answer(" . ")
        complaint._answer("Sorry")
        for note in ("", "…"):
            with self.assertRaisesRegex(UserError, "customer answered"):
                complaint._callback("satisfied", note)
            with self.assertRaisesRegex(UserError, "not content with"):
                complaint._callback("unsatisfied", note)
        late = fields.Datetime.add(fields.Datetime.now(), days=31)
        with self.assertRaisesRegex(UserError, "within 30 days"):
            complaint._callback("no_answer", retry=late)
        self.assertEqual(complaint.state, "answered")

    def test_changed_words_are_kept(self):
        complaint = self._take_down(description="It smells of petrol.")
        complaint.description = "It smells."
        event = complaint.sudo().event_ids.sorted("id")[-1]
        self.assertEqual(event.kind, "reworded")
        self.assertEqual(event.note, "It smells of petrol.")
        self.assertEqual(event.user_id, self.desk)
        complaint.description = "It smells."
        self.assertEqual(complaint.sudo().event_ids.sorted("id")[-1], event)

    def test_another_store_takes_over(self):
        stores = self.stores[1] | self.stores[2]
        other = self._new_user("complaint", "both_desks", self.store, stores)
        stays = self._take_down(user_id=other.id)
        moves = self._take_down(complaint_id=False)
        (stays | moves).with_user(other).with_context(
            allowed_company_ids=stores.ids
        ).write({"company_id": self.stores[2].id})
        moves.invalidate_recordset()
        self.assertFalse(moves.sudo().user_id, "who works there is chosen there")
        self.assertEqual(moves.sudo().state, "new")
        self.assertEqual(stays.sudo().user_id, other)
        self.assertEqual(moves.sudo().company_id, self.stores[2])
        self.assertEqual(self._kinds(moves)[-2:], ["assigned", "store"])
        self.assertIn(self.stores[2], self.customer.store_ids)

    def test_state_is_not_written(self):
        complaint = self._take_down()
        forbidden = (
            {"state": "closed"},
            {"state": "closed", "closed_by": "customer"},
            {"closing_reason": "x"},
            {"date_due": "2050-01-01 00:00:00"},
            {"date_first_answer": "2020-01-01 00:00:00"},
            {"escalation_level": 0},
            {"repeat_of_id": False},
        )
        for vals in forbidden:
            for user in (self.desk, self.users["store_manager", 1], self.env.user):
                with self.subTest(vals), self.assertRaisesRegex(UserError, "buttons"):
                    complaint.with_user(user).write(vals)
        values = {"partner_id": self.customer.id, "description": "x"}
        for vals in (*forbidden[:3], {"state": "answered"}):
            with self.subTest(vals), self.assertRaisesRegex(UserError, "buttons"):
                self.env["auto.complaint"].create({**values, **vals})
        result = (
            self.env["auto.complaint"]
            .with_user(self.desk)
            .load(
                ["description", "partner_id/.id", "state"],
                [["Imported", str(self.customer.id), "closed"]],
            )
        )
        self.assertFalse(result["ids"])

    def test_manager_closes_with_reason(self):
        complaint = self._take_down(category_id=self.category.id)
        with self.assertRaisesRegex(AccessError, "manager"):
            complaint._close_by_manager("Because")
        for role in ("service_manager", "sales_manager", "store_manager"):
            with self.subTest(role):
                user = self.users[role, 1]
                complaint = self._take_down(
                    category_id=self.category.id, complaint_id=False
                )
                window = (
                    self.env["auto.complaint.close"]
                    .with_user(user)
                    .create({"complaint_id": complaint.id, "reason": " "})
                )
                with self.assertRaisesRegex(UserError, "why"):
                    window.action_confirm()
                window.reason = "The customer cannot be reached."
                window.action_confirm()
                self.assertEqual(complaint.closed_by, "manager")
                self.assertEqual(complaint.task_ids.state, "cancelled")
        with self.assertRaises(AccessError):
            self._take_down(complaint_id=False).with_user(
                self.users["service_manager", 2]
            )._close_by_manager("Not mine")

    def test_reopen(self):
        complaint = self._take_down()
        complaint.with_user(self.manager)._close_by_manager("Gone")
        window = (
            self.env["auto.complaint.close"]
            .with_user(self.desk)
            .create(
                {"complaint_id": complaint.id, "mode": "reopen", "reason": "Is back"}
            )
        )
        window.action_confirm()
        self.assertEqual(complaint.state, "assigned")
        self.assertFalse(complaint.closing_reason)
        self.assertEqual(complaint.reopen_count, 1)

    def test_history_is_kept(self):
        complaint = self._take_down()
        event = complaint.sudo().event_ids[:1]
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            event.note = "Something else"
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            event.unlink()
        with self.assertRaisesRegex(AccessError, "by hand"):
            event.copy()
        with self.assertRaisesRegex(UserError, "not deleted"):
            complaint.sudo().unlink()

    def test_hand_over(self):
        other = self._new_user("complaint", "other_desk", self.store, self.store)
        complaint = self._take_down()
        complaint.user_id = other
        event = complaint.sudo().event_ids.sorted("id")[-1:]
        self.assertEqual(event.kind, "assigned")
        self.assertEqual((event.from_text, event.to_text), (self.desk.name, other.name))
        self.assertIn(other, complaint.sudo().activity_ids.user_id)
        with self.assertRaisesRegex(ValidationError, "does not work"):
            complaint.user_id = self.users["complaint", 2]

    def test_improvement_counts(self):
        now = fields.Datetime.now()
        for days in (3, 12, 14, 16):
            complaint = self._take_down(
                category_id=self.category.id,
                complaint_id=False,
                date_received=now - timedelta(days=days),
            )
        manager = self.manager
        improvement = (
            self.env["auto.improvement"]
            .with_user(manager)
            .create(
                {
                    "title": "Say why",
                    "finding": "They wait",
                    "category_id": self.category.id,
                    "date_due": fields.Date.today(),
                    "complaint_ids": [fields.Command.set(complaint.ids)],
                }
            )
        )
        self.assertEqual(improvement.activity_ids.user_id, manager)
        with self.assertRaisesRegex(UserError, "since when"):
            improvement.state = "check"
        improvement.write(
            {
                "date_effective": fields.Date.subtract(fields.Date.today(), days=10),
                "period_days": 10,
                "state": "check",
            }
        )
        self.assertEqual((improvement.count_before, improvement.count_after), (3, 1))
        self.assertAlmostEqual(improvement.effect, -66.7, delta=0.1)
        domain = improvement.action_open_after()["domain"]
        self.assertEqual(self.env["auto.complaint"].search_count(domain), 1)
        with self.assertRaisesRegex(UserError, "brought"):
            improvement.state = "done"
        improvement.write({"state": "done", "conclusion": "Fewer"})
        self.assertFalse(improvement.activity_ids)

    def test_queries_of_improvements_do_not_grow(self):
        improvements = self.env["auto.improvement"].create(
            [
                {
                    "title": str(number),
                    "finding": "They wait",
                    "category_id": self.category.id,
                    "company_id": self.store.id,
                    "date_due": fields.Date.today(),
                    "date_effective": fields.Date.today(),
                    "measured_by": "satisfaction" if number % 2 else "complaints",
                }
                for number in range(20)
            ]
        )
        self.env.flush_all()

        def queries(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.mapped("effect_text")
            return self.env.cr.sql_log_count - before

        queries(improvements)
        self.assertLessEqual(queries(improvements), queries(improvements[:2]) + 1)


@tagged("post_install", "-at_install")
class TestComplaintClock(ComplaintCase):
    """The limits in working hours, and who is told past them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["auto.complaint.escalation"].search([]).active = False
        cls.levels = cls.env["auto.complaint.escalation"].create(
            [
                {"name": "No word", "clock": "first", "target": "department"},
                {"name": "Late", "level": 1, "target": "department"},
                {"name": "Later", "level": 2, "hours_after": 4, "target": "store"},
                {
                    "name": "Latest",
                    "level": 3,
                    "hours_after": 10,
                    "target": "head_office",
                },
            ]
        )

    def _run(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            job = self.env.ref("auto_crm_service.ir_cron_complaint_clock")
            job.method_direct_trigger()
        self.env.invalidate_all()

    def _told(self, complaint):
        events = complaint.sudo().event_ids.sorted("id")
        return events.escalation_id.mapped("name")

    def test_limits_run_in_working_hours(self):
        calendar = self.store.resource_calendar_id
        calendar.attendance_ids.write({"hour_from": 8, "hour_to": 12})
        moment = fields.Datetime.to_datetime("2026-03-02 11:00:00")
        complaint = self._take_down(date_received=moment)
        self.assertEqual(str(complaint.date_first_due), "2026-03-03 09:00:00")
        self.assertEqual(str(complaint.date_due), "2026-03-05 09:00:00")
        complaint.severity = "critical"
        self.env["auto.complaint.limit"].create(
            {
                "severity": "low",
                "company_id": self.store.id,
                "first_hours": 1,
                "solution_hours": 1,
            }
        )
        complaint.severity = "low"
        self.assertEqual(str(complaint.date_due), "2026-03-02 12:00:00")

    def test_store_without_hours_counts_all(self):
        self.store.resource_calendar_id.attendance_ids.unlink()
        moment = fields.Datetime.to_datetime("2026-03-02 11:00:00")
        complaint = self._take_down(date_received=moment)
        self.assertEqual(str(complaint.date_due), "2026-03-02 21:00:00")

    def test_each_level_once(self):
        start = fields.Datetime.now().replace(microsecond=0)
        complaint = self._take_down(date_received=start)
        self._run(start + timedelta(hours=1))
        self.assertFalse(self._told(complaint))
        late = start + timedelta(hours=3)
        for _time in range(2):
            self._run(late)
            self.assertEqual(self._told(complaint), ["No word"])
        self.assertIn(self.manager, complaint.sudo().activity_ids.user_id)
        self._run(start + timedelta(hours=15))
        self.assertEqual(self._told(complaint), ["No word", "Late", "Later"])
        self.assertEqual(complaint.escalation_level, 2)
        self.assertIn(
            self.users["store_manager", 1], complaint.sudo().activity_ids.user_id
        )
        for _time in range(2):
            self._run(start + timedelta(hours=30))
        self.assertEqual(self._told(complaint)[3:], ["Latest"])
        self.assertIn(self.users["head_office"], complaint.sudo().activity_ids.user_id)
        self.assertFalse(complaint.date_next_escalation)
        with freeze_time(start + timedelta(hours=31)):
            self.assertEqual(complaint.clock_state, "late")
            self.assertIn(complaint, complaint.search([("is_late", "=", True)]))

    def test_answer_stops_the_clocks(self):
        start = fields.Datetime.now().replace(microsecond=0)
        complaint = self._take_down(date_received=start)
        complaint._answer("We look into it", final=False)
        self._run(start + timedelta(hours=3))
        self.assertFalse(self._told(complaint))
        complaint._answer("Done")
        self._run(start + timedelta(hours=40))
        self.assertFalse(self._told(complaint))
        self.assertEqual(complaint.state, "callback", "the call-back is due")
        with freeze_time(start + timedelta(hours=40)):
            complaint._callback("unsatisfied", "No")
        self._run(start + timedelta(hours=51))
        self.assertEqual(self._told(complaint), ["Late"], "a new round")

    def test_call_back_that_nobody_makes(self):
        self.env["auto.complaint.escalation"].create(
            {"name": "Not called", "clock": "callback", "hours_after": 8}
        )
        start = fields.Datetime.now().replace(microsecond=0)
        complaint = self._take_down(date_received=start)
        complaint._answer("Done")
        self._run(start + timedelta(hours=12))
        self.assertEqual((complaint.state, self._told(complaint)), ("callback", []))
        with freeze_time(start + timedelta(hours=12)):
            complaint._callback("no_answer")
        self._run(start + timedelta(hours=40))
        self.assertEqual(self._told(complaint), [], "the next attempt counts")
        for _time in range(2):
            self._run(start + timedelta(hours=45))
            self.assertEqual(self._told(complaint), ["Not called"])
        with freeze_time(start + timedelta(hours=46)):
            complaint._callback("satisfied", "Fine")
        self.assertFalse(complaint.date_next_escalation)

    def test_nobodys_complaint_is_told_to_the_desk(self):
        complaint = self._take_down(self.adviser)
        self.assertFalse(complaint.user_id)
        activities = complaint.sudo().activity_ids
        self.assertEqual(activities.user_id, self.desk)
        other = self.desk.copy({"login": "other-desk", "name": "Other desk"})
        complaint.with_user(other).action_take()
        self.assertFalse(activities.exists(), "another one has it now")
        other.active = False
        complaint.sudo()._customer_says("Hello?", "portal")
        self.assertEqual(complaint.sudo().activity_ids.user_id, self.desk)
