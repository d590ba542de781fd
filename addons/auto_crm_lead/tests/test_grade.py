from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestGrade(LeadCase):
    def test_seeded_grades(self):
        seeded = {
            code: (g.horizon_days, g.interval_days, g.is_lost, g.is_won)
            for code, g in self.grades.items()
        }
        self.assertEqual(
            seeded,
            {
                "H": (7, 1, False, False),
                "A": (15, 3, False, False),
                "B": (30, 5, False, False),
                "C": (90, 15, False, False),
                "D": (0, 30, False, False),
                "F": (0, 0, True, False),
                "S": (0, 0, False, True),
            },
        )
        self.assertEqual(
            {code: (h.months, h.kind) for code, h in self.horizons.items()},
            {
                "now": (0, "call"),
                "3m": (3, "bring_forward"),
                "6m": (6, "detailed"),
                "12m": (12, "general"),
            },
        )
        self.assertAlmostEqual(self.horizons["3m"].expected_conversion, 0.10)
        self.assertAlmostEqual(self.horizons["12m"].expected_conversion, 0.04)

    def test_code_is_unique(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.grades["H"].copy({"code": "A"})

    def test_grade_without_interval(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["auto.lead.grade"].create({"name": "X", "code": "X"})

    def test_days_of_the_check_are_not_negative(self):
        for name in ("auto_grade_hot_days", "auto_grade_visit_days"):
            with (
                self.subTest(name),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.stores[1][name] = -1
                self.stores[1].flush_recordset()

    def test_horizon_proposes_the_grade(self):
        lead = self._lead(horizon_id=self.horizons["3m"].id)
        self.assertEqual(lead.grade_id, self.grades["C"])
        lead.horizon_id = self.horizons["now"]
        self.assertEqual(lead.grade_id, self.grades["C"], "what a person set stays")
        with Form(self.env["crm.lead"].with_user(self.consultant)) as form:
            form.name = "By hand"
            form.partner_id = self.env["res.partner"].create({"name": "Li"})
        ungraded = form.record
        ungraded.horizon_id = self.horizons["6m"]
        self.assertEqual(ungraded.grade_id, self.grades["D"])

    def test_history_is_complete_and_closed(self):
        lead = self._lead(grade_id=self.grades["B"].id)
        lead.with_user(self.consultant)._log_contact(
            "visit", "Came to see the car", result="visited", grade="H"
        )
        first, second = lead.grade_history_ids.sorted("id")
        self.assertEqual(
            (first.from_grade_id.code, first.to_grade_id.code), (False, "B")
        )
        self.assertEqual(
            (second.from_grade_id.code, second.to_grade_id.code), ("B", "H")
        )
        self.assertEqual(second.user_id, self.consultant)
        self.assertEqual(second.evidence["visits"], 1)
        self.assertIn("visits: 1", second.evidence_text)
        with self.assertRaises(UserError):
            second.sudo().reason = "Better so"
        with self.assertRaises(UserError):
            second.sudo().unlink()

    @users("test_consultant_1")
    def test_lost_and_won_are_not_chosen(self):
        lead = self._lead(grade_id=self.grades["A"].id).with_user(self.env.user)
        for code in ("F", "S"):
            with self.assertRaises(UserError):
                lead.grade_id = self.grades[code]
            with self.assertRaises(UserError):
                lead._log_contact("phone", "Bought", grade=code)
            with self.assertRaises(UserError):
                self._lead(grade_id=self.grades[code].id)
        self.assertEqual(lead.grade_id.code, "A")
        self.assertFalse(lead.contact_ids, "a refused contact leaves nothing")

    def test_a_client_cannot_open_the_door(self):
        lead = self._lead().with_user(self.consultant)
        with self.assertRaises(UserError):
            lead.with_context(auto_grade_door=True).grade_id = self.grades["S"]

    def test_won_and_reopened(self):
        lead = self._lead(grade_id=self.grades["A"].id)
        stage = lead.stage_id
        lead.with_user(self.consultant).action_set_won()
        self.assertEqual(lead.grade_id.code, "S")
        self.assertEqual(lead.followup_state, "deal")
        self.assertFalse(lead.next_followup_date)
        with self.assertRaises(UserError):
            lead.grade_id = self.grades["B"]
        with self.assertRaises(UserError):
            lead.followup_state = "intent"
        lead.write({"stage_id": stage.id, "probability": 20})
        self.assertEqual(lead.grade_id.code, "A", "reopened: the grade before")
        self.assertEqual(lead.followup_state, "intent")
        self.assertTrue(lead.next_followup_date)

    def test_the_customer_of_a_won_prospect_is_whose_sold(self):
        customers = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_auto_customer": True,
                    "store_ids": [fields.Command.set(self.store.ids)],
                    "user_id": user.id,
                }
                for name, user in (
                    ("Nobody's", self.env["res.users"]),
                    ("A colleague's", self.manager),
                )
            ]
        )
        leads = self._lead(2)
        for lead, customer in zip(leads, customers, strict=True):
            lead.partner_id = customer
        self.assertFalse(customers[0].user_id, "a prospect alone gives nobody away")
        for lead in leads:
            lead.with_user(self.consultant).action_set_won()
        self.assertEqual(customers[0].user_id, self.consultant)
        self.assertEqual(customers[1].user_id, self.manager, "never overwritten")

    def test_created_won(self):
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        lead = self._lead(stage_id=won.id, probability=100)
        self.assertEqual(lead.grade_id.code, "S")
        self.assertEqual(lead.followup_state, "deal")
        self.assertFalse(lead.next_followup_date)

    def test_deal_comes_from_winning(self):
        lead = self._lead()
        with self.assertRaises(UserError):
            lead.followup_state = "deal"

    def test_unknown_grade(self):
        with self.assertRaisesRegex(UserError, "Z"):
            self._lead()._log_contact("phone", "Hello", grade="Z")

    def test_leads_of_others_stay_plain(self):
        """A lead of a user without automotive role gets no cadence."""
        salesman = self.env["res.users"].create(
            {
                "name": "Plain",
                "login": "plain_salesman",
                "group_ids": [
                    fields.Command.link(
                        self.env.ref("sales_team.group_sale_salesman").id
                    )
                ],
            }
        )
        lead = self.env["crm.lead"].with_user(salesman).create({"name": "Plain"})
        self.assertFalse(lead.received_date)
        self.assertFalse(lead.next_followup_date)
        self.assertFalse(lead.clock_ids)

    def test_an_approved_loss_gives_f_and_reopening_takes_it_back(self):
        lead = self._lead(grade_id=self.grades["B"].id, partner_id=self._customer().id)
        lead._remind()
        reason = self.env["crm.lost.reason"].search(
            [("needs_competitor", "=", False)], limit=1
        )
        lead.with_user(self.consultant).action_request_lost(reason.id, "Moved away")
        self.assertEqual(lead.grade_id.code, "B", "asked for is not lost")
        lead.with_user(self.manager).action_approve_lost()
        self.assertEqual(lead.grade_id.code, "F")
        self.assertFalse(lead.next_followup_date)
        self.assertEqual(lead.grade_history_ids[0].to_grade_id.code, "F")
        lead.with_user(self.manager).action_reopen()
        self.assertEqual(lead.grade_id.code, "B")
        self.assertEqual(lead.next_followup_date, self.today)

    def _customer(self):
        return self.env["res.partner"].create(
            {"name": "Customer", "store_ids": [fields.Command.link(self.store.id)]}
        )

    def test_a_book_is_handed_over_with_its_prospects(self):
        lead = self._lead(partner_id=self._customer().id)
        lead._remind()
        colleague = self._new_user("consultant", "successor_1", self.store, self.store)
        wizard = (
            self.env["auto.book.handover"]
            .with_user(self.users["store_manager", 1])
            .create(
                {
                    "company_id": self.store.id,
                    "from_user_id": self.consultant.id,
                    "to_user_ids": [fields.Command.set(colleague.ids)],
                    "reason": "Leaves",
                }
            )
        )
        wizard.action_hand_over()
        self.assertEqual(lead.user_id, colleague)
        self.assertEqual(lead.reminder_ids.user_id, colleague)
        self.assertEqual(lead.clock_ids.sorted("id")[-1].kind, "reassigned")
