from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.common import AutoCase


@tagged("post_install", "-at_install")
class TestPortrait(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = cls.stores[1]
        cls.consultant = cls.users["consultant", 1]
        cls.lead = (
            cls.env["crm.lead"]
            .with_company(cls.store)
            ._intake({"name": "<b>Zhang San</b>", "phone": "13912388001"}, "walk_in")
        )
        cls.lead.write(
            {
                "user_id": cls.consultant.id,
                "need_budget_max": 250000,
                "need_household": "Two children and a dog",
                "need_finance": "loan",
                "tradein_wanted": "yes",
                "tradein_model": "Old Polo",
            }
        )

    def test_what_is_known_is_shown(self):
        html = self.lead.with_user(self.consultant).portrait_html
        for words in (
            "Two children and a dog",
            "up to",
            "Loan wanted",
            "Old Polo",
            "0 from us, 1 from the customer",
        ):
            self.assertIn(words, html)

    def test_names_are_text(self):
        self.assertNotIn("<b>Zhang", self.lead.portrait_html)
        self.assertIn("&lt;b&gt;Zhang", self.lead.portrait_html)

    def test_the_customer_has_the_portrait_of_the_prospect(self):
        partner = self.lead.partner_id.with_user(self.consultant)
        self.assertIn("Old Polo", partner.portrait_html)

    def test_no_lead_of_another_store_shines_through(self):
        partner = self.lead.partner_id
        partner._join_store(self.stores[2], "test")
        partner = self.env["res.partner"].browse(partner.id)
        seen = partner.with_user(self.users["sales_manager", 2]).portrait_html
        self.assertNotIn("Old Polo", seen)
        self.assertNotIn("Two children", seen)

    def test_customer_since_the_first_own_car(self):
        partner = self.lead.partner_id
        today = fields.Date.today()
        self.assertEqual(partner._portrait_since()[partner], today)
        years_ago = today - timedelta(days=1500)
        car = self.env["auto.vehicle"].create(
            {
                "license_plate": "浙A31313",
                "company_id": self.store.id,
                "owner_id": partner.id,
                "delivery_date": years_ago,
            }
        )
        # Who sold it since has been a customer all the same.
        car._change_owner(self.env["res.partner"].create({"name": "Next"}), today, "")
        since = partner.with_user(self.consultant)._portrait_since()
        self.assertEqual(since[partner], years_ago)

    def test_a_stranger_is_nothing(self):
        partner = self.env["res.partner"].new({"name": "Nobody"})
        self.assertIn("Nothing known yet", partner.portrait_html)
