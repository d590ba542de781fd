import psycopg2
from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestReminder(ServiceCase):
    """Reminders of the car, what they lead to, and the call after the service."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["auto.followup.rule"].search([]).action_archive()
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE auto_vehicle SET active = false WHERE id != %s", [cls.vehicle.id]
        )
        cls.env.cr.execute(
            "UPDATE res_partner SET is_auto_customer = false WHERE id != %s",
            [cls.owner.id],
        )
        cls.env.invalidate_all()
        cls.today = fields.Date.context_today(cls.env.user)
        cls.owner.write({"auto_store_id": cls.store.id, "email": "owner@example.com"})
        cls.env["auto.maintenance.plan"].search([]).unlink()
        cls.plan = cls.env["auto.maintenance.plan"].create(
            {
                "months": 12,
                "distance": 10000,
                "first_months": 6,
                "first_distance": 5000,
            }
        )
        cls.callcentre = cls.users["callcentre", 1]

    def _rule(self, **values):
        name = values.pop("date", None)
        if name:
            field = self.env["ir.model.fields"]._get("auto.vehicle", name)
            values["date_field_id"] = field.id
        values = {
            "name": "Test rule",
            "subject": "maintenance",
            "quiet_days": 0,
            "visit_days": 30,
            "assignee": "role",
            "group_id": self.env.ref("auto_crm_base.group_adviser").id,
            **values,
        }
        return self.env["auto.followup.rule"].create(values)

    def _due(self, **values):
        rule = self._rule(date="next_service_date", **values)
        self.vehicle.next_service_date = self.today
        rule._generate()
        return rule.followup_ids

    def _return(self, repair):
        """Bring an order to the customer's hands, past what is not the matter here."""
        repair._set_service_state("settled")
        repair.company_id.sudo().auto_service_paid_first = False
        repair.with_user(self.adviser).action_return_car()

    # ------------------------------------------------------------------
    # Intervals
    # ------------------------------------------------------------------

    def test_next_service_after_return(self):
        repair = self._receive()
        self._job(repair, kind="maintenance")
        self._agree(repair)
        open_one = self._due()
        self.assertEqual(open_one.user_id, self.adviser)
        self._return(repair)
        self.assertEqual(
            self.vehicle.next_service_date, self.today + relativedelta(months=12)
        )
        self.assertEqual(self.vehicle.next_service_odometer, 40500)
        self.assertEqual(open_one.result, "void")
        # The next occasion is reminded of again: for life.
        with freeze_time(self.today + relativedelta(months=12)):
            open_one.rule_id._generate()
        self.assertEqual(len(open_one.rule_id.followup_ids), 2)

    def test_repair_alone_sets_nothing_known(self):
        self.vehicle.next_service_date = self.today + relativedelta(days=50)
        repair = self._receive()
        self._job(repair)
        self._agree(repair)
        self._return(repair)
        self.assertEqual(
            self.vehicle.next_service_date, self.today + relativedelta(days=50)
        )
        self.vehicle.write({"next_service_date": False})
        again = self._receive(odometer_in=31000)
        self._job(again)
        self._agree(again)
        self._return(again)
        self.assertEqual(self.vehicle.next_service_odometer, 41000)

    def test_plan_of_the_model_counts(self):
        plans = self.env["auto.maintenance.plan"]
        brand = plans.create({"brand_id": self.vehicle.brand_id.id, "months": 9})
        self.assertEqual(plans._by_vehicle(self.vehicle)[self.vehicle], brand)
        model = plans.create(
            {"model_id": self.vehicle.model_id.id, "months": 6, "distance": 0}
        )
        self.assertEqual(plans._by_vehicle(self.vehicle)[self.vehicle], model)
        self.assertEqual(
            model._next(self.today, 100),
            {
                "next_service_date": self.today + relativedelta(months=6),
                "next_service_odometer": 0,
            },
        )
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            plans.create({"months": 0, "distance": 0, "brand_id": False})

    def test_first_service_of_a_new_car(self):
        self.vehicle.delivery_date = self.today
        self.assertEqual(
            self.vehicle.next_service_date, self.today + relativedelta(months=6)
        )
        self.assertEqual(self.vehicle.next_service_odometer, 5000)

    def test_date_and_distance_are_one_service(self):
        followup = self._due()
        self.vehicle._record_odometer(30000, self.today - relativedelta(days=100))
        self.vehicle._record_odometer(39000, self.today)
        self.vehicle.next_service_odometer = 39000
        by_distance = self._rule(trigger="odometer", window_days=60)
        self.assertEqual(by_distance._generate(), 0)
        followup._done("reached")
        self.assertEqual(by_distance._generate(), 0)
        other = self._rule(trigger="odometer", window_days=60, subject="other")
        self.assertEqual(other._generate(), 1)

    # ------------------------------------------------------------------
    # Outcome
    # ------------------------------------------------------------------

    def test_talk_and_visit_are_counted(self):
        followup = self._due()
        followup.with_user(self.adviser)._done("appointment", "Saturday")
        self.assertEqual(followup.date_contacted, self.today)
        self.assertEqual(followup.date_booked, self.today)
        self.assertEqual(followup.contact_id.result, "appointment")
        repair = self._receive()
        self.assertEqual(followup.repair_id, repair)
        self.assertEqual(followup.date_came, self.today)
        self.assertEqual(repair.followup_count, 1)
        self.env.flush_all()
        manager = self.service_manager
        [line] = (
            self.env["auto.followup.result"]
            .with_user(manager)
            .search([("followup_id", "=", followup.id)])
        )
        self.assertEqual((line.talked, line.booked, line.came), (1, 1, 1))
        self.assertEqual(line.came_rate, 100)

    def test_too_late_is_not_counted(self):
        followup = self._due(visit_days=10)
        followup._done("reached")
        with freeze_time(fields.Datetime.now() + relativedelta(days=12)):
            self._receive()
        self.assertFalse(followup.date_came)

    def test_no_answer_is_no_talk(self):
        followup = self._due()
        followup._retry(self.today, "no_answer")
        self.assertFalse(followup.date_contacted)
        self._receive()
        self.assertTrue(followup.date_came, "came by himself while it was open")

    def test_outcome_is_not_written_by_hand(self):
        followup = self._due()
        for name in ("date_came", "date_contacted", "date_booked"):
            with self.assertRaises(UserError):
                followup.with_user(self.adviser).write({name: self.today})
        with self.assertRaises(UserError):
            followup.with_user(self.adviser).write({"complaint_id": False})
        with self.assertRaises(AccessError):
            self.env["auto.followup.result"].with_user(self.technician).search([])

    def test_other_store_sees_nothing(self):
        followup = self._due()
        self.env.flush_all()
        for role in ("adviser", "service_manager"):
            results = self.env["auto.followup.result"].with_user(self.users[role, 2])
            self.assertFalse(results.search([("followup_id", "=", followup.id)]))

    # ------------------------------------------------------------------
    # The call after a service
    # ------------------------------------------------------------------

    def _call(self):
        rule = self._rule(
            name="Call",
            subject="service_call",
            trigger="event",
            event_kind="returned",
            offset=3,
            group_id=self.env.ref("auto_crm_base.group_callcentre").id,
            question_ids=[Command.create({"name": "Is the fault gone?"})],
        )
        repair = self._receive()
        self._job(repair)
        self._agree(repair)
        self._return(repair)
        self.assertEqual(rule._generate(), 0, "not before the third day")
        with freeze_time(fields.Datetime.now() + relativedelta(days=3)):
            self.assertEqual(rule._generate(), 1)
        return rule.followup_ids, repair

    def test_call_after_return(self):
        followup, repair = self._call()
        self.assertEqual(
            (followup.res_model, followup.res_id), (repair._name, repair.id)
        )
        self.assertEqual(followup.user_id, self.callcentre)
        window = Form(
            self.env["auto.followup.close"]
            .with_user(self.callcentre)
            .with_context(default_followup_id=followup.id)
        )
        with window.answer_ids.edit(0) as line:
            self.assertEqual(line.question_id.name, "Is the fault gone?")
            line.answer = "no"
            line.note = "Comes back when cold"
        window.result = "unhappy"
        self.assertTrue(window.is_unhappy)
        window.note = "It still squeals"
        window.save().action_confirm()
        self.assertEqual(followup.answer_ids.answer, "no")
        self.assertEqual(followup.complaint_id.channel, "followup")
        self.assertEqual(followup.complaint_id.vehicle_id, self.vehicle)
        self.assertIn("still squeals", followup.complaint_id.description)
        with self.assertRaises(UserError):
            followup.answer_ids.sudo().write({"answer": "yes"})
        with self.assertRaises(AccessError):
            self.env["auto.followup.answer"].with_user(self.callcentre).create(
                {
                    "followup_id": followup.id,
                    "question_id": followup.rule_id.question_ids.id,
                    "answer": "yes",
                }
            )

    def test_unhappy_by_program_is_one_complaint(self):
        followup, _repair = self._call()
        followup._done("unhappy", "Oil on the seat")
        complaint = followup.complaint_id
        self.assertTrue(complaint)
        self.assertEqual(followup._complain("again"), complaint)

    def test_unhappy_after_the_handover(self):
        """The consultant's visit after the delivery reaches the complaint desk, too."""
        rule = self.env.ref("auto_crm_sale.followup_rule_handover_3_days", False)
        if not rule:
            self.skipTest("needs the sale's rules")
        consultant = self.users["consultant", 1]
        followup = self.env["auto.followup"].create(
            {
                "rule_id": rule.id,
                "partner_id": self.owner.id,
                "vehicle_id": self.vehicle.id,
                "company_id": self.store.id,
                "user_id": consultant.id,
                "date_due": self.today,
            }
        )
        wizard = (
            self.env["auto.followup.close"]
            .with_user(consultant)
            .create(
                {
                    "followup_id": followup.id,
                    "result": "unhappy",
                    "note": "The second key is missing",
                }
            )
        )
        wizard.action_confirm()
        complaint = followup.complaint_id
        self.assertEqual(
            (complaint.partner_id, complaint.channel), (self.owner, "followup")
        )
        self.assertIn("second key", complaint.description)

    # ------------------------------------------------------------------
    # Occasions and messages
    # ------------------------------------------------------------------

    def _occasion(self, **line):
        return self.env["auto.care.occasion"].create(
            {
                "name": "Festival",
                "date_ids": [Command.create({"date": self.today, **line})],
            }
        )

    def _festival(self, **values):
        line = values.pop("line", {})
        return self._rule(
            subject="care",
            target="customer",
            trigger="occasion",
            occasion_id=self._occasion(**line).id,
            purpose="marketing",
            **values,
        )

    def test_festival(self):
        rule = self._festival()
        self.assertEqual(rule._generate(), 1)
        self.assertEqual(rule.followup_ids.partner_id, self.owner)
        self.assertEqual(rule._generate(), 0)

    def test_festival_of_other_stores_and_years(self):
        other = [Command.set(self.stores[2].ids)]
        self.assertEqual(self._festival(line={"company_ids": other})._generate(), 0)
        state = self.env["res.country.state"].search([], limit=1)
        there = {"state_ids": [Command.set(state.ids)]}
        self.assertEqual(self._festival(line=there)._generate(), 0)
        self.owner.state_id = state
        self.assertEqual(self._festival(line=there)._generate(), 1)
        past = {"date": self.today - relativedelta(years=2)}
        self.assertEqual(self._festival(line=past)._generate(), 0)
        past["repeat_yearly"] = True
        rule = self._festival(line=past)
        self.assertEqual(rule.occasion_id.next_date, self.today)
        self.assertEqual(rule._generate(), 1)

    def test_season_for_cars(self):
        rule = self._rule(trigger="occasion", occasion_id=self._occasion().id)
        rule._generate()
        self.assertEqual(rule.followup_ids.vehicle_id, self.vehicle)
        with self.assertRaises(ValidationError):
            self._rule(trigger="occasion")

    def test_greeting_by_mail(self):
        template = self.env.ref("auto_crm_service.mail_template_festival")
        rule = self._festival(delivery="email", mail_template_id=template.id)
        rule._generate()
        followup = rule.followup_ids
        self.assertEqual(followup.state, "done")
        self.assertEqual(followup.contact_id.channel, "email")
        self.assertEqual(followup.date_contacted, self.today)
        self.assertFalse(followup.activity_ids)
        mails = self.env["mail.mail"].search(
            [("model", "=", "auto.followup"), ("res_id", "=", followup.id)]
        )
        self.assertEqual(len(mails), 1)
        self.assertIn("Festival", mails.subject)
        self.assertEqual(mails.recipient_ids, self.owner)
        self.assertEqual(rule._generate(), 0)
        with self.assertRaises(ValidationError):
            self._festival(delivery="email")

    def test_no_greeting_without_consent_or_address(self):
        template = self.env.ref("auto_crm_service.mail_template_festival")
        rule = self._festival(delivery="email", mail_template_id=template.id)
        self.owner._auto_opt_out()
        self.assertEqual(rule._generate(), 0)
        self.env["res.partner"].create(
            {
                "name": "Without address",
                "is_auto_customer": True,
                "auto_store_id": self.store.id,
                "store_ids": [Command.set(self.store.ids)],
            }
        )
        self.assertEqual(rule._generate(), 0)

    def test_broken_rule_does_not_stop_the_others(self):
        broken = self._festival(sequence=1)
        good = self._rule(date="next_service_date", sequence=2)
        self.vehicle.next_service_date = self.today
        self.env.flush_all()
        # As an upgrade leaves a condition on a field that went.
        self.env.cr.execute(
            "UPDATE auto_followup_rule SET domain = %s WHERE id = %s",
            ["[('no_such_field', '=', 1)]", broken.id],
        )
        self.env.invalidate_all()
        with (
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
            self.assertLogs("odoo.addons.auto_crm_base", "WARNING"),
            self.assertRaisesRegex(UserError, "no_such_field"),
        ):
            self.env(cr=cr)["auto.followup.rule"]._cron_generate()
        self.env.invalidate_all()
        self.assertFalse(broken.followup_ids)
        self.assertEqual(len(good.followup_ids), 1)
