from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestLeadRights(LeadCase):
    """The column Lead of the rights matrix, for two stores."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = {
            number: cls._lead(user=cls.users["consultant", number], store=store)
            for number, store in cls.stores.items()
        }
        cls.unassigned = {
            number: cls._lead(user=False, store=store)
            for number, store in cls.stores.items()
        }

    def _may(self, role, lead, operation):
        user = self.users.get(role) or self.users[role, 1]
        return lead.with_user(user).has_access(operation)

    def test_matrix(self):
        # role: own, unassigned in the store, in the other store
        matrix = {
            "consultant": ("rw", "", ""),
            "sales_manager": ("rw", "rw", ""),
            "store_manager": ("rw", "rw", ""),
            "head_office": ("rw", "rw", "rw"),
            "auditor": ("r", "r", "r"),
            "adviser": ("", "", ""),
            "technician": ("", "", ""),
            "service_manager": ("", "", ""),
            "complaint": ("", "", ""),
            "callcentre": ("", "", ""),
        }
        for role, expected in matrix.items():
            targets = (self.own[1], self.unassigned[1], self.own[2])
            for lead, rights in zip(targets, expected, strict=True):
                with self.subTest(role=role, lead=lead.name, rights=rights):
                    self.assertEqual(self._may(role, lead, "read"), "r" in rights)
                    self.assertEqual(self._may(role, lead, "write"), "w" in rights)
                    self.assertFalse(self._may(role, lead, "unlink"))

    def test_who_may_create(self):
        model = self.env["crm.lead"]
        for role, may in {
            "consultant": True,
            "sales_manager": True,
            "store_manager": True,
            "head_office": True,
            "adviser": True,
            "callcentre": True,
            "technician": False,
            "service_manager": False,
            "complaint": False,
            "auditor": False,
        }.items():
            user = self.users.get(role) or self.users[role, 1]
            with self.subTest(role=role):
                self.assertEqual(model.with_user(user).has_access("create"), may)

    def test_registering_by_who_may_only_register(self):
        for role in ("adviser", "callcentre"):
            user = self.users[role, 1]
            answer = (
                self.env["crm.lead"]
                .with_user(user)
                .with_context(allowed_company_ids=self.store.ids)
                .intake_prospect(
                    {"name": f"By {role}", "phone": "13900001111"}, channel="phone"
                )
            )
            lead = self.env["crm.lead"].search([("public_ref", "=", answer["lead"])])
            self.assertEqual(lead.company_id, self.store)
            self.assertFalse(lead.with_user(user).has_access("write"))

    def test_found_by_an_exact_number(self):
        for role in ("callcentre", "complaint"):
            user = self.users[role, 1]
            lead = self._lead()
            self.env["auto.access.log"].with_user(user)._log("lookup", lead)
            self.assertTrue(lead.with_user(user).has_access("read"), role)
            self.assertFalse(lead.with_user(user).has_access("write"), role)
            self.assertFalse(self.own[2].with_user(user).has_access("read"))

    def test_consultant_does_not_pass_on(self):
        lead = self.own[1].with_user(self.consultant)
        with self.assertRaises(UserError):
            lead.user_id = self.manager
        with self.assertRaises(AccessError):
            self.env["crm.lead"].with_user(self.consultant).create(
                {
                    "name": "For a colleague",
                    "user_id": self.manager.id,
                    "company_id": self.store.id,
                }
            )
        self.own[1].with_user(self.manager).user_id = self.manager
        self.assertEqual(self.own[1].user_id, self.manager)

    def test_lead_without_company_is_not_everybodys(self):
        lead = self._lead()
        self.env.cr.execute(
            "UPDATE crm_lead SET company_id = NULL WHERE id = %s", [lead.id]
        )
        lead.invalidate_recordset()
        self.assertFalse(
            lead.with_user(self.users["store_manager", 2]).has_access("read")
        )

    def test_history_follows_the_prospect(self):
        lead = self._lead(grade_id=self.grades["B"].id)
        lead._log_contact("phone", "Hello")
        colleague = self._new_user("consultant", "colleague_1", self.store, self.store)
        for records in (lead.grade_history_ids, lead.clock_ids, lead.contact_ids):
            self.assertTrue(records.with_user(self.consultant).has_access("read"))
            self.assertFalse(
                records.with_user(colleague).has_access("read"), records._name
            )
            self.assertFalse(
                records.with_user(self.users["store_manager", 2]).has_access("read"),
                records._name,
            )

    def test_plain_salespeople_keep_odoo_s_rules(self):
        plain = self.env["res.users"].create(
            {
                "name": "Plain",
                "login": "plain_salesman_2",
                "company_id": self.store.id,
                "company_ids": [fields.Command.set(self.store.ids)],
                "group_ids": [
                    fields.Command.link(
                        self.env.ref("sales_team.group_sale_salesman").id
                    )
                ],
            }
        )
        self.assertTrue(self.unassigned[1].with_user(plain).has_access("read"))

    def test_screens_without_what_is_not_for_car_stores(self):
        views = [[False, "form"], [False, "list"], [False, "kanban"]]

        def screen(user):
            leads = self.env["crm.lead"].with_user(user)
            return leads.get_views(views, {"toolbar": True})["views"]

        def actions(view):
            return {action["id"] for action in view["toolbar"].get("action", [])}

        plain = self.env.ref("base.user_root")
        convert = self.env.ref("crm.action_crm_send_mass_convert").id
        lost = self.env.ref("crm.crm_lead_lost_action").id
        self.assertIn(convert, actions(screen(plain)["list"]))
        for user in (self.consultant, self.manager):
            shown = screen(user)
            self.assertNotIn("iap_enrich", shown["form"]["arch"])
            self.assertNotIn(convert, actions(shown["list"]))
            self.assertIn(lost, actions(shown["list"]))

    def test_numbers_are_masked(self):
        lead = self._lead(phone="+86 138 0013 8000")
        shown = {
            "consultant": True,
            "sales_manager": True,
            "store_manager": True,
            "head_office": False,
            "auditor": False,
        }
        for role, full in shown.items():
            user = self.users.get(role) or self.users[role, 1]
            phone = lead.with_user(user).read(["phone"])[0]["phone"]
            with self.subTest(role=role):
                self.assertEqual("*" not in phone, full)
