from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.tests.common_matrix import MatrixCase

from ..models.auto_commission_line import COMPUTE
from .common_commission import FIXED, CommissionCase


@tagged("post_install", "-at_install")
class TestCommissionInput(CommissionCase):
    def _fails(self, call, error=IntegrityError):
        with (
            self.assertRaises(error),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            call()
            self.env.flush_all()

    def test_one_plan_on_one_day(self):
        plan = self._plan(date_end=fields.Date.add(self.month, days=10))
        other = self._plan(activate=False, date_start=plan.date_end)
        with self.assertRaisesRegex(ValidationError, "Close that first"):
            other.action_activate()
        other.date_start = fields.Date.add(plan.date_end, days=1)
        other.action_activate()
        # Past every check, the database says no.
        third = self._plan(activate=False)
        self._fails(lambda: third._set_state("active"))
        # In another store it is another matter.
        self.consultant.company_ids += self.stores[2]
        self._plan(store=2)

    def test_terms_stand(self):
        plan = self._plan()
        for change in (
            lambda: plan.write({"state": "draft"}),
            lambda: plan.write({"date_start": "2020-01-01"}),
            lambda: plan.rule_ids.write({"amount": 1}),
            plan.rule_ids.unlink,
            lambda: plan.member_ids.write({"weight": 9}),
            plan.member_ids.unlink,
            lambda: plan.write({"rule_ids": [Command.create(FIXED)]}),
            lambda: self.env["auto.commission.rule"].create(
                {**FIXED, "plan_id": plan.id}
            ),
            lambda: (
                self.env["auto.commission.rule"]
                .with_context(default_plan_id=plan.id)
                .create(FIXED)
            ),
            plan.unlink,
            lambda: plan.with_context(auto_commission_plan=True).write(
                {"state": "draft"}
            ),
        ):
            self._refused(change)
        self.assertEqual(plan.copy({"state": "active"}).state, "draft")

    def test_bad_input(self):
        plan = self._plan(activate=False)
        for rule in (
            {"basis": "car_fixed", "amount": -1},
            {"basis": "car_price", "percent": 101},
            {"basis": "car_fixed", "amount": 1, "count_from": -1},
        ):
            self._fails(lambda rule=rule: plan.write({"rule_ids": [(0, 0, rule)]}))
        for rule in ({"basis": "car_price", "amount": 5}, {"basis": "car_fixed"}):
            self._fails(
                lambda rule=rule: plan.write({"rule_ids": [(0, 0, rule)]}),
                ValidationError,
            )
        self._fails(lambda: plan.member_ids.write({"weight": -1}))
        self._fails(lambda: plan.write({"date_end": "2000-01-01"}))
        stranger = self.users["consultant", 2]
        self._fails(
            lambda: plan.write({"member_ids": [(0, 0, {"user_id": stranger.id})]}),
            ValidationError,
        )
        self._fails(
            lambda: plan.write(
                {"member_ids": [(0, 0, {"user_id": self.consultant.id})]}
            )
        )
        plan.rule_ids.unlink()
        self._refused(plan.action_activate)
        empty = self._plan(kind="pool", members=[(self.colleague, 0)], activate=False)
        self._refused(empty.action_activate)

    def test_statement_by_hand(self):
        statements = self.env["auto.commission.statement"].with_user(self.manager)
        values = {
            "user_id": self.consultant.id,
            "company_id": self.store.id,
            "month": fields.Date.add(self.month, days=11),
        }
        statement = statements.create(
            {**values, "state": "paid", "date_paid": "2020-01-01"}
        )
        self.assertEqual(
            (statement.state, statement.month, statement.date_paid),
            ("draft", self.month, False),
        )
        self._fails(lambda: statements.create(values))
        self._refused(statement.action_submit)  # nothing on it
        lines = self.env["auto.commission.line"].with_user(self.manager)
        for bad in (
            {"amount": 5},
            {"name": "  ", "amount": 5},
            {"name": "Why", "amount": 0},
        ):
            self._fails(
                lambda bad=bad: lines.create({**bad, "statement_id": statement.id}),
                ValidationError,
            )
        forged = lines.with_context(default_earned=7).create(
            {
                "statement_id": statement.id,
                "kind": "earned",
                "category": "car",
                "name": "Bonus",
                "amount": 5,
                "author_id": self.boss.id,
                "order_id": 1,
            }
        )
        self.assertEqual(
            (forged.kind, forged.earned, forged.author_id, forged.order_id.id),
            ("adjustment", 0, self.manager, False),
        )
        self.assertEqual(statement.amount_total, 5)

    def test_never_twice_in_the_database(self):
        self._plan(FIXED, {"basis": "addon_fixed", "amount": 40})
        self._sold(addons=[("accessory", 500, {})])
        statement = self._generate()
        other = self.env["auto.commission.statement"].create(
            {"user_id": self.colleague.id, "company_id": self.store.id}
        )
        for line in statement.line_ids:
            self._fails(
                lambda line=line: line.with_context(auto_commission=COMPUTE).copy(
                    {"statement_id": other.id, "kind": "earned"}
                )
            )

    def test_floor_prices_stay_hidden(self):
        plan = self._plan({"basis": "car_margin", "margin_percent": 7})
        self._sold(145000)
        line = self._generate().line_ids
        self.assertEqual(line.amount, 350)
        self.assertIn("5,000", line.with_user(self.manager).explanation)
        mine = line.with_user(self.consultant)
        self.assertNotIn("7", mine.explanation)
        self.assertNotIn("000", mine.explanation)
        self.assertEqual(mine.base, 0)
        for record, name in ((mine, "margin_base"), (plan.rule_ids, "margin_percent")):
            with self.assertRaises(AccessError):
                record.with_user(self.consultant).read([name])
        self.assertNotIn("7", plan.rule_ids.with_user(self.consultant).display_name)

    def test_others_commissions_stay_hidden(self):
        self._plan(members=[(self.consultant, 1), (self.colleague, 1)])
        self._plan(members=[(self.manager, 1)])
        order = self._sold(seller=self.colleague)
        self._sold()
        self._generate()
        theirs = self._statement(self.colleague)
        mine = {"allowed_company_ids": self.store.ids}
        for model in ("auto.commission.statement", "auto.commission.line"):
            records = self.env[model].with_user(self.consultant).with_context(**mine)
            [(total,)] = records._read_group([], [], ["id:count"])
            self.assertEqual(total, 1)
            self.assertEqual(records.search([]).user_id, self.consultant)
        with self.assertRaises(AccessError):
            theirs.with_user(self.consultant).read(["amount_total"])
        with self.assertRaises(AccessError):
            order.with_user(self.colleague).read(["commission_amount"])
        self.env.invalidate_all()
        plans = self.plans.with_user(self.consultant).with_context(**mine).search([])
        self.assertEqual(plans.member_ids.user_id, self.consultant)
        with self.assertRaises(AccessError):
            self._generate(user=self.consultant)
        with self.assertRaises(AccessError):
            self.plans.with_user(self.manager).with_context(**mine)._generate(
                self.stores[2], self.month
            )
        theirs.with_user(self.manager).action_submit()
        approvals = self.env["auto.approval"].with_user(self.consultant)
        self.assertFalse(approvals.search([("res_model", "=", theirs._name)]))
        for call in (
            self._statement().with_user(self.consultant).action_submit,
            lambda: self._statement().with_user(self.consultant)._pay(self.month, "x"),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                call()


@tagged("post_install", "-at_install")
class TestCommissionRights(MatrixCase):
    def _plan(self, store, user):
        if store not in user.company_ids:
            user = self.users["consultant", 1 if store == self.stores[1] else 2]
        return self.env["auto.commission.plan"].create(
            {
                "name": "Plan",
                "company_id": store.id,
                "member_ids": [Command.create({"user_id": user.id})],
                "rule_ids": [Command.create(FIXED)],
            }
        )

    def _statement(self, store, user):
        # One for each person and month; the matrix asks for many.
        found = self.env["auto.commission.statement"].search(
            [("company_id", "=", store.id), ("user_id", "=", user.id)], order="month"
        )
        month = found[:1].month or fields.Date.today().replace(day=1)
        return found.create(
            {
                "company_id": store.id,
                "user_id": user.id,
                "month": fields.Date.subtract(month, months=1),
            }
        )

    def test_statement(self):
        self.check_matrix(
            "auto.commission.statement",
            """
            consultant: R own
            sales_manager: CRUD st
            store_manager: CRUD st
            head_office: CRUD all
            auditor: R all
            """,
            lambda store, user: (self._statement(store, user), None),
        )

    def test_line(self):
        def make(store, user):
            # Nobody adjusts the own; see test_nobody_approves_or_adjusts_the_own.
            if "consultant" not in user._auto_roles():
                user = self.users["adviser", 1 if store == self.stores[1] else 2]
            statement = self._statement(store, user)
            line = self.env["auto.commission.line"].create(
                {"statement_id": statement.id, "name": "Bonus", "amount": 5}
            )
            return line, None

        self.check_matrix(
            "auto.commission.line",
            """
            consultant: R own
            sales_manager: CRUD st
            store_manager: CRUD st
            head_office: CRUD all
            auditor: R all
            """,
            make,
        )

    def test_plan(self):
        self.check_matrix(
            "auto.commission.plan",
            """
            sales_manager: R st
            store_manager: CRUD st
            head_office: CRUD all
            auditor: R all
            """,
            lambda store, user: (self._plan(store, user), None),
        )
