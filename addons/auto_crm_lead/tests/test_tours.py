from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import LeadCase


class MyDayTourCase(HttpCase, LeadCase):
    def setUp(self):
        super().setUp()
        self.consultant.write({"password": self.consultant.login, "lang": "en_US"})
        self.new = self._lead(contact_name="Tour New", phone="+86 138 0013 8000")
        self.overdue = self._lead(
            contact_name="Tour Overdue", grade_id=self.grades["B"].id
        )
        self.overdue._log_contact("phone", "Will decide on Friday", result="reached")
        self.overdue.next_followup_date = self.today - timedelta(days=2)
        self.due = self._lead(contact_name="Tour Today", grade_id=self.grades["C"].id)
        self.due._log_contact("phone", "Hello")
        self.due.next_followup_date = self.today


@tagged("post_install", "-at_install")
class TestMyDayDesktop(MyDayTourCase):
    def test_a_whole_day(self):
        self.start_tour(
            "/odoo/auto-my-day", "auto_my_day_desktop", login=self.consultant.login
        )
        self.assertEqual(self.new.grade_id.code, "A")
        self.assertEqual(self.new.contact_ids.summary, "Wants the blue one")
        self.assertEqual(self.new.next_step, "Test drive on Saturday")
        self.assertEqual(self.new.next_followup_date, self.in_days(3))
        self.assertTrue(self.new.first_touch_date)
        self.assertEqual(self.overdue.followup_state, "shelved")
        self.assertGreater(self.overdue.wake_date, fields.Date.today())
        self.assertEqual(self.due.grade_id.code, "H")
        self.assertTrue(self.due.seen_date, "opening the form is seeing it")


@tagged("post_install", "-at_install")
class TestMyDayMobile(MyDayTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_log_and_next_on_a_phone(self):
        self.start_tour(
            "/odoo/auto-my-day", "auto_my_day_mobile", login=self.consultant.login
        )
        self.assertEqual(self.new.contact_ids.result, "reached")
        self.assertEqual(self.new.contact_ids.user_id, self.consultant)


@tagged("post_install", "-at_install")
class TestMatchTab(HttpCase, LeadCase):
    def test_cars_that_suit_with_their_reasons(self):
        self.consultant.write({"password": self.consultant.login, "lang": "en_US"})
        brand = self.env["fleet.vehicle.model.brand"].create({"name": "Tour Brand"})
        climber, cruiser = self.env["fleet.vehicle.model"].create(
            [{"name": name, "brand_id": brand.id} for name in ("Climber", "Cruiser")]
        )
        product = self.env["product.product"].create(
            {"name": "Tour car", "list_price": 200000}
        )
        self.env["auto.vehicle"].create(
            [
                {
                    "model_id": model.id,
                    "product_id": product.id,
                    "sale_state": "free",
                    "company_id": self.store.id,
                }
                for model in climber | cruiser
            ]
        )
        lead = self._lead(type="opportunity", contact_name="Tour Match")
        lead.write(
            {
                "need_budget_max": 210000,
                "need_model_ids": [fields.Command.set(climber.ids)],
            }
        )
        self.start_tour(
            f"/odoo/crm.lead/{lead.id}", "auto_match_tab", login=self.consultant.login
        )
        states = {match.model_id: match.state for match in lead.match_ids}
        self.assertEqual(states[climber], "proposed")
        self.assertEqual(states[cruiser], "dismissed")
