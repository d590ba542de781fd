from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.auto_crm_base.tests.common import AutoCase


class MemberCase(AutoCase):
    """A programme of three tiers, and customers of two stores."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.users.values():
            user.lang = "en_US"  # the tests compare what people read
        cls.env["loyalty.program"].search([]).action_archive()
        cls.store = cls.stores[1]
        cls.adviser = cls.users["adviser", 1]
        cls.manager = cls.users["service_manager", 1]
        cls.currency = cls.group.currency_id
        cls.program = cls.env["loyalty.program"].create(
            {
                "name": "Test club",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "is_member_program": True,
                "company_id": False,
                "currency_id": cls.currency.id,
                "portal_point_name": "points",
                "communication_plan_ids": [],
                "rule_ids": [
                    Command.create(
                        {
                            "reward_point_mode": "money",
                            "reward_point_amount": 1,
                            "minimum_qty": 0,
                            "product_domain": "[('is_vehicle', '=', False)]",
                        }
                    )
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "description": "Points",
                            "reward_type": "discount",
                            "discount_mode": "per_point",
                            "discount": 0.01,
                            "required_points": 100,
                            "discount_applicability": "order",
                        }
                    )
                ],
            }
        )
        tier = cls.env["auto.member.tier"]
        cls.tiers = [
            tier.create({"program_id": cls.program.id, "sequence": 10 * place, **vals})
            for place, vals in enumerate(
                (
                    {"name": "Plain"},
                    {"name": "Silver", "spend_min": 1000, "visits_min": 3},
                    {"name": "Gold", "spend_min": 5000, "points_factor": 1.5},
                ),
                start=1,
            )
        ]
        cls.wash, cls.labour = cls.env["auto.member.benefit"].create(
            [
                {"name": "Wash", "program_id": cls.program.id, "kind": "wash"},
                {"name": "Labour", "program_id": cls.program.id, "kind": "labour"},
            ]
        )
        cls.env["auto.member.tier.benefit"].create(
            [
                {
                    "tier_id": cls.tiers[1].id,
                    "benefit_id": cls.wash.id,
                    "quantity": 2,
                },
                {
                    "tier_id": cls.tiers[2].id,
                    "benefit_id": cls.wash.id,
                    "quantity": 3,
                },
                {
                    "tier_id": cls.tiers[2].id,
                    "benefit_id": cls.labour.id,
                    "percent": 10,
                },
            ]
        )
        cls.partners = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_auto_customer": True,
                    "store_ids": [Command.set(cls.store.ids)],
                    "lang": "en_US",
                }
                for name in ("First Owner", "Second Owner", "Third Owner")
            ]
        )
        cls.partner = cls.partners[0]

    @classmethod
    def _enrol(cls, partner=None, tier=0, **values):
        """Make a customer a member as superuser; return the member."""
        return cls.env["auto.member"].create(
            {
                "partner_id": (partner or cls.partner).id,
                "program_id": cls.program.id,
                "company_id": cls.store.id,
                "tier_id": cls.tiers[tier].id,
                **values,
            }
        )

    def _as(self, records, user, store=1):
        return records.with_user(user).with_context(
            allowed_company_ids=self.stores[store].ids
        )


class MemberMoneyCase(MemberCase):
    """The stores with a chart of accounts, so that members can spend money."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        chinese = cls.env["ir.module.module"]._get("l10n_cn").state == "installed"
        cls.env["account.chart.template"].try_loading(
            "cn" if chinese else "generic_coa", company=cls.group, install_demo=False
        )
        cls.program.currency_id = cls.group.currency_id
        cls.product = cls.env["product.product"].create(
            {"name": "Oil change", "type": "service", "taxes_id": False}
        )
        cls.car = cls.env["product.product"].create(
            {"name": "A new car", "is_vehicle": True, "taxes_id": False}
        )
        cls.cashier = new_test_user(
            cls.env,
            "member_cashier",
            groups="auto_crm_base.group_user,account.group_account_invoice",
            company_id=cls.store.id,
            company_ids=[Command.set(cls.store.ids)],
        )

    @classmethod
    def _invoice(cls, amount, days=0, partner=None, product=None, kind="out_invoice"):
        """Post an invoice of so many days ago."""
        day = fields.Date.subtract(
            fields.Date.context_today(cls.env["auto.member"]), days=days
        )
        move = (
            cls.env["account.move"]
            .with_company(cls.store)
            .create(
                {
                    "move_type": kind,
                    "partner_id": (partner or cls.partner).id,
                    "invoice_date": day,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": (product or cls.product).id,
                                "price_unit": amount,
                                "quantity": 1,
                                "tax_ids": False,
                            }
                        )
                    ],
                }
            )
        )
        move.action_post()
        return move

    def _order(self, amount, partner=None, user=None, **values):
        """Write an order of the member's, of one service."""
        user = user or self.env.user
        return (
            self.env["sale.order"]
            .with_user(user)
            .with_context(allowed_company_ids=self.store.ids)
            .create(
                {
                    "partner_id": (partner or self.partner).id,
                    "company_id": self.store.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "price_unit": amount,
                                "tax_ids": False,
                            }
                        )
                    ],
                    **values,
                }
            )
        )
