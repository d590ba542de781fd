from datetime import date

from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged, warmup
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.tests.common_matrix import MatrixCase

from .common import SaleCase

FIGURES = (
    "target_contracts",
    "target_deliveries",
    "target_revenue",
    "target_prospects",
)


class PlanCase(SaleCase):
    """Plans of store 1 for this month, and cars that are sold in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.users["store_manager", 1]
        cls.hq = cls.users["head_office"]
        cls.second = new_test_user(
            cls.env,
            "test_plan_consultant",
            groups="auto_crm_base.group_consultant",
            company_id=cls.store.id,
            company_ids=[(6, 0, cls.store.ids)],
            lang="en_US",
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Test team",
                "company_id": cls.store.id,
                "member_ids": [Command.set([cls.consultant.id, cls.second.id])],
            }
        )
        cls.other_model = cls.env["fleet.vehicle.model"].create(
            {"name": "Test Other", "brand_id": cls.brand.id}
        )
        cls.store.resource_calendar_id.tz = "Asia/Shanghai"
        cls.month = fields.Date.today().replace(day=1)

    def _plan(self, *lines, approve=True, user=None, **values):
        plan = (
            self.env["auto.sales.plan"]
            .with_user(user or self.boss)
            .with_context(allowed_company_ids=self.store.ids)
            .create(
                {
                    "company_id": self.store.id,
                    "date_from": self.month,
                    "line_ids": [
                        Command.create({"month": self.month, **line}) for line in lines
                    ],
                    **values,
                }
            )
        )
        if approve:
            self._approve(plan)
        return plan

    def _approve(self, plan):
        plan.action_submit()
        plan.with_user(self.hq).with_context(
            allowed_company_ids=self.hq.company_ids.ids
        ).action_approve()

    def _sell(self, user=None, deliver=False, **values):
        order = self._contract(
            self._receive(),
            self.partners[0],
            user_id=(user or self.consultant).id,
            team_id=self.team.id,
            **values,
        )
        order.order_line.price_unit = 150000
        order.order_line.tax_ids = False
        order.action_confirm()
        if deliver:
            picking = order.picking_ids
            picking.move_ids.picked = True
            picking.with_context(skip_sms=True).button_validate()
        return order

    def _opened(self, action):
        return self.env[action["res_model"]].search(action["domain"])


@tagged("post_install", "-at_install")
class TestSalesPlan(PlanCase):
    def test_attainment_by_every_dimension(self):
        plan = self._plan(
            {"target_contracts": 4, "target_deliveries": 2, "target_revenue": 300000},
            {"team_id": self.team.id, "target_contracts": 3},
            {"user_id": self.consultant.id, "target_contracts": 4},
            {"user_id": self.second.id, "target_contracts": 1},
            {"model_id": self.model.id, "target_contracts": 6},
            {"model_id": self.other_model.id, "target_contracts": 1},
            {"condition": "used", "target_contracts": 1},
            {
                "user_id": self.second.id,
                "model_id": self.model.id,
                "target_contracts": 1,
            },
        )
        first = self._sell(deliver=True)
        second = self._sell()
        third = self._sell(self.second)
        self.env["sale.order"].flush_model()
        plan.invalidate_recordset()
        lines = plan.line_ids.sorted("id")
        lines.invalidate_recordset()
        store, _team, mine, theirs, _model, other, used, exact = lines
        self.assertEqual(lines.mapped("contracts"), [3, 3, 2, 1, 3, 0, 0, 1])
        self.assertEqual(
            lines.mapped("level"),
            ["store", "team", "user", "user", "model", "model", "store", "user_model"],
        )
        self.assertEqual((store.deliveries, store.revenue), (1, 150000))
        self.assertEqual((store.attainment, store.attainment_revenue), (75, 50))
        self.assertEqual((store.remaining_contracts, mine.remaining_contracts), (1, 2))
        self.assertEqual(mine.team_id, self.team)
        self.assertEqual(theirs.deliveries, 0)
        # The total is that of the store's line, and nothing else.
        self.assertEqual(plan.line_ids.filtered("is_counted"), store)
        self.assertEqual((plan.target_contracts, plan.contracts), (4, 3))
        # Each figure opens what it counts.
        rows = self._opened(store.action_view_contracts())
        self.assertEqual(rows.order_id, first | second | third)
        self.assertEqual(sum(rows.mapped("contracts")), 3)
        rows = self._opened(mine.action_view_contracts())
        self.assertEqual(rows.order_id, first | second)
        rows = self._opened(store.action_view_deliveries())
        self.assertEqual(rows.order_id, first)
        self.assertEqual(rows.action_open()["res_id"], first.id)
        self.assertEqual(self._opened(exact.action_view_contracts()).order_id, third)
        for line in (other, used):
            self.assertFalse(self._opened(line.action_view_contracts()))

    def test_each_figure_has_its_own_total(self):
        plan = self._plan(
            {"target_contracts": 10},
            {
                "user_id": self.consultant.id,
                "target_contracts": 6,
                "target_deliveries": 4,
            },
            {"user_id": self.second.id, "target_deliveries": 3},
        )
        self._sell(deliver=True)
        self._sell(self.second, deliver=True)
        self._sell()
        self.env.flush_all()
        plan.invalidate_recordset()
        self.assertEqual((plan.target_contracts, plan.contracts), (10, 3))
        self.assertEqual((plan.target_deliveries, plan.deliveries), (7, 2))
        self.assertEqual(plan.target_revenue, 0)
        self.assertEqual(plan.line_ids.mapped("is_counted"), [True] * 3)
        rows = self._opened(plan.action_view_deliveries())
        self.assertEqual(sum(rows.mapped("deliveries")), 2)
        self.assertIn("7 deliveries", plan.sudo().approval_ids.summary)
        # The report says the same.
        report = self.env["auto.sales.target.report"].search(
            [("perspective", "=", "store"), ("company_id", "=", self.store.id)]
        )
        self.assertEqual(sum(report.mapped("target_contracts")), 10)
        self.assertEqual(sum(report.mapped("target_deliveries")), 7)

    def test_what_counts_and_when(self):
        line = self._plan({"target_contracts": 1}).line_ids
        order = self._sell(deliver=True)
        # 1 o'clock on the first of the month in Shanghai: still the 31st in UTC.
        month = date(2026, 3, 1)
        order.date_order = "2026-02-28 17:00:00"
        order.picking_ids.move_ids.date = "2026-03-31 16:30:00"
        self.env.flush_all()
        rows = self.env["auto.sales.result"].search([("order_id", "=", order.id)])
        self.assertEqual(
            {row.kind: row.month for row in rows},
            {"contract": month, "delivery": date(2026, 4, 1)},
        )
        order.date_order = fields.Datetime.now()
        self.env.flush_all()
        line.invalidate_recordset()
        self.assertEqual(line.contracts, 1)
        # A quotation and a cancelled contract count for nothing.
        draft = self._contract(self._receive(), self.partners[1])
        cancelled = self._sell()
        cancelled._action_cancel()
        self.env.flush_all()
        line.invalidate_recordset()
        self.assertEqual(line.contracts, 1)
        self.assertEqual(draft.state, "draft")

    def test_returned_car_is_not_delivered(self):
        order = self._sell(deliver=True)
        vehicle = order.vehicle_ids
        results = self.env["auto.sales.result"]
        domain = [("order_id", "=", order.id), ("kind", "=", "delivery")]
        self.assertEqual(results.search(domain).deliveries, 1)
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=order.picking_ids.id, active_model="stock.picking")
            .create({"picking_id": order.picking_ids.id})
        )
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.picked = True
        back.move_ids.move_line_ids.lot_id = vehicle.lot_id
        back.with_context(skip_sms=True).button_validate()
        self.env.flush_all()
        self.assertFalse(results.search(domain))
        # Sold again, it is a used car.
        again = self._contract(vehicle, self.partners[1])
        again.action_confirm()
        self.env.flush_all()
        sold = results.search([("order_id", "in", (again.id, order.id))])
        self.assertEqual(
            {row.order_id: row.condition for row in sold},
            {again: "used", order: "new"},
        )

    def test_prospects(self):
        plan = self._plan(
            {"target_prospects": 4},
            {"user_id": self.consultant.id, "target_prospects": 2},
        )
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"Prospect {user.login}",
                    "type": "opportunity",
                    "company_id": self.store.id,
                    "user_id": user.id,
                }
                for user in (self.consultant, self.second)
            ]
        )
        self.env.flush_all()
        plan.line_ids.invalidate_recordset()
        store, mine = plan.line_ids.sorted("id")
        self.assertEqual((store.prospects, mine.prospects), (2, 1))
        self.assertEqual(self._opened(mine.action_view_prospects()), leads[0])

    @warmup
    def test_no_query_for_each_line(self):
        users = [
            new_test_user(
                self.env,
                f"plan_{number}",
                groups="auto_crm_base.group_consultant",
                company_id=self.store.id,
                company_ids=[(6, 0, self.store.ids)],
            )
            for number in range(5)
        ]
        year = date(2031, 1, 1)
        plan = self._plan(
            *(
                {"user_id": user.id, "month": year + relativedelta(months=step)}
                for user in users
                for step in range(12)
            ),
            {"month": year, "target_contracts": 2},
            {"month": year, "model_id": self.model.id},
            {"month": year, "team_id": self.team.id},
            approve=False,
            period="year",
            date_from=year,
        )
        self._sell()
        self.env.flush_all()
        self.env.invalidate_all()
        lines = plan.line_ids
        self.assertEqual(len(lines), 63)
        lines.mapped("target_contracts")
        # Results, prospects, the store, its currency and time zone.
        with self.assertQueryCount(6):
            lines.mapped("attainment")
            lines.mapped("prospects")

    def test_approval(self):
        plan = self._plan({"target_contracts": 2}, approve=False)
        self.assertEqual((plan.state, plan.version), ("draft", 0))
        plan.action_submit()
        self.assertEqual(plan.state, "submitted")
        with self.assertRaises(UserError), self.cr.savepoint():
            plan.line_ids.target_contracts = 3
        with self.assertRaises(UserError), self.cr.savepoint():
            plan.unlink()
        self.assertEqual(plan.sudo().approval_ids.state, "waiting")
        for user in (self.boss, self.manager):
            with self.assertRaises(UserError), self.cr.savepoint():
                plan.with_user(user).action_approve()
        plan.sudo().approval_ids.with_user(self.hq).action_refuse("Too few")
        self.assertEqual(plan.state, "draft")
        plan.line_ids.target_contracts = 5
        self._approve(plan)
        self.assertEqual((plan.state, plan.version), ("approved", 1))
        for change in (
            lambda: plan.line_ids.write({"target_contracts": 1}),
            plan.line_ids.unlink,
            lambda: plan.write({"line_ids": [Command.create({"month": self.month})]}),
            lambda: plan.write({"date_from": "2031-01-01"}),
            lambda: plan.write({"state": "draft"}),
            lambda: plan.sudo().write({"version": 9}),
            plan.unlink,
            lambda: plan.sudo().line_ids.write({"user_id": self.consultant.id}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                change()
        # Changed only after reopening, and the change is kept.
        plan.action_reopen()
        plan.line_ids.target_contracts = 6
        self._approve(plan)
        self.assertEqual((plan.state, plan.version), ("approved", 2))
        told = [body for body in plan.message_ids.mapped("body") if "Version 2" in body]
        self.assertEqual(len(told), 1)
        self.assertRegex(told[0], "5 contracts.* → 6 contracts")
        with self.assertRaises(UserError), self.cr.savepoint():
            plan.action_reopen()
            plan.unlink()

    def test_forged_state(self):
        plan = self._plan({"target_contracts": 2}, approve=False, state="approved")
        self.assertEqual(plan.state, "draft")

    def test_bad_input(self):
        plan = self._plan({"user_id": self.consultant.id}, approve=False)
        line = {"plan_id": plan.id, "month": self.month}
        foreign = self.users["consultant", 2]
        lines = plan.line_ids
        for vals in (
            {"user_id": self.consultant.id},  # twice
            {"user_id": self.consultant.id, "team_id": False},
            {"target_contracts": -1},
            {"model_id": self.model.id, "target_prospects": 3},
        ):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                lines.create({**line, **vals})
        for vals in (
            {"user_id": foreign.id},
            {"month": self.month + relativedelta(months=1)},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                lines.create({**line, **vals})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._plan(period="year")  # the same months again
        with self.assertRaises(UserError), self.cr.savepoint():
            self._plan(date_from=self.month + relativedelta(months=1))
        self.assertEqual(lines.search_count([("plan_id", "=", plan.id)]), 1)
        # Any day stands for its month.
        new = lines.create({**line, "month": self.month.replace(day=17)})
        self.assertEqual(new.month, self.month)

    def test_periods(self):
        plans = self.env["auto.sales.plan"]
        for period, day, start, end in (
            ("month", date(2031, 2, 14), date(2031, 2, 1), date(2031, 2, 28)),
            ("quarter", date(2032, 5, 31), date(2032, 4, 1), date(2032, 6, 30)),
            ("year", date(2033, 12, 31), date(2033, 1, 1), date(2033, 12, 31)),
        ):
            plan = plans.create(
                {"company_id": self.store.id, "period": period, "date_from": day}
            )
            self.assertEqual((plan.date_from, plan.date_to), (start, end))
        self.assertEqual(plan.name, "2033 · Test Store 1")
        with self.assertRaises(ValidationError):
            plans.create({"company_id": self.store.id, "date_from": date(2033, 6, 1)})

    def test_copy_is_the_next_period(self):
        plan = self._plan(
            {"user_id": self.consultant.id, "target_contracts": 7}, period="month"
        )
        new = plan.copy()
        after = self.month + relativedelta(months=1)
        self.assertEqual((new.date_from, new.state, new.version), (after, "draft", 0))
        self.assertEqual(new.line_ids.month, after)
        self.assertEqual(new.line_ids.target_contracts, 7)
        self.assertEqual(plan.copy().date_from, after + relativedelta(months=1))

    def test_report_counts_once(self):
        self._plan(
            {"target_contracts": 10},
            {"user_id": self.consultant.id, "target_contracts": 6},
            {"user_id": self.second.id, "target_contracts": 5},
            {
                "user_id": self.second.id,
                "model_id": self.model.id,
                "target_contracts": 2,
            },
            {"model_id": self.model.id, "target_contracts": 9},
        )
        draft = self._plan(
            {"month": self.month + relativedelta(months=1), "target_contracts": 99},
            approve=False,
            date_from=self.month + relativedelta(months=1),
        )
        self._sell(deliver=True)
        self._sell(self.second)
        self.env.flush_all()
        report = self.env["auto.sales.target.report"]
        totals = {
            perspective: tuple(rest)
            for perspective, *rest in report._read_group(
                [("company_id", "=", self.store.id)],
                ["perspective"],
                ["target_contracts:sum", "contracts:sum", "deliveries:sum"],
            )
        }
        self.assertEqual(
            totals,
            {
                "store": (10, 2, 1),
                "user": (11, 2, 1),
                "model": (9, 2, 1),
                "team": (11, 2, 1),
            },
        )
        by_user = report._read_group(
            [("company_id", "=", self.store.id), ("perspective", "=", "user")],
            ["user_id"],
            ["target_contracts:sum", "contracts:sum", "attainment:avg"],
            order="user_id",
        )
        self.assertEqual(
            {user: tuple(rest) for user, *rest in by_user},
            {
                self.consultant: (6, 1, 100 / 6),
                self.second: (5, 1, 20.0),
            },
        )
        row = report.search(
            [("perspective", "=", "user"), ("plan_line_id", "!=", False)], limit=1
        )
        self.assertEqual(row.action_open()["res_model"], "auto.sales.plan.line")
        self.assertEqual(draft.state, "draft")

    # ------------------------------------------------------------------
    # Filling
    # ------------------------------------------------------------------

    def _fill(self, plan, **values):
        wizard = (
            self.env["auto.sales.plan.fill"]
            .with_user(self.boss)
            .with_context(allowed_company_ids=self.store.ids)
            .create({"plan_id": plan.id, **values})
        )
        wizard.action_fill()
        return plan.line_ids

    def test_spread_adds_up_exactly(self):
        spread = self.env["auto.sales.plan.fill"]._spread
        for total, number in ((100, 12), (7, 24), (0, 3), (1, 1), (12345, 7)):
            shares = spread(total, number)
            self.assertEqual((sum(shares), len(shares)), (total, number))
            self.assertLessEqual(max(shares) - min(shares), 1)
        shares = spread(1000000.55, 24, 1)
        self.assertAlmostEqual(sum(shares), 1000000.55, places=6)
        year = date(2031, 1, 1)
        plan = self._plan(approve=False, period="year", date_from=year)
        lines = self._fill(
            plan,
            method="spread",
            by="user",
            user_ids=[Command.set((self.consultant | self.second).ids)],
            target_contracts=101,
            target_deliveries=95,
            target_revenue=15000001,
            target_prospects=1000,
        )
        self.assertEqual(len(lines), 24)
        self.assertEqual(
            [sum(lines.mapped(name)) for name in FIGURES], [101, 95, 15000001, 1000]
        )
        self.assertEqual(lines.team_id, self.team)
        # Again: the same lines get the new figures.
        again = self._fill(
            plan,
            method="spread",
            by="user",
            user_ids=[Command.set((self.consultant | self.second).ids)],
            target_contracts=48,
        )
        self.assertEqual(again, lines)
        self.assertEqual(set(again.mapped("target_contracts")), {2})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._fill(plan, method="spread", target_contracts=-1)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._fill(plan, method="spread", by="model", target_contracts=3)

    def test_copy_earlier_plan_and_results(self):
        self._plan(
            {"user_id": self.consultant.id, "target_contracts": 10},
            {"model_id": self.model.id, "target_contracts": 3},
        )
        self._sell(deliver=True)
        self._sell(self.second)
        self.env.flush_all()
        after = self.month + relativedelta(months=1)
        plan = self._plan(approve=False, date_from=after)
        lines = self._fill(plan, method="plan", back="period", change=15)
        self.assertEqual(lines.sorted("id").mapped("target_contracts"), [12, 3])
        self.assertEqual(set(lines.mapped("month")), {after})
        lines.unlink()
        lines = self._fill(plan, method="result", back="period", by="user", change=100)
        self.assertEqual(
            {line.user_id: line.target_contracts for line in lines},
            {self.consultant: 2, self.second: 2},
        )
        self.assertEqual(sum(lines.mapped("target_revenue")), 300000)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._fill(plan, method="plan", back="year")

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_consultant_sees_own_approved_targets(self):
        plan = self._plan(
            {"user_id": self.consultant.id, "target_contracts": 2},
            {"user_id": self.second.id, "target_contracts": 3},
            approve=False,
        )
        self._sell()
        self._sell(self.second)
        self.env.flush_all()
        lines = self.env["auto.sales.plan.line"].with_user(self.consultant)
        results = self.env["auto.sales.result"].with_user(self.consultant)
        self.assertFalse(lines.search([]))
        self._approve(plan)
        self.env.invalidate_all()
        line = lines.search([])
        self.assertEqual(line.user_id, self.consultant)
        self.assertEqual((line.contracts, line.attainment), (1, 50))
        self.assertEqual(results.search([]).user_id, self.consultant)
        self.assertFalse(plan.with_user(self.consultant).has_access("read"))
        self.assertTrue(line.is_counted)
        self.assertTrue(line.display_name)
        report = self.env["auto.sales.target.report"].with_user(self.consultant)
        rows = report.search([])
        self.assertEqual(rows.user_id, self.consultant)
        opened = rows.filtered("plan_line_id")[:1].action_open()
        self.assertEqual((opened["res_model"], opened["res_id"]), (line._name, line.id))
        with self.assertRaises(AccessError):
            line.write({"target_contracts": 1})
        with self.assertRaises(AccessError):
            plan.with_user(self.consultant).action_reopen()
        # The other store sees nothing of it.
        other = self.users["sales_manager", 2]
        for model in ("auto.sales.plan.line", "auto.sales.result", report._name):
            found = self.env[model].with_user(other)
            self.assertFalse(found.search([("company_id", "=", self.store.id)]))


@tagged("post_install", "-at_install")
class TestSalesPlanRights(MatrixCase):
    def test_matrix(self):
        self.check_matrix(
            "auto.sales.plan",
            """
            sales_manager: CRUD st
            store_manager: CRUD st
            head_office: CRUD all
            auditor: R all
            """,
            self._make,
        )

    def test_line_matrix(self):
        self.check_matrix(
            "auto.sales.plan.line",
            """
            sales_manager: CRUD st
            store_manager: CRUD st
            head_office: CRUD all
            auditor: R all
            """,
            lambda store, user: (self._make(store, user)[0].line_ids, None),
        )

    def _make(self, store, user):
        plans = self.env["auto.sales.plan"]
        number = plans.search_count([("company_id", "=", store.id)])
        day = date(2040, 1, 1) + relativedelta(months=number)
        plan = plans.create(
            {
                "company_id": store.id,
                "date_from": day,
                "line_ids": [Command.create({"month": day, "target_contracts": 1})],
            }
        )
        return plan, None
