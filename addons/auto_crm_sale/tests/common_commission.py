from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from .test_contract_approval import ContractCase


class CommissionCase(ContractCase):
    """Contracts that are delivered, and plans that pay for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plans = cls.env["auto.commission.plan"]
        cls.month = cls.store._auto_today().replace(day=1)
        cls.last = cls.month - relativedelta(months=1)
        cls.colleague = cls._new_user(
            "consultant", "test_consultant_1b", cls.store, cls.store
        )
        cls.colleague.lang = "en_US"
        cls.kinds = {
            code: cls.env.ref(f"auto_crm_sale.addon_kind_{code}")
            for code in ("accessory", "commercial", "registration")
        }
        cls.kinds["accessory"].product_id = cls.mat

    def _plan(self, *rules, members=None, activate=True, store=1, **values):
        plan = self.plans.create(
            {
                "name": "Test plan",
                "company_id": self.stores[store].id,
                "date_start": self.last,
                "member_ids": [
                    Command.create({"user_id": user.id, "weight": weight})
                    for user, weight in (members or [(self.consultant, 1)])
                ],
                "rule_ids": [
                    Command.create({"sequence": number, **rule})
                    for number, rule in enumerate(rules or [FIXED])
                ],
                **values,
            }
        )
        if activate:
            plan.action_activate()
        return plan

    def _sold(self, price=150000, seller=None, addons=(), month=None, day=3):
        """Sell a car and deliver it; return the contract.

        :param addons: list of (kind, amount, values)
        :param month: first day of the month of the delivery; the current one
        """
        order = self._order(price, user=self.boss).sudo()
        order.user_id = seller or self.consultant
        for kind, amount, values in addons:
            self.env["auto.sale.addon"].create(
                {
                    "order_id": order.id,
                    "kind_id": self.kinds[kind].id,
                    "amount": amount,
                    **values,
                }
            )
        if order.contract_approval == "needed":
            order.with_user(self.manager).action_request_contract_approval()
            order.with_user(self.boss).action_approve_contract()
        order.action_confirm()
        self._issue(order.picking_ids)
        for addon in order.addon_ids:
            addon.action_start()
            addon.action_done()
        if month:
            self._date_back(order, fields.Date.add(month, days=day - 1))
        return order

    def _issue(self, pickings):
        pickings.action_assign()
        pickings.move_ids.picked = True
        pickings.with_context(skip_sms=True).button_validate()

    def _date_back(self, order, day):
        """Say that the contract was delivered on another day."""
        moment = fields.Datetime.to_datetime(day) + relativedelta(hours=4)
        order.picking_ids.move_ids.date = moment
        self.env.flush_all()
        for addon in order.addon_ids:
            self.env.execute_query(
                SQL(
                    "UPDATE auto_sale_addon SET date_done = %s WHERE id = %s"
                    " RETURNING id",
                    moment,
                    addon.id,
                )
            )
        self.env.invalidate_all()

    def _bring_back(self, order):
        """Return the car into stock, as stock users do."""
        picking = order.picking_ids.filtered(lambda one: one.state == "done")[:1]
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return()
        if not back.move_ids.move_line_ids.lot_id:
            back.move_ids.move_line_ids.lot_id = order.vehicle_ids.lot_id
        self._issue(back)
        self.assertEqual(back.state, "done")

    def _generate(self, month=None, user=None, store=1):
        user = user or self.manager
        company = self.stores[store]
        statements = (
            self.plans.with_user(user)
            .with_context(allowed_company_ids=company.ids)
            ._generate(company, month or self.month)
        )
        return statements.sudo()

    def _statement(self, user=None, month=None):
        return self.env["auto.commission.statement"].search(
            [
                ("user_id", "=", (user or self.consultant).id),
                ("month", "=", month or self.month),
                ("company_id", "=", self.store.id),
            ]
        )

    def _approve_statement(self, statements):
        statements.with_user(self.manager).action_submit()
        statements.with_user(self.boss).action_approve()
        self.assertEqual(set(statements.mapped("state")), {"approved"})


FIXED = {"basis": "car_fixed", "amount": 300}
