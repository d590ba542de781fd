from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import LeadCase

NUMBER = "+86 138 0013 8000"


@tagged("post_install", "-at_install")
class TestIntakeWizard(LeadCase):
    """The form “New prospect”: nobody is asked twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._new_user(
            "consultant", "test_wizard_colleague", cls.store, cls.store
        )

    def _customer(self, store, user=None):
        return self.env["res.partner"].create(
            {
                "name": "Zhang Wei",
                "phone": NUMBER,
                "is_auto_customer": True,
                "store_ids": [(6, 0, store.ids)],
                "auto_store_id": store.id,
                "user_id": user and user.id,
            }
        )

    def _form(self, user=None):
        wizard = self.env["auto.intake.wizard"].with_user(user or self.consultant)
        return Form(wizard)

    def test_known_customer_is_named_with_the_consultant(self):
        customer = self._customer(self.store, self.colleague)
        with self._form() as form:
            form.phone = "138 0013 8000"
            self.assertIn(self.colleague.name, form.hint)
            self.assertEqual(form.name, "Zhang Wei")
        action = form.record.action_confirm()
        lead = self.env["crm.lead"].browse(action["res_id"])
        self.assertEqual(lead.partner_id, customer)
        self.assertEqual(lead.user_id, self.consultant)

    def test_customer_of_another_store_is_not_told(self):
        self._customer(self.stores[2])
        with self._form() as form:
            form.phone = "138 0013 8000"
            self.assertFalse(form.hint)
            self.assertFalse(form.name)
            form.name = "Zhang"

    def test_open_prospect_needs_no_name(self):
        lead = self._lead(phone=NUMBER, contact_name="Zhang Wei")
        wizard = (
            self.env["auto.intake.wizard"]
            .with_user(self.consultant)
            .create({"phone": "13800138000", "message": "Here again"})
        )
        self.assertIn(lead.public_ref, wizard.hint)
        self.assertEqual(wizard.action_confirm()["res_id"], lead.id)
        self.assertEqual(lead.contact_ids[:1].summary, "Here again")

    def test_form_sent_twice_counts_once(self):
        wizard = (
            self.env["auto.intake.wizard"]
            .with_user(self.consultant)
            .create({"name": "Twice", "phone": NUMBER, "message": "Wants an A5"})
        )
        lead = self.env["crm.lead"].browse(wizard.action_confirm()["res_id"])
        self.assertEqual(wizard.action_confirm()["res_id"], lead.id)
        self.assertEqual(lead.contact_ids.mapped("summary"), ["Wants an A5"])
        wizard.message = "Wants an A7"
        self.assertEqual(wizard.action_confirm()["res_id"], lead.id)
        self.assertEqual(
            set(lead.contact_ids.mapped("summary")), {"Wants an A5", "Wants an A7"}
        )

    def test_typed_name_stays(self):
        self._customer(self.store)
        with self._form() as form:
            form.name = "Madam Li"
            form.phone = "138 0013 8000"
            self.assertEqual(form.name, "Madam Li")

    def test_unknown_person_needs_a_name(self):
        wizard = (
            self.env["auto.intake.wizard"]
            .with_user(self.consultant)
            .create({"phone": "13800138000"})
        )
        with self.assertRaises(ValidationError):
            wizard.action_confirm()

    def test_errors_name_what_stands_on_the_screen(self):
        wizard_model = self.env["auto.intake.wizard"].with_user(self.consultant)
        for wrong, label in (
            ({"phone": "12"}, "Phone"),
            ({"email": "nowhere"}, "E-mail"),
            ({"phone": NUMBER, "wanted_text": "x" * 200}, "Or in words"),
        ):
            wizard = wizard_model.create({"name": "Zhang Wei", **wrong})
            wizard = wizard.with_context(lang="en_US")
            with self.assertRaisesRegex(ValidationError, f"“{label}”"):
                wizard.action_confirm()

    def test_contact_tells_the_title_of_the_campaign(self):
        campaign = self.env["utm.campaign"].create({"title": "Autumn show"})
        campaign.name = "autumn_show_link"
        wizard = (
            self.env["auto.intake.wizard"]
            .with_user(self.consultant)
            .with_context(lang="en_US")
            .create({"name": "Zhang Wei", "phone": NUMBER, "campaign_id": campaign.id})
        )
        lead = self.env["crm.lead"].browse(wizard.action_confirm()["res_id"])
        self.assertEqual(lead.campaign_id, campaign)
        self.assertIn("Autumn show", lead.contact_ids.summary)
        self.assertNotIn("autumn_show_link", lead.contact_ids.summary)
