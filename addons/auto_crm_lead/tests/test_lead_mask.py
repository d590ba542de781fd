from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LeadCase

NUMBER = "+86 138 0013 8000"


@tagged("post_install", "-at_install")
class TestLeadMask(LeadCase):
    """What a prospect tells of a customer whom the user sees masked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._new_user(
            "consultant", "test_lead_colleague", cls.store, cls.store
        )
        cls.customer = cls._customer(user_id=cls.colleague.id)
        cls.env.flush_all()

    @classmethod
    def _customer(cls, **values):
        return cls.env["res.partner"].create(
            {
                "name": "Zhang Wei",
                "phone": NUMBER,
                "is_auto_customer": True,
                "store_ids": [(6, 0, cls.store.ids)],
                "auto_store_id": cls.store.id,
                **values,
            }
        )

    def _phone(self, user):
        self.env.invalidate_all()
        return self.customer.with_user(user).read(["phone"])[0]["phone"]

    def _reveals(self):
        return self.env["auto.access.log"].search_count(
            [
                ("kind", "=", "reveal"),
                ("res_model", "=", "res.partner"),
                ("res_id", "=", self.customer.id),
                ("user_id", "=", self.consultant.id),
            ]
        )

    def test_choosing_a_customer_tells_no_number(self):
        leads = self.env["crm.lead"].with_user(self.consultant)
        spec = {"phone": {}, "partner_id": {"fields": {"display_name": {}}}}
        values = {"partner_id": self.customer.id}
        told = leads.onchange(values, ["partner_id"], spec)["value"]
        self.assertNotIn("phone", told)
        told = leads.with_context(default_partner_id=self.customer.id).onchange(
            {}, [], spec
        )["value"]
        self.assertNotIn("8000", str(told.get("phone")))
        own = leads.with_user(self.colleague).onchange(values, ["partner_id"], spec)
        self.assertIn("8000", own["value"]["phone"])

    def test_taking_a_number_over_is_logged(self):
        leads = self.env["crm.lead"].with_user(self.consultant)
        leads.create({"name": "New", "partner_id": self.customer.id})
        self.assertEqual(self._reveals(), 1)

    def test_choosing_later_is_logged_too(self):
        lead = self._lead().with_user(self.consultant)
        lead.partner_id = self.customer
        self.assertEqual(self._reveals(), 1)

    def test_an_own_customer_is_not_logged(self):
        leads = self.env["crm.lead"].with_user(self.colleague)
        leads.create({"name": "New", "partner_id": self.customer.id})
        self.assertFalse(
            self.env["auto.access.log"].search_count(
                [("kind", "=", "reveal"), ("user_id", "=", self.colleague.id)]
            )
        )

    def test_customers_of_own_prospects_are_shown(self):
        self.customer.user_id = False
        self.assertIn("*", self._phone(self.consultant))
        lead = self._lead(partner_id=self.customer.id)
        self.assertEqual(self._phone(self.consultant), NUMBER)
        self.assertIn("*", self._phone(self.colleague))
        found = self.env["res.partner"].with_user(self.consultant)
        self.assertIn(self.customer, found.search([("phone", "like", "0013 80")]))
        self.assertNotIn(
            self.customer,
            found.with_user(self.colleague).search([("phone", "like", "0013 80")]),
        )
        lead.user_id = self.colleague
        self.assertIn("*", self._phone(self.consultant))

    def test_roles_without_prospects(self):
        self.assertIn("*", self._phone(self.users["technician", 1]))
        partners = self.env["res.partner"].with_user(self.users["technician", 1])
        self.assertFalse(partners.search([("phone", "like", "0013 80")]))

    def test_a_prospect_in_the_making_has_no_contacts(self):
        self.env["auto.contact"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.store.id,
                "summary": "About the service",
            }
        )
        new = self.env["crm.lead"].with_user(self.consultant).new({"name": "New"})
        self.assertFalse(new.recent_contacts)

    def test_the_next_contact_does_not_lie_in_the_past(self):
        lead = self._lead().with_user(self.consultant)
        with self.assertRaisesRegex(UserError, "past"):
            lead.next_followup_date = self.in_days(-1)
        lead.next_followup_date = self.in_days(2)
        self.assertEqual(lead.next_followup_date, self.in_days(2))
