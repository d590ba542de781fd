from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestCompetitor(LeadCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival = cls.env["auto.competitor"].create({"name": "Test Rival Motors"})
        cls.other = cls.env["auto.competitor"].create({"name": "Test Other Motors"})
        cls.brand = cls.env["fleet.vehicle.model.brand"].create({"name": "Ours"})
        cls.model = cls.env["fleet.vehicle.model"].create(
            {"name": "Our One", "brand_id": cls.brand.id, "seats": 5, "power": 110}
        )
        cls.theirs = cls.env["auto.competitor.model"].create(
            {
                "name": "Their One",
                "competitor_id": cls.rival.id,
                "seats": 7,
                "power": 90,
                "price_min": 100000,
                "price_max": 120000,
                "strengths": "Cheap",
                "rival_model_ids": cls.model.ids,
            }
        )
        cls.reason = cls.env.ref("auto_crm_lead.lost_reason_competitor")

    def _lose(self, lead, model=None):
        lead.with_user(self.consultant).action_request_lost(
            self.reason.id, "gone", self.rival.id
        )
        if model:
            lead.competitor_model_id = model
        lead.with_user(self.manager).action_approve_lost()

    def test_sheet(self):
        spec = self.env["auto.model.spec"].create({"name": "Boot X", "better": "high"})
        self.env["auto.model.spec.value"].create(
            [
                {"spec_id": spec.id, "model_id": self.model.id, "value": "380"},
                {
                    "spec_id": spec.id,
                    "competitor_model_id": self.theirs.id,
                    "value": "510",
                },
            ]
        )
        rows = self.env["auto.model.sheet"]._sheet([self.model, self.theirs])
        by_label = {row["label"]: row["cells"] for row in rows}
        self.assertEqual(
            by_label["Boot X"],
            [{"text": "380", "best": False}, {"text": "510", "best": True}],
        )
        power = next(cells for cells in by_label.values() if "110" in cells[0]["text"])
        self.assertTrue(power[0]["best"])
        labels = [
            row["label"]
            for row in self.env["auto.model.sheet"]._sheet(
                [self.model, self.theirs], prices=False
            )
        ]
        self.assertNotIn("Guide price", labels)

    def test_compare_from_lead_and_print(self):
        lead = self._lead(need_model_ids=self.model.ids)
        lead.rival_model_ids = self.theirs
        action = lead.with_user(self.consultant).action_compare_rivals()
        compare = (
            self.env["auto.model.compare"]
            .with_user(self.consultant)
            .browse(action["res_id"])
        )
        self.assertEqual(compare.rival_ids, self.theirs)
        self.assertIn("Their One", compare.sheet)
        self.assertNotIn("Cheap", compare.sheet)
        compare.with_arguments = True
        self.assertIn("Cheap", compare.sheet)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "auto_crm_lead.report_model_compare_document", compare.ids
        )
        self.assertIn(b"Their One", html)
        compare.write({"model_ids": [(5,)], "rival_ids": [(5,)]})
        with self.assertRaisesRegex(UserError, "Choose the models"):
            compare.action_print()

    def test_sheet_of_a_foreign_lead(self):
        lead = self._lead(user=self.users["consultant", 2], store=self.stores[2])
        with self.assertRaises(AccessError):
            self.env["auto.model.compare"].with_user(self.consultant).create(
                {"lead_id": lead.id}
            )

    def test_wins_and_losses(self):
        partner = self.env["res.partner"].create({"name": "Lost Person"})
        won, lost, contest = self._lead(3, partner_id=partner.id)
        (won | contest).rival_model_ids = self.theirs
        lost.rival_model_ids = self.theirs
        won.action_set_won()
        self._lose(lost, self.theirs)
        results = self.env["auto.competitor.result"].with_user(self.manager)
        found = {
            line.lead_id: line.result
            for line in results.search([("competitor_id", "=", self.rival.id)])
        }
        self.assertEqual(found, {won: "won", lost: "lost", contest: "open"})
        theirs = self.theirs.with_user(self.manager)
        self.assertEqual((theirs.won_count, theirs.lost_count), (1, 1))
        self.assertEqual(self.rival.with_user(self.manager).won_count, 1)
        action = theirs.action_open_results()
        self.assertEqual(results.search_count(action["domain"]), 3)
        self.assertFalse(
            results.with_user(self.users["sales_manager", 2]).search(
                [("competitor_id", "=", self.rival.id)]
            ),
            "another store's prospects",
        )
        customer = self.env["auto.competitor.customer"].search(
            [("lead_id", "=", lost.id)]
        )
        self.assertEqual(customer.competitor_model_id, self.theirs)
        self.assertEqual(customer.kind, "chose")
        self.assertTrue(customer.date_change)
        lost.with_user(self.manager).action_reopen()
        self.assertFalse(customer.active, "a loss that did not last")

    def test_customer_rights(self):
        partner = self.env["res.partner"].create({"name": "Driver", "phone": "1"})
        customers = self.env["auto.competitor.customer"]
        mine = customers.with_user(self.consultant).create(
            {"partner_id": partner.id, "competitor_model_id": self.theirs.id}
        )
        self.assertEqual(mine.competitor_id, self.rival)
        self.assertEqual(mine.company_id, self.store)
        for user in (self.users["consultant", 2], self.users["sales_manager", 2]):
            self.assertFalse(customers.with_user(user).search([("id", "=", mine.id)]))
        self.assertTrue(
            customers.with_user(self.manager).search([("id", "=", mine.id)])
        )
        with self.assertRaises(AccessError):
            mine.with_user(self.users["auditor"]).write({"note": "x"})
        with self.assertRaises(AccessError):
            mine.with_user(self.manager).unlink()
        hidden = self.env["res.partner"].create(
            {"name": "Hidden", "store_ids": self.stores[2].ids}
        )
        with self.assertRaises(AccessError):
            customers.with_user(self.consultant).create(
                {"partner_id": hidden.id, "car_text": "Any"}
            )

    def test_bad_values(self):
        partner = self.env["res.partner"].create({"name": "Driver"})
        customers = self.env["auto.competitor.customer"]
        with self.assertRaisesRegex(ValidationError, "whose car"):
            customers.create({"partner_id": partner.id})
        with self.assertRaisesRegex(ValidationError, "not changed before"):
            customers.create(
                {
                    "partner_id": partner.id,
                    "car_text": "Any",
                    "date_since": self.today,
                    "date_change": self.today - timedelta(days=1),
                }
            )
        lead = self._lead()
        with self.assertRaisesRegex(ValidationError, "not sold by"):
            lead.write(
                {
                    "competitor_id": self.other.id,
                    "competitor_model_id": self.theirs.id,
                }
            )

    def test_win_back(self):
        partner = self.env["res.partner"].create(
            {"name": "Driver", "phone": "+86 138 0013 8111"}
        )
        customer = (
            self.env["auto.competitor.customer"]
            .with_user(self.consultant)
            .create({"partner_id": partner.id, "competitor_model_id": self.theirs.id})
        )
        action = customer.action_win_back()
        lead = self.env["crm.lead"].browse(action["res_id"])
        self.assertEqual(lead.partner_id, partner)
        self.assertEqual(lead.user_id, self.consultant)
        self.assertEqual(customer.action_win_back()["res_id"], lead.id, "not twice")

    def test_prices_seen(self):
        prices = self.env["auto.competitor.price"].with_user(self.consultant)
        prices.create(
            [
                {"model_id": self.theirs.id, "price": 99000, "date": "2026-01-01"},
                {
                    "model_id": self.theirs.id,
                    "price": 95000,
                    "date": "2026-02-01",
                    "user_id": self.manager.id,
                },
            ]
        )
        self.assertEqual(self.theirs.last_price, 95000)
        self.assertEqual(self.theirs.price_ids.user_id, self.consultant)

    def test_specifications_of_ours(self):
        spec = self.env["auto.model.spec"].create({"name": "Boot Y"})
        values = self.env["auto.model.spec.value"].with_user(self.manager)
        values.create(
            {"spec_id": spec.id, "competitor_model_id": self.theirs.id, "value": "1"}
        )
        with self.assertRaises(AccessError):
            values.create({"spec_id": spec.id, "model_id": self.model.id, "value": "1"})
