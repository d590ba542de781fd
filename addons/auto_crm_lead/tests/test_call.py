from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestCallWrapUp(LeadCase):
    """The caller's prospect is graded, or made, in the wrap-up itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls.users["callcentre", 1]
        cls.lead = (
            cls.env["crm.lead"]
            .with_company(cls.store)
            ._intake({"name": "Known Caller", "phone": "13800138777"}, "website")
        )
        cls.lead.write({"user_id": cls.consultant.id, "grade_id": cls.grades["B"].id})
        cls.partner = cls.lead.partner_id
        cls.partner.user_id = cls.consultant

    def _call(self, user, number, **values):
        call = self.env["auto.call"].with_user(user)._start(number)
        call.write(values)
        return call

    def test_consultant_grades_and_plans_in_the_wrap_up(self):
        call = self._call(self.consultant, "13800138777")
        self.assertEqual(call.lead_id, self.lead)
        self.assertEqual(call.grade_id, self.grades["B"])
        self.assertEqual(call.next_date, self.in_days(5))
        with Form(call) as form:
            form.summary = "Comes on Saturday"
            form.result = "appointment"
            form.grade_id = self.grades["H"]
            self.assertEqual(form.next_date, self.in_days(1))
            form.next_date = self.in_days(2)
        call.action_done()
        self.assertEqual(self.lead.grade_id, self.grades["H"])
        self.assertEqual(self.lead.next_followup_date, self.in_days(2))
        self.assertEqual(self.lead.followup_state, "intent")
        self.assertEqual(self.lead.last_contact_summary, "Comes on Saturday")
        self.assertTrue(self.lead.first_touch_date)
        contact = self.lead.contact_ids.filtered("summary")
        self.assertEqual(contact, call.contact_id)
        self.assertEqual(contact.result, "appointment")

    def test_books_a_test_drive(self):
        """The consultant of the prospect goes along, not who takes the call."""
        call = self._call(self.agent, "13800138777")
        context = call.action_book_test_drive()["context"]
        self.assertEqual(context["default_partner_id"], self.partner.id)
        self.assertEqual(context["default_lead_id"], self.lead.id)
        self.assertEqual(context["default_user_id"], self.consultant.id)
        drives = self.env["auto.test.drive"]
        for user, default in ((self.agent, False), (self.consultant, self.consultant)):
            found = drives.with_user(user).default_get(["user_id"]).get("user_id")
            self.assertEqual(bool(found), bool(default), user.name)
        call = self._call(self.agent, "13800138755")
        with self.assertRaisesRegex(UserError, "name the caller"):
            call.action_book_test_drive()
        call.new_name = "New Driver"
        context = call.action_book_test_drive()["context"]
        self.assertEqual(context["default_partner_id"], call.partner_id.id)

    def test_past_date_leaves_nothing(self):
        before = self.lead.contact_ids
        call = self._call(
            self.consultant, "13800138777", summary="x", next_date=self.in_days(-1)
        )
        with self.assertRaises(UserError), self.env.cr.savepoint():
            call.action_done()
        self.assertEqual(self.lead.contact_ids, before)

    def test_call_centre_reads_the_prospect_and_names_the_day(self):
        self.lead.next_followup_date = self.in_days(20)
        call = self._call(self.agent, "13800138777", summary="Where is my offer?")
        self.assertEqual(call.lead_id, self.lead)
        self.assertFalse(call.can_grade)
        self.assertFalse(call.next_date)
        call.action_done()
        self.assertEqual(call.contact_id.lead_id, self.lead)
        self.assertEqual(self.lead.next_followup_date, self.today)
        self.assertTrue(self.lead.first_touch_date)
        call = self._call(
            self.agent, "13800138777", summary="Call me", grade_id=self.grades["H"].id
        )
        call.next_date = self.in_days(3)
        call.action_done()
        self.assertEqual(self.lead.next_followup_date, self.in_days(3))
        self.assertEqual(self.lead.grade_id, self.grades["B"], "no right to grade")

    def test_new_caller_who_wants_a_car(self):
        for user in (self.agent, self.consultant, self.users["adviser", 1]):
            number = f"1390013{user.id % 10000:04d}"
            call = self._call(user, number)
            self.assertFalse(call.lead_id)
            self.assertTrue(call.can_register)
            with Form(call) as form:
                form.new_name = "Wants A Car"
                form.summary = "A red one"
                form.wants_car = True
                form.horizon_id = self.horizons["3m"]
                self.assertEqual(form.grade_id, self.horizons["3m"].grade_id)
                form.wanted_text = "SUV"
                form.condition = "used"
                form.next_date = self.in_days(4)
            action = call.action_done()
            lead = call.contact_id.sudo().lead_id
            self.assertIn(lead.public_ref, action["params"]["message"])
            self.assertEqual(lead.intake_channel_id.code, "phone")
            self.assertEqual(lead.horizon_id, self.horizons["3m"])
            self.assertEqual(lead.grade_id, self.horizons["3m"].grade_id)
            self.assertEqual(lead.wanted_text, "SUV")
            self.assertEqual(lead.need_condition, "used")
            self.assertEqual(lead.next_followup_date, self.in_days(4))
            self.assertEqual(lead.company_id, self.store)
            self.assertEqual(len(lead.contact_ids), 1, "one call is one contact")
            self.assertEqual(lead.contact_ids.number, call.number)
            self.assertEqual(lead.contact_ids.result, "reached")
            self.assertEqual(call.partner_id.sudo(), lead.partner_id)
            if user == self.consultant:
                self.assertEqual(lead.user_id, user)

    def test_prospect_of_a_colleague_gets_the_contact(self):
        colleague = self._new_user(
            "consultant", "test_colleague", self.store, self.store
        )
        call = self._call(colleague, "13800138777", wants_car=True, summary="Once more")
        self.assertFalse(call.lead_id, "not the colleague's to see")
        day = self.lead.next_followup_date
        action = call.action_done()
        self.assertIn(self.lead.public_ref, action["params"]["message"])
        self.assertEqual(call.contact_id.sudo().lead_id, self.lead)
        self.assertEqual(self.lead.user_id, self.consultant)
        self.assertEqual(self.lead.grade_id, self.grades["B"])
        self.assertTrue(day)

    def test_nobody_without_name_or_number(self):
        call = self._call(self.agent, "13900139111", wants_car=True)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            call.action_done()
        call = self._call(self.agent, "", wants_car=True, new_name="Nobody")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            call.action_done()
        call.new_email = "nobody@example.com"
        call.action_done()
        self.assertEqual(
            call.contact_id.sudo().lead_id.email_from, "nobody@example.com"
        )

    def test_who_registers_nobody_is_not_offered_it(self):
        call = self._call(self.users["service_manager", 1], "13900139222")
        self.assertFalse(call.can_register)
        call.write({"wants_car": True, "new_name": "Somebody"})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            call.action_done()

    def test_opt_out_is_a_consent_withdrawn_once(self):
        call = self._call(
            self.consultant, "13800138777", result="opt_out", summary="Stop calling"
        )
        call.action_done()
        consent = self.env["auto.consent"].search(
            [("partner_id", "=", self.partner.id)]
        )
        self.assertEqual(len(consent), 1)
        self.assertEqual(
            (consent.state, consent.channel, consent.purpose, consent.wording),
            ("withdrawn", "all", "marketing", "Stop calling"),
        )
        self.assertEqual(consent.user_id, self.consultant)
        self.assertEqual(consent.company_id, self.store)
        self.assertTrue(self.partner.phone_sanitized_blacklisted)
        self.assertFalse(self.lead.next_followup_date)
        self.assertFalse(self.partner._may_contact("phone"))
