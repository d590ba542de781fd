from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.common_race import RaceCase, rounds

from ..models.auto_commission_generate import Source
from ..models.auto_commission_line import COMPUTE

ROUNDS = rounds(10)


@tagged("post_install", "-at_install")
class TestCommissionConcurrency(RaceCase):
    """Two people compute a month at once."""

    def setUp(self):
        super().setUp()
        # What is delivered is not the matter here: one car, seen by both.
        month = fields.Date.today().replace(day=1)
        self.month = month
        test = self

        def sources(plans, company, _month):
            found = plans.env["auto.commission.line"].search_count(
                [
                    ("order_line_id", "=", test.line_id),
                    ("kind", "=", "earned"),
                    ("is_reversed", "!=", True),
                ]
            )
            source = test.source
            return [source._replace(is_live=bool(found))]

        self.source = Source(
            ("car", self.line_id), self.order_id, self.line_id, None, None,
            self.user_ids[0], month, False,
        )  # fmt: skip
        self.patch(self.env.registry["auto.commission.plan"], "_sources", sources)

    def prepare(self, env):
        company = env["res.company"].create({"name": "Raced store"})
        users = self.new_racers(env, company, "auto_crm_base.group_store_manager")
        partner = env["res.partner"].create({"name": "Raced buyer"})
        product = env["product.product"].create(
            {"name": "Raced service", "type": "service"}
        )
        kind = env.ref("auto_crm_sale.addon_kind_accessory")
        order = (
            env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "user_id": users[0].id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
            )
        )
        plan = env["auto.commission.plan"].create(
            {
                "name": "Raced plan",
                "company_id": company.id,
                "kind": "pool",
                "member_ids": [Command.create({"user_id": user.id}) for user in users],
                "rule_ids": [Command.create({"basis": "car_fixed", "amount": 10})],
            }
        )
        plan.action_activate()
        self.company_id, self.user_ids = company.id, users.ids
        self.plan_id, self.kind_id = plan.id, kind.id
        self.partner_id, self.product_id = partner.id, product.id
        self.line_id, self.order_id = order.order_line.id, order.id

    def remove_committed(self):
        with self.committed() as env:
            self._forget(env)
            plans = env["auto.commission.plan"].search(
                [("company_id", "=", self.company_id)]
            )
            plans._set_state("draft")
            plans.unlink()
            env["sale.order"].browse(self.order_id).unlink()
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            self.remove_users(env["res.users"].browse(self.user_ids))
            env["res.partner"].browse(self.partner_id).unlink()
            self.put_away(env["res.company"].browse(self.company_id))

    def _forget(self, env):
        lines = env["auto.commission.line"].search(
            [("company_id", "=", self.company_id)]
        )
        statements = lines.statement_id
        lines.with_context(auto_commission=COMPUTE).unlink()
        statements.unlink()

    def look(self, env, number):
        env["auto.commission.statement"].search_count([])

    def _race(self, call):
        context = {"allowed_company_ids": [self.company_id]}
        return self.race(call, self.user_ids, context)

    def _compute(self, env, _number):
        company = env["res.company"].browse(self.company_id)
        return len(env["auto.commission.plan"]._generate(company, self.month))

    def test_two_compute(self):
        for _round in range(ROUNDS):
            self.assertEqual(self._race(self._compute), {0: 2, 1: 2})
            with self.committed() as env:
                statements = env["auto.commission.statement"].search(
                    [("company_id", "=", self.company_id)]
                )
                self.assertEqual(statements.user_id.ids, self.user_ids)
                self.assertEqual(statements.mapped("amount_total"), [5, 5])
                self.assertEqual(len(statements.line_ids), 3)
                self._forget(env)

    def test_two_plans_for_one_person(self):
        def activate(env, number):
            plan = env["auto.commission.plan"].browse(plan_ids[number])
            plan.action_activate()
            return "done"

        for number in range(ROUNDS // 2):
            with self.committed() as env:
                plans = env["auto.commission.plan"]
                begin = fields.Date.subtract(self.month, years=number + 1)
                for _plan in range(2):
                    plans |= plans.create(
                        {
                            "name": "Raced plan",
                            "company_id": self.company_id,
                            "date_start": begin,
                            "date_end": fields.Date.add(begin, months=1),
                            "member_ids": [
                                Command.create({"user_id": self.user_ids[0]})
                            ],
                            "rule_ids": [
                                Command.create({"basis": "car_fixed", "amount": 10})
                            ],
                        }
                    )
                plan_ids = plans.ids
            results = self._race(activate)
            self.assert_one_done(results, ".")
