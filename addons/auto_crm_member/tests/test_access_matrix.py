from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.common_matrix import MatrixCase

from .common import MemberCase

READERS = """
    consultant: R st
    sales_manager: R st
    adviser: R st
    service_manager: R st
    complaint: R found
    callcentre: R found
    store_manager: R st
    head_office: R all
    auditor: R all
"""


@tagged("post_install", "-at_install")
class TestMemberAccessMatrix(MatrixCase, MemberCase):
    """Who may do what with members, role by role."""

    def make_member(self, store, user):
        partner = self.env["res.partner"].create(
            {
                "name": "A customer",
                "is_auto_customer": True,
                "store_ids": [(6, 0, store.ids)],
                "user_id": user.id,
            }
        )
        return self._enrol(partner, tier=1, company_id=store.id), partner

    def test_member(self):
        self.check_matrix(
            "auto.member",
            """
            consultant: RC st
            sales_manager: CRU st
            adviser: RC st
            service_manager: CRU st
            complaint: R found
            callcentre: RC found
            store_manager: CRU st
            head_office: CRU all
            auditor: R all
            """,
            self.make_member,
        )

    def test_tier_history(self):
        def make(store, user):
            member, partner = self.make_member(store, user)
            return member.history_ids, partner

        self.check_matrix("auto.member.tier.history", READERS, make)

    def test_benefit_use(self):
        def make(store, user):
            member, partner = self.make_member(store, user)
            return member.with_company(store)._use_benefit(self.wash), partner

        self.check_matrix(
            "auto.member.benefit.use",
            """
            consultant: RC st
            sales_manager: CRU st
            adviser: RC st
            service_manager: CRU st
            complaint: R found
            callcentre: R found
            store_manager: CRU st
            head_office: R all
            auditor: R all
            """,
            make,
        )

    def test_configuration(self):
        user_rights = "\n".join(
            f"{line.split(':')[0]}: R all" for line in READERS.strip().splitlines()
        )
        text = (user_rights + "\ntechnician: R all").replace(
            "head_office: R all", "head_office: CRUD all"
        )
        for model in ("auto.member.tier", "auto.member.benefit"):
            with self.subTest(model):
                self.check_matrix(
                    model,
                    text,
                    lambda store, user, model=model: (
                        self.env[model].create(
                            {
                                "name": "Another",
                                "program_id": self.program.id,
                                "sequence": 99,
                            }
                        ),
                        None,
                    ),
                )

    def test_head_office_sets_up(self):
        head_office = self.users["head_office"]
        program = self.program.with_user(head_office)
        program.write({"points_expiry_months": 18})
        program.rule_ids.write({"reward_point_amount": 2})
        program.reward_ids.write({"required_points": 200})
        program.write(
            {"reward_ids": [Command.create({"discount": 5, "required_points": 50})]}
        )
        second = program.create({"name": "Second club", "is_member_program": True})
        self.assertEqual((second.program_type, second.applies_on), ("loyalty", "both"))
        with self.assertRaises(AccessError):
            self.program.with_user(self.users["store_manager", 1]).write(
                {"points_expiry_months": 1}
            )
