import base64
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, freeze_time, tagged

from odoo.addons.auto_crm_base.tests.common_matrix import MatrixCase

from ..models.auto_satisfaction_rule import AutoSatisfactionRule
from .common import ServiceCase


class SatisfactionCase(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["auto.satisfaction.rule"].search([]).action_archive()
        cls.survey = cls.env.ref("auto_crm_service.survey_service")
        cls.staff_survey = cls.env.ref("auto_crm_service.survey_staff")
        cls.owner.email = "owner@example.com"
        # Made with the customer, not changed shortly before the survey.
        cls.owner.auto_contact_changed_on = False
        cls.head_office = cls.users["head_office"]
        cls.callcentre = cls.users["callcentre", 1]
        cls.rule = cls.env["auto.satisfaction.rule"].create(
            {
                "name": "Test sampling",
                "survey_id": cls.survey.id,
                "event_kind": "returned",
                "company_id": cls.store.id,
                "share": 100,
                "delay_min": 3,
                "delay_max": 14,
            }
        )

    def _visit(self, vehicle=None, owner=None):
        """Return a repair order that is over, and its event in the timeline."""
        repair = self._receive(vehicle)
        self._job(repair)
        self._agree(repair)
        repair._set_service_state("settled")
        self.store.sudo().auto_service_paid_first = False
        repair.action_return_car()
        event = self.env["auto.vehicle.event"].search(
            [("kind", "=", "returned"), ("res_id", "=", repair.id)]
        )
        return repair, event

    def _asked(self, **values):
        """Return a request about a visit, sent now."""
        _repair, event = self._visit()
        with self._lot(**values):
            return self.rule._ask(event, f"key{event.id}")

    def _lot(self, drawn=True, delay=3):
        return patch.object(AutoSatisfactionRule, "_draw", lambda *_: (drawn, delay))

    def _answer(self, request, points=10, recommend=10, words=""):
        """Answer as the customer's page does."""
        user_input = request.sudo().user_input_id
        user_input._mark_in_progress()
        for question in user_input.survey_id.question_ids:
            if question.question_type == "scale":
                value = recommend if question.auto_is_recommend else points
                user_input._save_lines(question, str(value))
            elif words:
                user_input._save_lines(question, words)
        user_input._mark_done()
        return request


@tagged("post_install", "-at_install")
class TestSatisfaction(SatisfactionCase):
    """Asking by lot, answers nobody edits, and what follows from them."""

    # ------------------------------------------------------------------
    # Sampling
    # ------------------------------------------------------------------

    def test_asked_late_and_once(self):
        repair, event = self._visit()
        self.assertFalse(self.rule._due_events(), "not on the day")
        _drawn, delay = self.rule._draw(event)
        self.assertTrue(3 <= delay <= 14)
        self.assertEqual(self.rule._draw(event), self.rule._draw(event))
        just_before = event.date + relativedelta(seconds=int(delay * 86400) - 60)
        with freeze_time(just_before):
            self.assertFalse(self.rule._due_events())
        with freeze_time(just_before + relativedelta(minutes=2)):
            [(found, key)] = self.rule._due_events()
            self.assertEqual(found, event)
            request = self.rule._ask(event, key)
            self.env.flush_all()
            self.assertFalse(self.rule._due_events(), "asked once")
        self.assertEqual(request.user_id, repair.user_id)
        self.assertEqual(request.technician_id, self.technician)
        self.assertEqual(request.state, "sent")
        mail = self.env["mail.mail"].search(
            [("model", "=", "auto.satisfaction"), ("res_id", "=", request.id)]
        )
        self.assertIn(request.sudo().user_input_id.access_token, mail.body_html)

    def test_share_is_a_share(self):
        self.rule.share = 30
        fake = type("Event", (), {})
        drawn = 0
        for number in range(2000):
            event = fake()
            event.id = number
            drawn += self.rule._draw(event)[0]
        self.assertTrue(520 < drawn < 680, drawn)

    def test_not_again_and_not_without_consent(self):
        first = self._asked()
        self.assertTrue(first)
        self.assertFalse(self._asked(), "asked lately")
        with freeze_time(fields.Datetime.now() + relativedelta(months=7)):
            self.assertTrue(self._asked())
        self.env["auto.consent"].create(
            {
                "partner_id": self.owner.id,
                "channel": "all",
                "purpose": "survey",
                "state": "withdrawn",
            }
        )
        with freeze_time(fields.Datetime.now() + relativedelta(months=15)):
            self.assertFalse(self._asked())

    def test_who_wants_no_contact_is_not_asked(self):
        self.owner._auto_opt_out()
        self.assertFalse(self._asked())
        self.env["auto.consent"].create(
            {
                "partner_id": self.owner.id,
                "channel": "email",
                "purpose": "survey",
                "state": "given",
            }
        )
        self.assertTrue(self._asked(), "said so about surveys")

    def test_job(self):
        _repair, event = self._visit()
        job = self.env.ref("auto_crm_service.ir_cron_satisfaction")
        with (
            freeze_time(event.date + relativedelta(days=15)),
            self.enter_registry_test_mode(),
        ):
            job.method_direct_trigger()
            job.method_direct_trigger()
        self.env.invalidate_all()
        asked = self.env["auto.satisfaction"].search([("rule_id", "=", self.rule.id)])
        self.assertEqual(len(asked), 1)
        with (
            freeze_time(event.date + relativedelta(days=40)),
            self.enter_registry_test_mode(),
        ):
            job.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(asked.state, "expired")

    def test_bad_rules(self):
        with self.assertRaises(ValidationError):
            self.rule.survey_id = self.staff_survey
        for role in ("store_manager", "service_manager", "adviser"):
            with self.assertRaises(AccessError):
                self.env["auto.satisfaction.rule"].with_user(
                    self.users[role, 1]
                ).search([])

    # ------------------------------------------------------------------
    # Doubt
    # ------------------------------------------------------------------

    def test_exchanged_contact_is_not_counted(self):
        self.owner.with_user(self.adviser).email = "friend@example.com"
        request = self._answer(self._asked())
        self.assertEqual(request.flag, "changed")
        self.assertFalse(request.is_counted)
        with self.assertRaises(AccessError):
            request.with_user(self.users["store_manager", 1]).action_count()
        request.with_user(self.head_office).action_count()
        self.assertTrue(request.is_counted)
        self.assertTrue(all(request.score_ids.mapped("is_counted")))
        with self.assertRaises(AccessError):
            self.owner.with_user(self.adviser).auto_contact_changed_on = False

    def test_exchanged_before_the_call(self):
        self.owner.email = False
        self.owner.auto_contact_changed_on = False
        request = self._asked()
        self.assertEqual((request.state, request.flag), ("to_call", False))
        self.owner.with_user(self.adviser).phone = "+86 139 0013 9000"
        self._answer(request)
        self.assertEqual(request.flag, "changed")
        self.assertFalse(request.is_counted)

    def test_same_number_typed_otherwise_is_no_change(self):
        self.owner.with_user(self.adviser).phone = "138 0013 8000"
        self.assertFalse(self.owner.auto_contact_changed_on)

    def test_contact_of_staff_and_of_many(self):
        self.adviser.partner_id.phone = "+8613800138000"
        requests = self.env["auto.satisfaction"]
        self.assertEqual(requests._doubt(self.owner, 30, 3), "staff")
        self.adviser.partner_id.phone = False
        self.assertFalse(requests._doubt(self.owner, 30, 3))
        self.env["res.partner"].create(
            [
                {
                    "name": f"Twin {number}",
                    "phone": self.owner.phone,
                    "is_auto_customer": True,
                }
                for number in range(2)
            ]
        )
        self.assertEqual(requests._doubt(self.owner, 30, 3), "shared")

    # ------------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------------

    def test_score(self):
        request = self._answer(self._asked(), points=10, words="Very good")
        self.assertEqual(request.state, "answered")
        self.assertEqual(request.score, 100)
        self.assertEqual(request.recommend, 10)
        self.assertEqual(request.words, "Very good")
        self.assertEqual(len(request.score_ids), 5)
        self.assertFalse(request.complaint_id)

    def test_improvement_is_measured_by_answers(self):
        """A finding of the surveys becomes a measure; its scores are compared."""
        today = fields.Date.today()
        request = self._answer(self._asked(), 3)
        request._own().write(
            {"date_answered": fields.Datetime.subtract(fields.Datetime.now(), days=20)}
        )
        manager = self.users["service_manager", 1]
        action = request.with_user(manager).action_improve()
        improvement = (
            self.env["auto.improvement"]
            .with_user(manager)
            .with_context(**action["context"])
            .create(
                {"title": "Call them", "finding": "Nobody calls", "date_due": today}
            )
        )
        self.assertEqual(improvement.measured_by, "satisfaction")
        self.assertEqual(improvement.survey_kind, "service")
        improvement.write(
            {"date_effective": fields.Date.subtract(today, days=5), "period_days": 30}
        )
        self.assertEqual((improvement.count_before, improvement.count_after), (1, 0))
        self.assertFalse(improvement.effect, "no answer since")
        _repair, event = self._visit()
        request.partner_key = "another customer"
        with self._lot():
            after = self._answer(self.rule._ask(event, "another key"), 9)
        after._own().write({"is_cleared": True})
        improvement.invalidate_recordset()
        self.assertEqual((improvement.count_before, improvement.count_after), (1, 1))
        change = (after.score / request.score - 1) * 100
        self.assertAlmostEqual(improvement.effect, change, delta=0.1)
        domain = improvement.action_open_after()["domain"]
        self.assertEqual(self.env["auto.satisfaction"].search(domain), after)
        improvement.dimension_id = after.score_ids[:1].dimension_id
        self.assertGreater(improvement.effect, 0)

    def test_bad_answer_is_one_complaint(self):
        request = self._asked()
        self._answer(request, points=3, recommend=1, words="Nobody called me")
        complaint = request.complaint_id
        self.assertEqual(complaint.channel, "survey")
        self.assertEqual(complaint.partner_id, self.owner)
        self.assertIn("Nobody called me", complaint.description)
        request._own()._take_answer()
        request._own()._complain()
        self.assertEqual(
            self.env["auto.complaint"].search_count(
                [("partner_id", "=", self.owner.id)]
            ),
            1,
        )

    def test_nobody_edits(self):
        request = self._answer(self._asked(), points=3)
        user_input = request.sudo().user_input_id
        everybody = [*self.users.values(), self.env.ref("base.user_admin")]
        for user in everybody:
            mine = request.with_user(user)
            with self.assertRaises(AccessError):
                mine.write({"score": 100})
            with self.assertRaises(AccessError):
                mine.create({"company_id": self.store.id})
            with self.assertRaises(UserError):
                mine.unlink()
        admin = self.env.ref("base.user_admin")
        line = user_input.user_input_line_ids[:1]
        for record in (user_input, line):
            with self.assertRaises(UserError):
                record.with_user(admin).write({"create_date": fields.Datetime.now()})
        with self.assertRaises(UserError):
            user_input.with_user(admin).unlink()
        with self.assertRaises(UserError):
            request.score_ids.with_user(self.head_office).write({"score": 100})

    def test_who_sees_what(self):
        request = self._asked()
        self.env.flush_all()
        manager = self.users["store_manager", 1]

        def seen(user):
            own = request.with_user(user)
            return bool(own.search([("id", "=", request.id)]))

        for user in (self.adviser, self.technician, manager, self.service_manager):
            self.assertFalse(seen(user), "nobody of the store knows who is asked")
        self.assertTrue(seen(self.head_office))
        self._answer(request)
        self.env.flush_all()
        for user in (self.adviser, self.technician, manager, self.service_manager):
            self.assertTrue(seen(user), user.login)
        for role in ("adviser", "store_manager", "technician"):
            self.assertFalse(seen(self.users[role, 2]))
        with self.assertRaises(AccessError):
            request.with_user(self.adviser).read(["partner_id"])
        [row] = request.with_user(manager).read(["partner_id"])
        self.assertEqual(row["partner_id"][0], self.owner.id)
        for user in (self.head_office, manager):
            with self.assertRaises(AccessError):
                request.with_user(user).read(["url"])

    def test_read_whole(self):
        request = self._answer(self._asked())
        for role, user in self._role_users().items():
            values = self._read_whole(user, request)
            if role in ("adviser", "technician"):
                self.assertNotIn("partner_id", values)
                self.assertNotIn("vehicle_id", values)

    # ------------------------------------------------------------------
    # Phone
    # ------------------------------------------------------------------

    def test_by_phone(self):
        self.owner.email = False
        self.owner.sudo().auto_contact_changed_on = False
        request = self._asked()
        self.assertEqual((request.channel, request.state), ("phone", "to_call"))
        window = self.env["auto.satisfaction.call"].with_user(self.callcentre)
        window = window.create({"satisfaction_id": request.id})
        self.assertEqual(window.customer, "Car Owner")
        for line in window.line_ids:
            if line.question_type == "scale":
                line.value = "0"
        with self.assertRaisesRegex(UserError, "10"):
            window.action_confirm()
        for line in window.line_ids:
            if line.question_type == "scale":
                line.value = "9"
        window.action_confirm()
        self.assertEqual(request.state, "answered")
        self.assertAlmostEqual(request.score, 88.9, 1)
        with self.assertRaises(UserError):
            window.action_confirm()
        with self.assertRaises(AccessError):
            self.env["auto.satisfaction.call"].with_user(self.adviser).create(
                {"satisfaction_id": request.id}
            )

    def test_words_alone_are_no_zero(self):
        """Who only says something gives no points, and pulls no score down."""
        self.owner.email = False
        self.owner.sudo().auto_contact_changed_on = False
        request = self._asked()
        window = self.env["auto.satisfaction.call"].with_user(self.callcentre)
        window = window.create({"satisfaction_id": request.id})
        window.line_ids.filtered(
            lambda line: line.question_type == "text_box"
        ).text = "Too loud a waiting room"
        window.action_confirm()
        self.assertEqual(request.state, "answered")
        self.assertEqual(request.words, "Too loud a waiting room")
        self.assertFalse(request.is_counted)

    def test_three_calls_are_the_last(self):
        self.owner.email = False
        self.owner.sudo().auto_contact_changed_on = False
        request = self._asked()
        for _attempt in range(3):
            window = self.env["auto.satisfaction.call"].with_user(self.callcentre)
            window.create(
                {"satisfaction_id": request.id, "reached": "no"}
            ).action_confirm()
        self.assertEqual(request.state, "expired")

    # ------------------------------------------------------------------
    # Import
    # ------------------------------------------------------------------

    def _import(self, text, user=None):
        wizard = (
            self.env["auto.satisfaction.import"]
            .with_user(user or self.head_office)
            .with_context(allowed_company_ids=self.head_office.company_ids.ids)
            .create(
                {
                    "survey_id": self.survey.id,
                    "source": "Institute",
                    "scale": "10",
                    "file": base64.b64encode(text.encode()),
                    "filename": "answers.csv",
                }
            )
        )
        wizard.action_import()
        return wizard

    def test_import(self):
        repair, _event = self._visit()
        text = (
            "reference,order,staff,quality,recommend,comment\n"
            f"A1,{repair.name},8,9,9,Fine\n"
            f"A2,{repair.name},12,9,9,\n"
            "A3,NO/1,8,9,9,\n"
            f"A4,{repair.name},eight,9,9,\n"
            f",{repair.name},8,9,9,\n"
            f"A5,{repair.name},1,2,0,=cmd()\n"
        )
        wizard = self._import(text)
        self.assertEqual((wizard.created_count, wizard.known_count), (2, 0))
        self.assertEqual(wizard.line_ids.mapped("row"), [3, 4, 5, 6])
        self.assertTrue(all(wizard.line_ids.mapped("reason")))
        first = self.env["auto.satisfaction"].search(
            [("external_ref", "=", "Institute:A1")]
        )
        self.assertAlmostEqual(first.score, (80 + 2 * 90) / 3, 1)
        self.assertEqual(first.user_id, repair.user_id)
        bad = self.env["auto.satisfaction"].search(
            [("external_ref", "=", "Institute:A5")]
        )
        self.assertTrue(bad.complaint_id)
        again = self._import(text)
        self.assertEqual((again.created_count, again.known_count), (0, 2))

    def test_import_refused(self):
        with self.assertRaises(UserError):
            self._import("name,points\nx,1\n")
        with self.assertRaises(UserError):
            self._import("reference,nonsense\nx,1\n")
        with self.assertRaises(AccessError):
            self._import("reference\nx\n", self.users["store_manager", 1])

    # ------------------------------------------------------------------
    # Staff, ranking
    # ------------------------------------------------------------------

    def test_staff_is_anonymous(self):
        self.adviser.partner_id.email = "adviser@example.com"
        wizard = (
            self.env["auto.satisfaction.staff"]
            .with_user(self.head_office)
            .with_context(allowed_company_ids=self.store.ids)
            .create({"survey_id": self.staff_survey.id})
        )
        wizard.company_ids = self.store
        wizard.action_send()
        asked = self.env["auto.satisfaction"].search(
            [("kind", "=", "staff"), ("company_id", "=", self.store.id)]
        )
        one = asked.filtered(lambda one: one.partner_id == self.adviser.partner_id)
        self.assertEqual(len(one), 1)
        self.assertFalse(one.sudo().user_input_id.partner_id)
        self._answer(one, points=2, words="Too few lifts")
        self.assertFalse(one.partner_id)
        self.assertFalse(one.complaint_id)
        manager = self.users["store_manager", 1]
        self.env.flush_all()
        self.assertFalse(one.with_user(manager).search([("id", "=", one.id)]))
        with self.assertRaises(AccessError):
            self.env["auto.satisfaction.staff"].with_user(manager).create(
                {"survey_id": self.staff_survey.id}
            )

    def _many(self, count, points):
        requests = self.env["auto.satisfaction"]._own()
        dimension = self.env.ref("auto_crm_service.dimension_staff")
        for _number in range(count):
            one = requests.create(
                {
                    "survey_id": self.survey.id,
                    "kind": "service",
                    "channel": "import",
                    "state": "expired" if points is None else "sent",
                    "company_id": self.store.id,
                    "user_id": self.adviser.id,
                    "date_sent": fields.Datetime.now(),
                }
            )
            if points is not None:
                one._answered({dimension: points} if points else {}, 9)
        self.env.flush_all()

    def test_ranking(self):
        self._many(4, 90)
        ranking = self.env["auto.satisfaction.ranking"]
        domain = [
            ("scope", "=", "adviser"),
            ("person_id", "=", self.adviser.id),
            ("days", "=", "90"),
        ]
        [row] = ranking.search(domain)
        self.assertTrue(row.is_withheld)
        self.assertEqual(row.score_text, "–")
        self.assertFalse(row.score)
        self._many(1, 80)
        self._many(5, None)
        self._many(1, ())
        ranking.invalidate_model()
        [row] = ranking.search(domain)
        self.assertFalse(row.is_withheld)
        self.assertEqual((row.asked, row.answered), (11, 6))
        self.assertAlmostEqual(row.response_rate, 54.5, 1)
        self.assertEqual(row.score, 88)
        self.assertEqual(row.nps, 100)
        seen = ranking.with_user(self.adviser).search([("days", "=", "90")])
        self.assertEqual(
            set(seen.filtered(lambda one: one.scope != "store").person_id.ids),
            {self.adviser.id},
        )
        self.assertFalse(
            ranking.with_user(self.users["adviser", 2]).search(
                [("company_id", "=", self.store.id)]
            )
        )

    def test_head_office_writes_questionnaires(self):
        surveys = self.env["survey.survey"].with_user(self.head_office)
        with Form(
            surveys.with_context(
                default_auto_kind="service",
                default_access_mode="token",
                default_user_id=False,
            ),
            "auto_crm_service.survey_survey_view_form_satisfaction",
        ) as form:
            form.title = "New questions"
            with form.question_and_page_ids.new() as question:
                question.title = "How was the coffee?"
                question.question_type = "scale"
        survey = form.save()
        self.assertEqual(survey.auto_kind, "service")
        with self.assertRaises(AccessError):
            self.survey.with_user(self.users["store_manager", 1]).write({"title": "x"})


@tagged("post_install", "-at_install")
class TestSatisfactionPage(SatisfactionCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")

    def test_link(self):
        """The link opens the questions, also for somebody who is logged in."""
        request = self._asked()
        url = request.sudo().url
        page = self.url_open(url)
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.survey.title, page.text)
        staff = self.env["auto.satisfaction"]._send(
            {
                "survey_id": self.staff_survey.id,
                "kind": "staff",
                "company_id": self.store.id,
                "partner_id": self.adviser.partner_id.id,
                "channel": "email",
            },
            14,
        )
        self.authenticate(self.adviser.login, self.adviser.login)
        page = self.url_open(staff.sudo().url)
        self.assertIn(self.staff_survey.title, page.text)
        # Given once: no second answer by the same link.
        self._answer(request)
        page = self.url_open(url)
        self.assertNotIn("/survey/retry/", page.text)
        before = self.survey.sudo().user_input_ids
        user_input = request.sudo().user_input_id
        self.url_open(
            f"/survey/retry/{self.survey.access_token}/{user_input.access_token}"
        )
        self.assertEqual(self.survey.sudo().user_input_ids, before)
        wrong = self.url_open(url[:-4] + "0000")
        self.assertNotIn("Fault", wrong.text)


SEEN = """
    consultant: R own
    sales_manager: R st
    adviser: R own
    technician: R own
    service_manager: R st
    store_manager: R st
    head_office: R all
    auditor: R all
"""


@tagged("post_install", "-at_install")
class TestSatisfactionRights(MatrixCase):
    """Who may do what with answers and follow-ups' answers, role by role."""

    def make_answer(self, store, user):
        one = (
            self.env["auto.satisfaction"]
            ._own()
            .create(
                {
                    "survey_id": self.env.ref("auto_crm_service.survey_service").id,
                    "kind": "service",
                    "channel": "import",
                    "state": "sent",
                    "company_id": store.id,
                    "user_id": user.id,
                    "date_sent": fields.Datetime.now(),
                }
            )
        )
        dimension = self.env.ref("auto_crm_service.dimension_staff")
        one._answered({dimension: 90}, 9)
        return one.with_env(self.env), None

    def make_score(self, store, user):
        answer, _subject = self.make_answer(store, user)
        return answer.score_ids, None

    def test_answers(self):
        self.check_matrix("auto.satisfaction", SEEN, self.make_answer)

    def test_scores(self):
        self.check_matrix("auto.satisfaction.score", SEEN, self.make_score)
