from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.auto_crm_base.models.res_users import ROLES

from .common import LeadCase

#: What each role may do with the call-backs of lost prospects of its store.
RIGHTS = {
    "sales_manager": {"read", "write"},
    "store_manager": {"read", "write"},
    "head_office": {"read", "write"},
    "auditor": {"read"},
}


@tagged("post_install", "-at_install")
class TestLostCheckRights(LeadCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.checks = {
            number: cls.env["auto.lead.lost.check"].create(
                {
                    "lead_id": cls._lead(store=store, user=False).id,
                    "company_id": store.id,
                    "date_due": cls.today,
                }
            )
            for number, store in cls.stores.items()
        }

    def test_each_role_in_its_store(self):
        for role in ROLES:
            everywhere = role in ("head_office", "auditor")
            user = self.users[role if everywhere else (role, 1)]
            for number, check in self.checks.items():
                for operation in ("read", "write", "create", "unlink"):
                    with self.subTest(role=role, store=number, operation=operation):
                        mine = check.with_user(user).with_context(
                            allowed_company_ids=user.company_ids.ids
                        )
                        allowed = operation in RIGHTS.get(role, ()) and (
                            everywhere or number == 1
                        )
                        self.assertEqual(mine.has_access(operation), allowed)

    def test_refusal_reaches_the_client(self):
        check = self.checks[1].with_user(self.consultant)
        with self.assertRaises(AccessError):
            check.read(["lead_id"])
        with self.assertRaises(AccessError):
            check.write({"note": "It was not me"})
        other = self.checks[2].with_user(self.users["sales_manager", 1])
        with self.assertRaises(AccessError):
            other.read(["lead_id"])
