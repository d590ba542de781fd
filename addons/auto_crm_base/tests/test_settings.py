from odoo.fields import Command
from odoo.tests import tagged

from .common import AutoCase


@tagged("post_install", "-at_install")
class TestSettings(AutoCase):
    def test_settings_are_the_stores(self):
        settings = self.env["res.config.settings"].with_company(self.stores[1])
        settings.create(
            {
                "auto_vin_check": "warn",
                "auto_consent_required": True,
                "auto_contact_cap": 2,
                "auto_contact_cap_days": 10,
            }
        ).execute()
        self.assertEqual(self.stores[1].auto_vin_check, "warn")
        self.assertTrue(self.stores[1].auto_consent_required)
        self.assertEqual(self.stores[1].auto_contact_cap, 2)
        self.assertEqual(self.stores[1].auto_contact_cap_days, 10)
        self.assertEqual(self.stores[2].auto_vin_check, "refuse")
        self.assertFalse(self.stores[2].auto_consent_required)

    def test_numbers(self):
        sequence = self.env.ref("auto_crm_base.sequence_approval")
        self.assertFalse(sequence.company_id, "one row of numbers for all stores")
        self.assertRegex(sequence.next_by_id(), r"^APR/\d{4}/\d{5}$")


@tagged("post_install", "-at_install")
class TestUserForm(AutoCase):
    def test_each_role_is_a_choice_of_its_own(self):
        hierarchy = self.env["res.groups"]._get_view_group_hierarchy()
        roles = self.env.ref("auto_crm_base.privilege_automotive").group_ids
        self.assertEqual(len(roles), 10)
        [category] = [
            category
            for category in hierarchy["categories"]
            if category["name"] == "Automotive"
        ]
        shown = [hierarchy["privileges"][key] for key in category["privilege_ids"]]
        self.assertEqual(
            [privilege["group_ids"] for privilege in shown],
            [[role.id] for role in roles.sorted("sequence")],
        )
        for role in roles:
            key = hierarchy["groups"][role.id]["privilege_id"]
            self.assertEqual(hierarchy["privileges"][key]["group_ids"], [role.id])

    def test_other_apps_are_untouched(self):
        hierarchy = self.env["res.groups"]._get_view_group_hierarchy()
        stock = self.env.ref("stock.group_stock_user")
        privilege = hierarchy["groups"][stock.id]["privilege_id"]
        self.assertEqual(privilege, stock.privilege_id.id)
        self.assertIn(stock.id, hierarchy["privileges"][privilege]["group_ids"])

    def test_two_roles(self):
        user = self.users["consultant", 1]
        user.group_ids = [Command.link(self.env.ref("auto_crm_base.group_adviser").id)]
        self.assertEqual(user._auto_roles(), {"consultant", "adviser"})
