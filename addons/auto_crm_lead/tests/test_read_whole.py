from odoo.tests import new_test_user, tagged

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestReadWhole(LeadCase):
    """A program reads whole prospects with any role that may see them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = (
            cls.env["crm.lead"]
            .with_company(cls.store)
            ._intake(
                {
                    "name": "Zhang Wei",
                    "phone": "13800138000",
                    "message": "A red one",
                    "purchase_horizon": "3m",
                },
                "website",
            )
        )
        cls.lead.user_id = cls.consultant

    def test_prospect(self):
        readers = set()
        for role, user in self._role_users().items():
            with self.subTest(role=role):
                if role in ("callcentre", "complaint"):
                    # The prospect alone: whose customer it is stays unknown.
                    self.env["auto.access.log"].with_user(user)._log(
                        "lookup", self.lead.with_user(user)
                    )
                values = self._read_whole(user, self.lead)
                if not values:
                    continue
                readers.add(role)
                self.assertIn("portrait_html", values)
                for name, model in (
                    ("assignment_ids", "auto.lead.assignment"),
                    ("contact_ids", "auto.contact"),
                    ("intake_ids", "auto.lead.intake"),
                    ("match_ids", "auto.lead.match"),
                    ("tag_ids", "crm.tag"),
                ):
                    may = self.env[model].with_user(user).has_access("read")
                    self.assertEqual(name in values, may, name)
        self.assertEqual(
            readers,
            {
                "consultant",
                "sales_manager",
                "store_manager",
                "head_office",
                "auditor",
                "complaint",
                "callcentre",
            },
        )

    def test_customer_with_prospects(self):
        for role, user in self._role_users().items():
            with self.subTest(role=role):
                if role in ("callcentre", "complaint"):
                    self.env["auto.access.log"].with_user(user)._log(
                        "lookup", self.lead.partner_id.with_user(user)
                    )
                values = self._read_whole(user, self.lead.partner_id)
                self.assertTrue(values)
                may = self.env["crm.lead"].with_user(user).has_access("read")
                self.assertEqual("opportunity_ids" in values, may)

    def test_salespeople_without_a_role(self):
        """Those who use Odoo's CRM for something else read their leads as before."""
        user = new_test_user(
            self.env, "plain_salesman", groups="sales_team.group_sale_salesman"
        )
        lead = self.env["crm.lead"].create({"name": "Paper", "user_id": user.id})
        values = self._read_whole(user, lead)
        self.assertEqual(values["name"], "Paper")
        self.assertNotIn("contact_ids", values)
        lead = lead.with_user(user)
        view = lead.get_view(self.env.ref("crm.crm_lead_view_form").id)
        self.assertTrue(lead.web_read(lead._get_fields_spec(view)))

    def test_who_registers_sees_prospect_and_customer(self):
        """The call centre opens what it registered, also of a known customer."""
        agent = self.users["callcentre", 1]
        customer = self.env["res.partner"].create(
            {
                "name": "Li Na",
                "phone": "+8613900139000",
                "is_auto_customer": True,
                "store_ids": [(6, 0, self.store.ids)],
                "auto_store_id": self.store.id,
                "user_id": self.consultant.id,
            }
        )
        wizard = (
            self.env["auto.intake.wizard"]
            .with_user(agent)
            .create({"phone": "13900139000", "message": "Wants a van"})
        )
        lead = self.env["crm.lead"].browse(wizard.action_confirm()["res_id"])
        self.assertEqual(lead.partner_id, customer)
        for record in (lead, customer):
            self.assertTrue(self._read_whole(agent, record))

    def test_the_form_offers_no_step_to_those_who_only_read(self):
        steps = ['name="action_set_won_rainbowman"', 'string="Lost"']
        for role, offered in (
            ("consultant", True),
            ("sales_manager", True),
            ("auditor", False),
            ("callcentre", False),
            ("complaint", False),
        ):
            user = self.users.get(role) or self.users[role, 1]
            leads = self.env["crm.lead"].with_user(user)
            view = leads.get_view(self.env.ref("crm.crm_lead_view_form").id)
            for step in steps:
                self.assertEqual(step in view["arch"], offered, (role, step))

    def test_the_form_opens_for_whoever_may_read(self):
        """With all that the web client asks for, whatever else is installed."""
        for role in ("consultant", "auditor", "complaint", "callcentre"):
            user = self.users.get(role) or self.users[role, 1]
            if role in ("callcentre", "complaint"):
                self.env["auto.access.log"].with_user(user)._log(
                    "lookup", self.lead.with_user(user)
                )
            self.env.flush_all()
            self.env.invalidate_all()
            lead = self.lead.with_user(user)
            view = lead.get_view(self.env.ref("crm.crm_lead_view_form").id)
            with self.subTest(role=role):
                self.assertTrue(lead.web_read(lead._get_fields_spec(view)))
