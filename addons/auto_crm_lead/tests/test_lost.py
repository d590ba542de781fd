from ast import literal_eval

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.auto_crm_base.tests.common import AutoCase


@tagged("post_install", "-at_install")
class TestLost(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.team"].search([]).active = False
        for number, store in cls.stores.items():
            store.lost_check_percent = 0
            cls.env["crm.team"].create(
                {"name": f"Sales {number}", "company_id": store.id}
            )
        cls.reason = cls.env.ref("auto_crm_lead.lost_reason_given_up")
        cls.reason_competitor = cls.env.ref("auto_crm_lead.lost_reason_competitor")
        cls.competitor = cls.env["auto.competitor"].create({"name": "Other Motors"})
        cls.consultant = cls.users["consultant", 1]
        cls.manager = cls.users["sales_manager", 1]
        cls.grade = cls.env["auto.lead.grade"].search(
            [("is_lost", "=", False), ("is_won", "=", False)], limit=1
        )
        cls.lead = cls._new_lead("Prospect", phone="+86 138 0013 8001")

    @classmethod
    def _new_lead(cls, name, number=1, **values):
        return cls.env["crm.lead"].create(
            {
                "name": name,
                "type": "opportunity",
                "company_id": cls.stores[number].id,
                "user_id": cls.users["consultant", number].id,
                "grade_id": cls.grade.id,
                **values,
            }
        )

    def _request(self, lead=None, user=None):
        lead = (lead or self.lead).with_user(user or self.consultant)
        lead.action_request_lost(self.reason.id, "No money")
        return lead

    # -- request ---------------------------------------------------------

    def test_request_keeps_the_prospect_open(self):
        lead = self._request()
        self.assertEqual(lead.lost_state, "requested")
        self.assertTrue(lead.active)
        self.assertEqual(lead.won_status, "pending")
        self.assertEqual(lead.grade_id, self.grade)
        self.assertEqual(lead.lost_note, "No money")
        self.assertEqual(lead.approval_state, "waiting")

    def test_a_reason_is_required(self):
        lead = self.lead.with_user(self.consultant)
        for reason in (False, None, 0, 2**30):
            with self.assertRaises(UserError):
                lead.action_request_lost(reason, "why")
        self.assertEqual(lead.lost_state, "none")
        self.assertFalse(lead.approval_ids)

    def test_the_competitor_is_required_where_the_reason_says_so(self):
        lead = self.lead.with_user(self.consultant)
        with self.assertRaises(UserError):
            lead.action_request_lost(self.reason_competitor.id, "cheaper")
        lead.action_request_lost(
            self.reason_competitor.id, "cheaper", self.competitor.id
        )
        self.assertEqual(lead.competitor_id, self.competitor)

    def test_only_reasons_of_car_stores_are_offered(self):
        self.env["crm.lost.reason"]._set_aside_generic()
        wizard = self.env["crm.lead.lost"].with_user(self.consultant)
        domain = wizard._fields["lost_reason_id"]._description_domain(self.env)
        offered = self.env["crm.lost.reason"].search(literal_eval(domain))
        self.assertIn(self.reason, offered)
        self.assertNotIn(self.env.ref("crm.lost_reason_2"), offered)
        self.assertTrue(self.env["crm.lost.reason"].create({"name": "X"}).is_automotive)

    def test_a_second_request_is_refused(self):
        self._request()
        with self.assertRaises(UserError):
            self._request(user=self.manager)

    def test_the_request_stays_as_written(self):
        lead = self._request()
        for values in (
            {"lost_reason_id": self.reason_competitor.id},
            {"lost_note": "something else"},
        ):
            with self.assertRaises(UserError):
                lead.write(values)

    def test_the_wizard_asks_for_approval(self):
        lead = self.lead.with_user(self.consultant)
        wizard = Form(
            self.env["crm.lead.lost"]
            .with_user(self.consultant)
            .with_context(default_lead_ids=lead.ids)
        )
        wizard.lost_reason_id = self.reason_competitor
        wizard.competitor_id = self.competitor
        wizard.lost_feedback = "<p>Half the price</p>"
        wizard.save().action_lost_reason_apply()
        self.assertEqual(lead.lost_state, "requested")
        self.assertTrue(lead.active)
        self.assertEqual(lead.competitor_id, self.competitor)
        self.assertIn("Half the price", lead.lost_note)

    def test_the_button_opens_the_wizard_for_the_prospect(self):
        lead = self.lead.with_user(self.consultant)
        action = lead.action_open_lost()
        wizard = self.env[action["res_model"]].with_user(self.consultant)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertEqual(wizard.lead_ids, lead)
        arch = self.env["crm.lead"].with_user(self.consultant).get_view()["arch"]
        self.assertIn('name="action_open_lost"', arch)

    # -- decision --------------------------------------------------------

    def test_approval_loses_the_prospect(self):
        self.lead.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.consultant.id
        )
        self._request()
        lead = self.lead.with_user(self.manager)
        lead.action_approve_lost()
        self.assertEqual(lead.lost_state, "approved")
        self.assertFalse(lead.active)
        self.assertEqual(lead.won_status, "lost")
        self.assertEqual(lead.probability, 0)
        self.assertTrue(lead.grade_id.is_lost)
        self.assertTrue(lead.lost_date)
        self.assertFalse(lead.next_followup_date)
        self.assertFalse(self.lead.activity_ids)
        self.assertFalse(
            self.env["auto.lead.identity"].search([("lead_id", "=", lead.id)])
        )

    def test_refusal_returns_it_with_its_grade_and_a_follow_up_due(self):
        self._request()
        self.lead.with_user(self.manager).action_refuse_lost("Call again")
        lead = self.lead.with_user(self.consultant)
        self.assertEqual(lead.lost_state, "refused")
        self.assertTrue(lead.active)
        self.assertEqual(lead.grade_id, self.grade)
        self.assertEqual(str(lead.next_followup_date), str(self.env.cr.now().date()))
        with self.assertRaises(UserError):
            lead.with_user(self.manager).action_approve_lost()
        lead.action_request_lost(self.reason.id, "Again")
        self.assertEqual(lead.lost_state, "requested")

    def test_a_refusal_needs_words(self):
        self._request()
        with self.assertRaises(UserError):
            self.lead.with_user(self.manager).action_refuse_lost("  ")
        self.assertEqual(self.lead.lost_state, "requested")

    def test_the_requester_cannot_approve(self):
        self._request(user=self.manager)
        with self.assertRaises(UserError):
            self.lead.with_user(self.manager).action_approve_lost()
        self.assertTrue(self.lead.active)
        self.lead.with_user(self.users["store_manager", 1]).action_approve_lost()
        self.assertFalse(self.lead.active)

    def test_only_managers_of_the_store_decide(self):
        self._request()
        for user in (
            self.consultant,
            self.users["sales_manager", 2],
            self.users["store_manager", 2],
            self.users["adviser", 1],
            self.users["auditor"],
        ):
            with self.assertRaises(UserError, msg=user.login):
                self.lead.with_user(user).action_approve_lost()
            self.assertEqual(self.lead.lost_state, "requested", user.login)
        self.lead.with_user(self.users["head_office"]).action_approve_lost()
        self.assertEqual(self.lead.lost_state, "approved")

    def test_winning_cancels_the_request(self):
        lead = self._request()
        lead.action_set_won()
        self.assertEqual(lead.won_status, "won")
        self.assertEqual(lead.lost_state, "none")
        self.assertEqual(lead.approval_state, "cancelled")

    def test_taking_up_again(self):
        self._request()
        self.lead.with_user(self.manager).action_approve_lost()
        lead = self.lead.with_user(self.consultant)
        lead.action_reopen()
        self.assertTrue(lead.active)
        self.assertEqual(lead.lost_state, "none")
        self.assertEqual(lead.won_status, "pending")
        self.assertEqual(lead.grade_id, self.grade)
        self.assertEqual(str(lead.next_followup_date), str(self.env.cr.now().date()))
        with self.assertRaises(UserError):
            lead.action_archive()

    # -- no other way ----------------------------------------------------

    def _ways_to_lose(self):
        return {
            "active": lambda lead: lead.write({"active": False}),
            "both": lambda lead: lead.write({"active": False, "probability": 0}),
            "probability": lambda lead: lead.write({"probability": 0}),
            "archive": lambda lead: lead.action_archive(),
            "set_lost": lambda lead: lead.action_set_lost(),
            "status": lambda lead: lead.write({"won_status": "lost"}),
            "state": lambda lead: lead.write({"lost_state": "approved"}),
            "merged": lambda lead: lead.write({"merged_into_id": lead.id}),
            "unlink": lambda lead: lead.unlink(),
        }

    def test_no_silent_loss(self):
        self.lead.probability = 30
        users = {
            "consultant": self.consultant,
            "manager": self.manager,
            "store manager": self.users["store_manager", 1],
            "head office": self.users["head_office"],
            "administrator": self.env.ref("base.user_admin"),
            "system": self.env.ref("base.user_root"),
        }
        self.env.ref("base.user_admin").company_ids |= self.stores[1]
        for role, user in users.items():
            for way, lose in self._ways_to_lose().items():
                with self.subTest(role=role, way=way):
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        lose(self.lead.with_user(user))
                    self.env.invalidate_all()
                    self.assertTrue(self.lead.exists().active)
                    self.assertGreater(self.lead.probability, 0)
                    self.assertEqual(self.lead.lost_state, "none")

    def test_sudo_and_context_are_no_way(self):
        for lead in (
            self.lead.with_user(self.consultant).sudo(),
            self.lead.with_user(self.consultant).with_context(auto_lose=True),
            self.lead.with_context(auto_lose="LOSE", active_test=False),
        ):
            with self.assertRaises(UserError):
                lead.write({"active": False})

    def test_set_lost_with_a_reason_asks(self):
        lead = self.lead.with_user(self.consultant)
        lead.action_set_lost(lost_reason_id=self.reason.id)
        self.assertTrue(lead.active)
        self.assertEqual(lead.lost_state, "requested")

    def test_creating_or_importing_lost_ones_is_refused(self):
        leads = self.env["crm.lead"].with_user(self.consultant)
        for values in (
            {"active": False},
            {"lost_state": "approved"},
            {"won_status": "lost"},
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                leads.create({"name": "Old one", **values})
        result = leads.load(["name", "active"], [["Good", "True"], ["Lost", "False"]])
        self.assertFalse(result["ids"])
        self.assertIn("approval", result["messages"][0]["message"])

    def test_a_won_one_archived_cannot_be_unwon(self):
        lead = self.lead.with_user(self.manager)
        lead.action_set_won()
        lead.action_archive()
        stage = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            lead.write({"stage_id": stage.id})

    def test_copies_are_open(self):
        self._request()
        self.lead.with_user(self.manager).action_approve_lost()
        copy = self.lead.with_user(self.consultant).copy({"phone": False})
        self.assertTrue(copy.active)
        self.assertEqual(copy.lost_state, "none")
        self.assertFalse(copy.lost_reason_id)

    # -- merge -----------------------------------------------------------

    def test_merge_keeps_the_history(self):
        other = self._new_lead("Same person", email_from="a@example.com")
        self.lead.email_from = False
        contact = self.env["auto.contact"].create(
            {
                "lead_id": other.id,
                "company_id": self.stores[1].id,
                "summary": "Came by",
            }
        )
        partner = self.env["res.partner"].create(
            {
                "name": "Person",
                "user_id": self.consultant.id,
                "store_ids": [(4, self.stores[1].id)],
            }
        )
        (self.lead | other).partner_id = partner
        head = (self.lead | other).with_user(self.consultant).merge_opportunity()
        self.assertTrue(head.active)
        self.assertEqual(contact.lead_id, head)
        self.assertEqual(head.lost_state, "none")
        self.assertEqual((self.lead | other).exists(), head)

    def test_a_consultant_merges_one_person_only(self):
        other = self._new_lead("Somebody else", phone="+86 139 0013 8002")
        leads = self.lead | other
        with self.assertRaises(UserError):
            leads.with_user(self.consultant).merge_opportunity()
        self.assertEqual(leads.exists(), leads)

    def test_merging_into_a_lost_one_does_not_lose(self):
        lost = self._new_lead("Lost before")
        self._request(lost)
        lost.with_user(self.manager).action_approve_lost()
        stages = self.env["crm.stage"].search([("is_won", "=", False)])
        self.lead.stage_id = stages[0]
        head = (self.lead | lost).with_user(self.manager).merge_opportunity()
        self.assertEqual(head, self.lead)
        self.assertTrue(head.active)
        self.assertEqual(head.won_status, "pending")

    def test_merging_into_a_won_one_is_refused(self):
        won = self._new_lead("Bought")
        won.action_set_won()
        with self.assertRaises(UserError):
            (self.lead | won).with_user(self.manager).merge_opportunity()

    def test_merging_cancels_requests(self):
        other = self._new_lead("Same")
        self._request(other)
        self._request()
        third = self._new_lead("Third")
        head = (self.lead | other | third).with_user(self.manager).merge_opportunity()
        self.assertEqual(head.lost_state, "none")
        self.assertFalse(head.with_user(self.manager)._waiting_loss())

    # -- call-back -------------------------------------------------------

    def _lose_with_check(self):
        self.stores[1].lost_check_percent = 100
        self.stores[1].lost_check_user_id = self.manager
        self._request()
        self.lead.with_user(self.users["store_manager", 1]).action_approve_lost()
        return self.env["auto.lead.lost.check"].search([("lead_id", "=", self.lead.id)])

    def test_a_sample_is_called_back(self):
        check = self._lose_with_check()
        self.assertEqual(check.consultant_id, self.consultant)
        self.assertEqual(check.user_id, self.manager)
        self.assertEqual(
            (check.date_due - self.env.cr.now().date()).days,
            self.stores[1].lost_check_days,
        )
        self.assertEqual(check.activity_ids.user_id, self.manager)

    def test_no_sample_at_zero_percent(self):
        self._request()
        self.lead.with_user(self.manager).action_approve_lost()
        self.assertFalse(
            self.env["auto.lead.lost.check"].search([("lead_id", "=", self.lead.id)])
        )

    def test_resurrected_is_taken_up_again(self):
        check = self._lose_with_check().with_user(self.manager)
        with self.assertRaises(UserError):
            check.action_done()
        check.result = "resurrected"
        check.action_done()
        self.assertTrue(self.lead.active)
        self.assertEqual(self.lead.grade_id, self.grade)
        self.assertEqual(check.resurrected_rate, 100)
        self.assertTrue(check.is_reached)
        self.assertFalse(check.activity_ids)

    def test_bought_elsewhere_in_the_group_is_told_without_whose(self):
        elsewhere = self._new_lead("Person", number=2, phone="+8613800138001")
        elsewhere.action_set_won()
        check = self._lose_with_check().with_user(self.manager)
        self.assertTrue(check.bought_in_group)
        self.assertNotIn(
            self.stores[2].name,
            str(check.read()) + str(check.message_ids.mapped("body")),
        )

    def test_checks_are_secret_from_consultants(self):
        check = self._lose_with_check()
        with self.assertRaises(AccessError):
            check.with_user(self.consultant).read(["result"])
        with self.assertRaises(AccessError):
            check.with_user(self.users["sales_manager", 2]).read(["result"])
        with self.assertRaises(AccessError):
            check.with_user(self.users["auditor"]).write({"result": "confirmed"})
