from datetime import timedelta

from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged, warmup

from ..models.auto_commission_generate import split_exactly
from .common_commission import FIXED, CommissionCase


@tagged("post_install", "-at_install")
class TestCommission(CommissionCase):
    def test_each_basis(self):
        self.product.taxes_id = False
        self._plan(
            {"basis": "car_price", "percent": 0.5},
            {"basis": "car_margin", "margin_percent": 10, "is_extra": True},
            {
                "basis": "addon_fixed",
                "amount": 50,
                "kind_ids": self.kinds["registration"].ids,
            },
            {
                "basis": "addon_price",
                "percent": 5,
                "kind_ids": self.kinds["accessory"].ids,
            },
            {"basis": "addon_commission", "percent": 20},
        )
        order = self._sold(
            148000,
            addons=[
                ("accessory", 1000, {}),
                ("registration", 600, {"license_plate": "浙A10001"}),
                ("commercial", 5000, self._policy()),
            ],
        )
        statement = self._generate()
        self.assertEqual(statement.user_id, self.consultant)
        lines = statement.line_ids
        amounts = {(line.category, line.rule_id.basis): line.amount for line in lines}
        self.assertEqual(
            amounts,
            {
                ("car", "car_price"): 740,
                ("car", "car_margin"): 800,
                ("accessory", "addon_price"): 50,
                ("registration", "addon_fixed"): 50,
                ("insurance", "addon_commission"): 150,
            },
        )
        self.assertEqual(statement.amount_total, 1790)
        self.assertEqual(statement.car_count, 1)
        self.assertEqual(lines.order_id, order)
        self.assertEqual(order.commission_amount, 1790)
        self.assertEqual(order.action_view_commissions()["domain"][0][2], order.id)
        insurance = lines.filtered(lambda line: line.category == "insurance")
        self.assertIn("20 % of our commission", insurance.explanation)
        self.assertIn("750", insurance.explanation)

    def _policy(self):
        insurer = self.env["res.partner"].create(
            {"name": "Insurer", "is_company": True}
        )
        return {
            "supplier_id": insurer.id,
            "policy_number": f"P-{insurer.id}",
            "policy_start": fields.Date.today(),
        }

    def test_only_what_is_delivered_and_finished(self):
        self._plan(FIXED, {"basis": "addon_fixed", "amount": 10})
        confirmed = self._order(user=self.boss).sudo()
        confirmed.action_confirm()
        self.assertFalse(self._generate())
        sold = self._sold(addons=[("accessory", 500, {})])
        addon = sold.addon_ids.copy({"order_id": sold.id})
        self.assertEqual(addon.state, "draft")
        statement = self._generate()
        self.assertEqual(statement.amount_total, 310)
        # Computing once more changes nothing.
        ids = statement.line_ids.mapped("order_line_id").ids
        self.assertEqual(self._generate(), statement)
        self.assertEqual(statement.line_ids.mapped("order_line_id").ids, ids)
        self.assertEqual(statement.amount_total, 310)
        # A draft follows what happens.
        self._bring_back(sold)
        self._generate()
        self.assertEqual(statement.amount_total, 0)
        self.assertFalse(statement.line_ids)

    def test_tiers_and_filters(self):
        brand = self.brand.copy({"name": "Other brand"})
        self._plan(
            {"basis": "car_fixed", "amount": 900, "brand_id": brand.id},
            {"basis": "car_fixed", "amount": 800, "condition": "used"},
            {"basis": "car_fixed", "amount": 500, "count_from": 3},
            {"basis": "car_fixed", "amount": 300, "model_id": self.model.id},
            {"basis": "car_fixed", "amount": 20, "count_from": 2, "is_extra": True},
        )
        self._sold()
        statement = self._generate()
        self.assertEqual(statement.amount_total, 300)
        self._sold()
        self._generate()
        self.assertEqual(statement.amount_total, 2 * 320)
        third = self._sold()
        self._generate()
        self.assertEqual(statement.amount_total, 3 * 520)
        self.assertIn("there were 3", statement.line_ids[0].explanation)
        third.order_line.is_used_car = True
        self._generate()
        self.assertEqual(statement.amount_total, 2 * 520 + 820)

    def test_others_cars_do_not_count(self):
        self._plan({"basis": "car_fixed", "amount": 100, "count_from": 2}, FIXED)
        self._sold()
        self._sold(seller=self.colleague)  # has no plan
        statements = self._generate()
        self.assertEqual(statements.user_id, self.consultant)
        self.assertEqual(statements.amount_total, 300)

    def test_month_of_the_store(self):
        self._plan()
        self.store.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "China", "tz": "Asia/Shanghai"}
        )
        order = self._sold()
        # Half past midnight in China is the evening of the day before in London.
        order.picking_ids.move_ids.date = fields.Datetime.to_datetime(
            self.month
        ) - timedelta(hours=7, minutes=30)
        self.assertFalse(self._generate(self.last))
        self.assertEqual(self._generate().amount_total, 300)

    def test_plan_of_the_day(self):
        old = self._plan(
            date_start=self.last - relativedelta(months=1),
            date_end=fields.Date.add(self.last, days=9),
        )
        new = self._plan(
            {"basis": "car_fixed", "amount": 1},
            date_start=fields.Date.add(self.last, days=10),
        )
        self._sold(month=self.last, day=10)
        self._sold(month=self.last, day=11)
        statement = self._generate(self.last)
        self.assertEqual(statement.amount_total, 301)
        self.assertEqual(statement.plan_ids, old | new)
        self.assertIn(statement, statement.search([("plan_ids", "in", new.ids)]))

    def test_pool(self):
        rules = (
            {"basis": "car_fixed", "amount": 100.01, "count_from": 2},
            {"basis": "car_fixed", "amount": 1},
            {"basis": "addon_price", "percent": 1},
        )
        self._plan(
            *rules,
            kind="pool",
            members=[(self.consultant, 1), (self.colleague, 1), (self.manager, 0.5)],
        )
        self._sold(addons=[("accessory", 1003, {})])
        self._sold()
        self._sold(seller=self.colleague)
        statements = self._generate()
        self.assertEqual(
            statements.user_id, self.consultant | self.colleague | self.manager
        )
        own = self._statement()
        self.assertEqual(own.contribution_amount, 210.05)
        self.assertEqual(own.sale_amount, 0)
        self.assertEqual(own.pool_amount, 310.06)
        # Each category is divided to the last cent: 300.03 and 10.03.
        shares = {
            user: sorted(self._statement(user).share_line_ids.mapped("amount"))
            for user in statements.user_id
        }
        self.assertEqual(shares[self.consultant], [4.01, 120.01])
        self.assertEqual(shares[self.colleague], [4.01, 120.01])
        self.assertEqual(shares[self.manager], [2.01, 60.01])
        self.assertAlmostEqual(sum(statements.mapped("amount_total")), 310.06)
        self.assertIn("1 of 2.5 parts", own.share_line_ids[0].explanation)
        # A member sees nothing of the others' sales.
        mine = self.env["auto.commission.line"].with_user(self.consultant)
        self.assertEqual(mine.search([]).user_id, self.consultant)

    def test_pool_stands_as_a_whole(self):
        self._plan(kind="pool", members=[(self.consultant, 1), (self.colleague, 1)])
        self._sold(month=self.last)
        statements = self._generate(self.last)
        first, second = statements
        self._approve_statement(first)
        self._sold(seller=self.colleague, month=self.last)
        self._generate(self.last)
        self.assertEqual(statements.mapped("amount_total"), [150, 150])
        self.assertEqual(second.state, "draft")
        # What came too late is divided in the next month.
        self.assertEqual(self._generate().mapped("amount_total"), [150, 150])

    @settings(
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(
        st.integers(-(10**9), 10**9),
        st.lists(st.integers(0, 10000), min_size=1, max_size=12),
    )
    def _split(self, units, hundredths):
        weights = [part / 100 for part in hundredths]
        if not any(weights):
            weights[0] = 1.0
        shares = split_exactly(units, weights)
        self.assertEqual(sum(shares), units)
        total = sum(weights)
        for share, weight in zip(shares, weights, strict=True):
            self.assertLess(abs(share - units * weight / total), 1.001)
            if not weight:
                self.assertEqual(share, 0)

    def test_split_exactly(self):
        self.assertEqual(split_exactly(100, [1, 1, 1]), [34, 33, 33])
        self.assertEqual(split_exactly(-100, [1, 1, 1]), [-34, -33, -33])
        self.assertEqual(split_exactly(1, [0, 0.1]), [0, 1])
        self._split()

    def test_claw_back(self):
        self._plan(FIXED, {"basis": "addon_fixed", "amount": 40})
        order = self._sold(month=self.last, addons=[("accessory", 500, {})])
        kept = self._sold(month=self.last)
        statement = self._generate(self.last)
        self.assertEqual(statement.amount_total, 640)
        self._approve_statement(statement)
        self._bring_back(order)
        following = self._generate()
        self.assertEqual(following.amount_total, -340)
        self.assertEqual(set(following.line_ids.mapped("kind")), {"claw_back"})
        self.assertIn(statement.name, following.line_ids[0].explanation)
        self.assertIn("came back", following.line_ids[0].explanation)
        self.assertEqual(statement.amount_total, 640)  # stands as it was
        # Taken back once, however often it is computed.
        self._generate()
        self.assertEqual(following.amount_total, -340)
        self._approve_statement(following)
        self._generate()
        self.assertEqual(len(kept.order_line), 1)
        self.assertEqual(
            self.env["auto.commission.line"].search_count(
                [("order_id", "=", order.id), ("kind", "=", "claw_back")]
            ),
            2,
        )

    def test_claw_back_and_sold_again(self):
        self._plan()
        order = self._sold(month=self.last - relativedelta(months=1))
        plan = self.plans.search([("company_id", "=", self.store.id)])
        plan.action_revise()
        plan.date_start = self.last - relativedelta(months=1)
        plan.action_activate()
        paid = self._generate(self.last - relativedelta(months=1))
        self._approve_statement(paid)
        self._bring_back(order)
        self._generate(self.last)
        self.assertEqual(self._statement(month=self.last).amount_total, -300)
        # The same customer takes it after all, in this month.
        picking = order.picking_ids.filtered(
            lambda one: one.picking_type_code == "outgoing"
        )[:1]
        again = picking.copy({"move_ids": False})
        picking.move_ids.copy(
            {"picking_id": again.id, "sale_line_id": order.order_line.id}
        )
        order._hold_cars()
        again.action_confirm()
        self._issue(again)
        self.assertEqual(again.state, "done")
        self.assertEqual(self._generate().amount_total, 300)
        for _time in range(2):
            self._generate(self.last)
            self._generate()
            self.assertEqual(self._statement(month=self.last).amount_total, -300)
            self.assertEqual(self._statement().amount_total, 300)

    def test_cancelled_contract_is_taken_back(self):
        self._plan()
        order = self._sold(month=self.last)
        self._approve_statement(self._generate(self.last))
        self._bring_back(order)
        order._action_cancel()
        following = self._generate()
        self.assertEqual(following.amount_total, -300)
        self.assertIn("cancelled", following.line_ids.explanation)

    def test_claw_back_from_a_pool(self):
        self._plan(kind="pool", members=[(self.consultant, 2), (self.colleague, 1)])
        order = self._sold(month=self.last)
        statements = self._generate(self.last)
        self._approve_statement(statements)
        self._bring_back(order)
        self.assertEqual(sorted(self._generate().mapped("amount_total")), [-200, -100])
        self.assertEqual(self._statement().contribution_amount, -300)

    def test_late_ones_go_to_the_first_open_month(self):
        self._plan({"basis": "car_fixed", "amount": 500, "count_from": 2}, FIXED)
        self._sold(month=self.last)
        self._approve_statement(self._generate(self.last))
        late = self._sold(month=self.last)
        self._generate(self.last)
        self.assertEqual(self._statement(month=self.last).amount_total, 300)
        following = self._generate()
        # It was the second car of its month.
        self.assertEqual(following.amount_total, 500)
        self.assertEqual(following.line_ids.order_id, late)
        self.assertIn("when that month was closed", following.line_ids.explanation)

    def test_frozen(self):
        self._plan()
        self._sold(month=self.last)
        statement = self._generate(self.last)
        note = self.env["auto.commission.line"].with_user(self.manager)
        bonus = note.create(
            {"statement_id": statement.id, "name": "Best of the month", "amount": 99.5}
        )
        self.assertEqual(bonus.author_id, self.manager)
        self.assertEqual(statement.amount_total, 399.5)
        self._generate(self.last)
        self.assertEqual(statement.amount_total, 399.5)  # adjustments stay
        line = statement.sale_line_ids
        for change in (
            lambda: line.with_user(self.manager).write({"amount": 1}),
            lambda: line.with_user(self.manager).unlink(),
            lambda: line.write({"kind": "adjustment"}),
            lambda: statement.write({"state": "paid"}),
            lambda: statement.write({"user_id": self.colleague.id}),
            lambda: statement.with_context(auto_commission_statement=True).write(
                {"state": "paid"}
            ),
            statement.unlink,
            statement.action_approve,
        ):
            self._refused(change)
        self._approve_statement(statement)
        self.assertEqual(statement.approved_by, self.boss)
        for change in (
            lambda: bonus.write({"amount": 1}),
            bonus.unlink,
            lambda: note.create(
                {"statement_id": statement.id, "name": "More", "amount": 1}
            ),
            statement.with_user(self.manager).action_reset,
            statement.with_user(self.manager).action_refresh,
            statement.with_user(self.manager).action_submit,
            lambda: statement.with_user(self.boss)._pay(
                fields.Date.add(self.month, years=1), "x"
            ),
            lambda: statement.with_user(self.manager)._pay(self.month, "x"),
        ):
            self._refused(change)
        wizard = (
            self.env["auto.commission.pay"]
            .with_user(self.boss)
            .with_context(**statement.with_user(self.boss).action_pay()["context"])
            .create({"reference": "Payroll 1"})
        )
        self.assertEqual(wizard.amount_total, 399.5)
        wizard.action_pay()
        self.assertEqual(
            (statement.state, statement.payment_reference), ("paid", "Payroll 1")
        )
        self._refused(wizard.action_pay)

    def test_decisions(self):
        self._plan()
        self._sold(month=self.last)
        statement = self._generate(self.last)
        statement.with_user(self.manager).action_submit()
        self.assertTrue(statement.with_user(self.boss).can_decide)
        self._refused(statement.with_user(self.manager).action_approve)
        statement.approval_ids.with_user(self.boss).action_refuse("Wrong price")
        self.assertEqual(statement.state, "draft")
        statement.with_user(self.manager).action_submit()
        statement.with_user(self.manager).action_reset()
        self.assertEqual(statement.state, "draft")
        self.assertNotIn("waiting", statement.approval_ids.mapped("state"))

    def test_nobody_approves_or_adjusts_the_own(self):
        self._plan(members=[(self.boss, 1)])
        self._sold(seller=self.boss, month=self.last)
        statement = self._generate(self.last)
        adjustment = {"statement_id": statement.id, "name": "Bonus", "amount": 1000}
        lines = self.env["auto.commission.line"]
        self._refused(lambda: lines.with_user(self.boss).create(adjustment))
        statement.with_user(self.manager).action_submit()
        self.assertFalse(statement.with_user(self.boss).can_decide)
        self._refused(statement.with_user(self.boss).action_approve)
        office = self.users["head_office"]
        statement.with_user(office).action_approve()
        self.assertEqual(statement.state, "approved")

    def test_job(self):
        self._plan()
        self._sold(month=self.last)
        self._sold()
        cron = self.env.ref("auto_crm_sale.cron_commission")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._statement(month=self.last).amount_total, 300)
        self.assertEqual(self._statement().amount_total, 300)

    def test_month_by_the_window(self):
        self._plan()
        self._sold()
        wizard = (
            self.env["auto.commission.compute"]
            .with_user(self.manager)
            .with_context(allowed_company_ids=self.store.ids)
            .create({"company_id": self.store.id})
        )
        self.assertTrue(wizard.has_plan)
        action = wizard.action_compute()
        self.assertEqual(action["domain"], [("id", "in", self._statement().ids)])
        wizard.date = fields.Date.add(self.month, months=1)
        self._refused(wizard.action_compute)

    def test_printed(self):
        self._plan(FIXED, {"basis": "car_margin", "margin_percent": 7})
        self._sold(145000, month=self.last)
        statement = self._generate(self.last)
        reports = self.env["ir.actions.report"].with_user(self.consultant)
        html = reports._render_qweb_html(
            "auto_crm_sale.report_commission_statement", statement.ids
        )[0].decode()
        self.assertIn(statement.name, html)
        self.assertIn("300.00", html)
        html = (
            reports.with_user(self.manager)
            ._render_qweb_html(
                "auto_crm_sale.report_commission_payroll", statement.ids
            )[0]
            .decode()
        )
        self.assertIn(self.consultant.name, html)

    @warmup
    def test_queries(self):
        """Six cars more cost no query more."""
        self._plan()
        for _number in range(2):
            self._sold()
        self._generate()
        few = self._count_queries()
        for _number in range(6):
            self._sold()
        self._generate()
        self.assertLessEqual(self._count_queries(), few + 2)

    def _count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self._generate()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_revise_and_new_version(self):
        plan = self._plan()
        self._sold()
        statement = self._generate()
        plan.action_revise()
        self.assertFalse(statement.line_ids)
        plan.rule_ids.amount = 350
        plan.action_activate()
        self._generate()
        self.assertEqual(statement.amount_total, 350)
        self._approve_statement(statement)
        with self.assertRaisesRegex(UserError, "New version"):
            plan.action_revise()
        action = plan.action_new_version()
        version = self.plans.browse(action["res_id"])
        begin = fields.Date.add(self.month, months=1)
        self.assertEqual(version.state, "draft")
        self.assertEqual(version.date_start, begin)
        self.assertEqual(plan.date_end, fields.Date.subtract(begin, days=1))
        self.assertEqual(version.member_ids.user_id, plan.member_ids.user_id)
        version.rule_ids.amount = 400
        version.action_activate()
        self.assertEqual(plan.rule_ids.amount, 350)

    def test_closed_plan_pays_until_its_end(self):
        plan = self._plan()
        self._sold(month=self.last)
        plan.action_close()
        self.assertEqual(plan.state, "closed")
        self.assertEqual(self._generate(self.last).amount_total, 300)
