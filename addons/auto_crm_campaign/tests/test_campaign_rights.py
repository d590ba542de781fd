from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common_campaign import CampaignCase

MODELS = ("utm.campaign", "auto.campaign.cost", "auto.campaign.evaluation")
# Role: what it may do with campaigns, with their costs and evaluations.
MATRIX = {
    "consultant": ("r", ""),
    "sales_manager": ("rwc", "rwc"),
    "store_manager": ("rwc", "rwc"),
    "head_office": ("rwc", "rwc"),
    "callcentre": ("r", ""),
    "adviser": ("r", ""),
    "technician": ("r", ""),
    "service_manager": ("r", ""),
    "complaint": ("r", ""),
    "auditor": ("r", "r"),
}
OPERATIONS = {"r": "read", "w": "write", "c": "create"}


@tagged("post_install", "-at_install")
class TestCampaignRights(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.records = {}
        for number in (1, 2):
            campaign = cls._campaign(cls.users["store_manager", number])
            cost = cls._cost(campaign)
            campaign.action_auto_submit()
            evaluation = (
                cls.env["auto.campaign.evaluation"]
                .with_env(campaign.env)
                .create(
                    {
                        "campaign_id": campaign.id,
                        "company_id": campaign.auto_store_id.id,
                    }
                )
            )
            event = cls._event(campaign)
            guest = cls._guest(event, phone="+86 138 1234 5678", name="Guest")
            cls.records[number] = (campaign, cost, evaluation, event, guest)

    def _may(self, user, record, operation):
        self.env.invalidate_all()
        return (
            record.with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .has_access(operation)
        )

    def test_matrix(self):
        for role, user in self._role_users().items():
            campaigns, costs = MATRIX[role]
            for index, letters in enumerate((campaigns, costs, costs)):
                for letter, operation in OPERATIONS.items():
                    for number in (1, 2):
                        own = number == 1 or role in ("head_office", "auditor")
                        record = self.records[number][index]
                        with self.subTest(
                            role=role,
                            model=record._name,
                            operation=operation,
                            store=number,
                        ):
                            self.assertEqual(
                                self._may(user, record, operation),
                                own and letter in letters,
                            )

    def test_guests_are_of_the_store(self):
        for role in ("consultant", "sales_manager", "store_manager", "callcentre"):
            user = self.users[role, 1]
            for number in (1, 2):
                for record in self.records[number][3:]:
                    with self.subTest(role=role, store=number, model=record._name):
                        self.assertEqual(self._may(user, record, "read"), number == 1)
        consultant = self.users["consultant", 1]
        self.assertFalse(self._may(consultant, self.records[1][3], "write"))
        self.assertTrue(self._may(consultant, self.records[1][4], "write"))
        self.assertFalse(self._may(consultant, self.records[1][4], "unlink"))
        auditor = self.users["auditor"]
        for record in self.records[2]:
            self.assertTrue(self._may(auditor, record, "read"))
            for operation in ("write", "create", "unlink"):
                self.assertFalse(self._may(auditor, record, operation))

    def test_forms_open_for_whom_they_are(self):
        campaign, cost, evaluation, event, guest = self.records[1]
        planners = ("sales_manager", "store_manager", "head_office", "auditor")
        desk = ("consultant", "callcentre")
        for roles, record, view in (
            (
                planners + desk,
                campaign,
                "auto_crm_campaign.utm_campaign_view_form_auto",
            ),
            (planners, cost, None),
            (planners, evaluation, None),
            (planners + desk, event, "event.view_event_form"),
            (planners + desk, guest, "event.view_event_registration_form"),
        ):
            for role in roles:
                user = self._role_users()[role]
                with self.subTest(role=role, model=record._name):
                    self.env.invalidate_all()
                    Form(
                        record.with_user(user).with_context(
                            allowed_company_ids=user.company_ids.ids
                        ),
                        view=view and self.env.ref(view),
                    )

    def test_consultant_sees_numbers_of_guests_masked(self):
        guest = self.records[1][4].with_user(self.consultant)
        [values] = guest.read(["phone"])
        self.assertIn("*", values["phone"])
        [values] = guest.with_user(self.manager).read(["phone"])
        self.assertNotIn("*", values["phone"])

    def test_campaign_of_two_stores_shows_each_its_own(self):
        campaign = self._campaign(
            self.head,
            auto_store_id=self.group.id,
            store_ids=[(6, 0, [self.stores[1].id, self.stores[2].id])],
        ).sudo()
        for number in (1, 2):
            self._cost(campaign, number * 100, company_id=self.stores[number].id)
            self._lead(
                number,
                campaign_id=campaign.id,
                store=self.stores[number],
                user=self.users["consultant", number],
            )
        for number in (1, 2):
            self.env.flush_all()
            self.env.invalidate_all()
            user = self.users["store_manager", number]
            own = campaign.sudo(False).with_user(user)
            own = own.with_context(allowed_company_ids=user.company_ids.ids)
            self.assertEqual(own.auto_lead_count, number)
            self.assertEqual(own.auto_budget, number * 100)
            self.assertEqual(len(own.cost_ids), 1)
            with self.assertRaises(AccessError):
                own.auto_target_leads = 1

    def test_comparison_tells_nothing_of_another_store(self):
        campaign = self.records[2][0]
        model = self.env["utm.campaign"].with_user(self.manager)
        table = model.with_context(
            allowed_company_ids=self.manager.company_ids.ids
        ).auto_comparison(campaign.ids)
        self.assertFalse(table["campaigns"])

    def test_nobody_but_planners_makes_campaigns(self):
        for role in ("consultant", "auditor", "adviser"):
            user = self._role_users()[role]
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._campaign(user)
