from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, warmup
from odoo.tools import mute_logger

from .common_campaign import CampaignCase


@tagged("post_install", "-at_install")
class TestCampaign(CampaignCase):
    # ------------------------------------------------------------------
    # Plan
    # ------------------------------------------------------------------

    def test_plan_belongs_to_the_store_of_its_planner(self):
        campaign = self._campaign()
        self.assertEqual(campaign.auto_store_id, self.store)
        self.assertEqual(campaign.store_ids, self.store)
        self.assertEqual(campaign.auto_state, "draft")

    def test_small_budget_needs_no_approval(self):
        campaign = self._campaign()
        self._cost(campaign, 900)
        campaign.action_auto_submit()
        self.assertEqual(campaign.auto_state, "approved")

    def test_large_budget_waits_for_its_approval(self):
        campaign = self._campaign()
        self._cost(campaign, 12000)
        campaign.action_auto_submit()
        self.assertEqual(campaign.auto_state, "submitted")
        with self.assertRaises(UserError):
            campaign.action_auto_approve()
        campaign.with_user(self.boss).action_auto_approve()
        self.assertEqual(campaign.auto_state, "approved")

    def test_budget_above_the_store_managers_limit_goes_to_head_office(self):
        campaign = self._campaign()
        self._cost(campaign, 80000)
        campaign.action_auto_submit()
        with self.assertRaises(AccessError):
            campaign.with_user(self.boss).action_auto_approve()
        campaign.with_user(self.head).with_context(
            allowed_company_ids=self.head.company_ids.ids
        ).action_auto_approve()
        self.assertEqual(campaign.auto_state, "approved")

    def test_plan_without_dates_is_not_submitted(self):
        campaign = self._campaign(auto_date_begin=False, auto_date_end=False)
        with self.assertRaises(UserError):
            campaign.action_auto_submit()
        self.assertEqual(campaign.auto_state, "draft")

    def test_approved_plan_is_changed_only_through_the_draft(self):
        campaign = self._campaign()
        cost = self._cost(campaign, 100)
        campaign.action_auto_submit()
        with self.assertRaises(UserError):
            campaign.auto_target_leads = 5
        with self.assertRaises(UserError):
            campaign.auto_state = "draft"
        with self.assertRaises(UserError):
            cost.planned_amount = 5000
        with self.assertRaises(UserError):
            self._cost(campaign, 5000)
        campaign.action_auto_draft()
        campaign.auto_target_leads = 5
        cost.planned_amount = 5000

    def test_state_given_on_creation_is_passed_over(self):
        campaign = self._campaign(auto_state="approved")
        self.assertEqual(campaign.auto_state, "draft")

    def test_end_before_beginning_is_refused(self):
        with (
            self.assertRaisesRegex(IntegrityError, "auto_dates_check"),
            self.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            self._campaign(auto_date_end=self.today - timedelta(days=1))

    # ------------------------------------------------------------------
    # Costs
    # ------------------------------------------------------------------

    def _approved(self, planned=300):
        campaign = self._campaign()
        cost = self._cost(campaign, planned)
        campaign.action_auto_submit()
        return campaign, cost

    def test_cost_within_plan_and_limit_is_booked_at_once(self):
        campaign, cost = self._approved()
        cost.actual_amount = 280
        cost.action_book()
        self.assertEqual(cost.state, "booked")
        self.assertTrue(cost.date)
        self.assertEqual(campaign.auto_cost, 280)

    def test_cost_above_plan_waits_and_does_not_count(self):
        campaign, cost = self._approved()
        cost.actual_amount = 320
        cost.action_book()
        self.assertEqual(cost.state, "submitted")
        self.assertEqual(campaign.auto_cost, 0)
        with self.assertRaises(UserError):
            cost.actual_amount = 10
        cost.with_user(self.boss).action_approve()
        self.assertEqual(cost.state, "booked")
        campaign.invalidate_recordset()
        self.assertEqual(campaign.auto_cost, 320)
        self.assertEqual(cost.difference, 20)

    def test_cost_above_the_limit_waits_even_within_its_plan(self):
        _campaign, cost = self._approved(900)
        cost.actual_amount = 800
        cost.action_book()
        self.assertEqual(cost.state, "submitted")
        cost.action_take_back()
        self.assertEqual(cost.state, "planned")

    def test_cost_before_approval_of_the_plan_is_refused(self):
        campaign = self._campaign()
        cost = self._cost(campaign, 100, actual_amount=90)
        with self.assertRaises(UserError):
            cost.action_book()
        with self.assertRaises(UserError):
            cost.state = "booked"

    def test_cost_of_a_store_that_takes_no_part_is_refused(self):
        campaign = self._campaign()
        with self.assertRaises(ValidationError):
            self._cost(campaign.sudo(), 0, company_id=self.stores[2].id)

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def test_figures_open_what_they_count(self):
        campaign, cost = self._approved()
        cost.actual_amount = 300
        cost.action_book()
        leads = self._lead(3, campaign_id=campaign.id)
        self._lead(campaign_id=campaign.id).action_mark_spam()
        campaign.invalidate_recordset()
        self.assertEqual(campaign.auto_lead_count, 3)
        self.assertEqual(campaign.auto_cost_per_lead, 100)
        self.assertEqual(campaign.auto_return, -1)
        action = campaign.with_context(auto_figure="leads").action_open_auto_figure()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(set(found.ids), set(leads.ids))
        with self.assertRaises(UserError):
            campaign.with_context(auto_figure="nonsense").action_open_auto_figure()

    def test_consultant_counts_own_prospects_and_sees_no_money(self):
        campaign = self._campaign()
        self._lead(2, campaign_id=campaign.id)
        self._lead(campaign_id=campaign.id, user=self.users["sales_manager", 1])
        mine = campaign.with_user(self.consultant)
        self.assertEqual(mine.auto_lead_count, 2)
        with self.assertRaises(AccessError):
            mine.read(["auto_cost"])

    def test_report_agrees_with_the_campaign(self):
        campaign, cost = self._approved()
        cost.actual_amount = 300
        cost.action_book()
        self._lead(3, campaign_id=campaign.id)
        self.env.flush_all()
        report = self.env["auto.campaign.report"].with_user(self.manager)
        [(leads, budget, spent)] = report._read_group(
            [("campaign_id", "=", campaign.id)],
            [],
            ["leads:sum", "budget:sum", "cost:sum"],
        )
        self.assertEqual((leads, budget, spent), (3, 300, 300))
        line = report.search(
            [("campaign_id", "=", campaign.id), ("source", "=", "leads")], limit=1
        )
        self.assertEqual(line.action_open()["res_model"], "crm.lead")

    def test_comparison_marks_the_best(self):
        first, second = self._campaign(), self._campaign(title="Autumn show")
        self._lead(3, campaign_id=first.id)
        self._lead(1, campaign_id=second.id)
        both = first | second
        table = both.auto_comparison(both.ids)
        rows = {row["key"]: row["cells"] for row in table["rows"]}
        self.assertEqual([cell["best"] for cell in rows["leads"]], [True, False])
        self.assertEqual([cell["text"] for cell in rows["leads"]], ["3", "1"])
        for nonsense in ("x", [[]], list(range(20))):
            with self.assertRaises(UserError):
                both.auto_comparison(nonsense)
        with self.assertRaises(UserError):
            first.action_auto_compare()

    @warmup
    def test_figures_take_as_many_queries_for_many(self):
        campaigns = self.env["utm.campaign"]
        for number in range(10):
            campaigns |= self._campaign(title=f"Campaign {number}")
        self._lead(20, campaign_id=campaigns[0].id)
        self.env.flush_all()
        self.env.invalidate_all()
        campaigns.mapped("auto_store_id.currency_id.name")
        with self.assertQueryCount(20):
            campaigns._auto_figures()

    # ------------------------------------------------------------------
    # Evaluation
    # ------------------------------------------------------------------

    def test_evaluation_keeps_what_was_reached(self):
        campaign = self._campaign(auto_target_leads=4)
        campaign.action_auto_submit()
        self._lead(2, campaign_id=campaign.id)
        action = campaign.action_auto_done()
        self.assertEqual(campaign.auto_state, "done")
        sheet = self.env[action["res_model"]].browse(action["res_id"])
        sheet = sheet.with_env(campaign.env)
        with self.assertRaises(UserError):
            sheet.action_close()
        sheet.line_ids[0].mark = "4"
        sheet.line_ids[1].mark = "5"
        sheet.strengths = "The place"
        sheet.action_close()
        self.assertEqual(sheet.mark, 4.5)
        self._lead(5, campaign_id=campaign.id)
        campaign.invalidate_recordset()
        sheet.invalidate_recordset()
        rows = {row["key"]: row for row in sheet.figures}
        self.assertEqual(rows["leads"]["reached_text"], "2")
        self.assertEqual(rows["leads"]["percent"], 50)
        with self.assertRaises(UserError):
            sheet.strengths = "Other"
        with self.assertRaises(UserError):
            sheet.line_ids[0].mark = "1"
        with self.assertRaises(UserError):
            sheet.unlink()
        sheet.action_reopen()
        sheet.invalidate_recordset()
        self.assertEqual(
            {row["key"]: row for row in sheet.figures}["leads"]["reached_text"], "7"
        )

    def test_evaluation_counts_the_prospects_of_its_store(self):
        stores = self.stores[1] | self.stores[2]
        campaign = self._campaign(
            self.head,
            auto_store_id=self.stores[1].id,
            store_ids=[Command.set(stores.ids)],
        )
        campaign.action_auto_submit()
        self.assertEqual(campaign.auto_state, "approved")
        for store, count in ((self.stores[1], 3), (self.stores[2], 2)):
            self.env["crm.lead"].create(
                [
                    {
                        "name": f"Lead {at}",
                        "type": "opportunity",
                        "company_id": store.id,
                        "campaign_id": campaign.id,
                    }
                    for at in range(count)
                ]
            )
        sheets = self.env["auto.campaign.evaluation"].with_user(self.head)
        sheets = sheets.with_context(
            allowed_company_ids=(self.group | stores).ids
        ).create(
            [
                {"campaign_id": campaign.id, "company_id": store.id}
                for store in stores.sorted("id")
            ]
        )
        # Whoever looks at all stores sees each sheet's own figures.
        self.assertEqual(
            [
                {row["key"]: row for row in sheet.figures}["leads"]["reached_text"]
                for sheet in sheets
            ],
            ["3", "2"],
        )

    def test_evaluation_is_printed(self):
        campaign = self._campaign()
        campaign.action_auto_submit()
        action = campaign.action_auto_done()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "auto_crm_campaign.report_campaign_evaluation", [action["res_id"]]
        )
        self.assertIn(b"Spring show", html)
