from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.auto_payment_due import KINDS


class AutoTakePayment(models.TransientModel):
    """The cashier's form: money for a contract, in one step."""

    _name = "auto.take.payment"
    _inherit = ["auto.window.mixin"]
    _description = "Take a payment"
    _document_field = "order_id"

    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Contract",
        required=True,
        ondelete="cascade",
        domain="[('is_vehicle_contract', '=', True), ('state', '!=', 'cancel')]",
    )
    company_id = fields.Many2one(related="order_id.company_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    vehicle_ids = fields.Many2many(related="order_id.vehicle_ids")
    amount_total = fields.Monetary(related="order_id.amount_total")
    paid_amount = fields.Monetary(related="order_id.paid_amount")
    open_amount = fields.Monetary(related="order_id.open_amount")
    kind = fields.Selection(
        selection=KINDS,
        string="Paid as",
        required=True,
        compute="_compute_kind",
        store=True,
        precompute=True,
        readonly=False,
    )
    amount = fields.Monetary(
        required=True,
        compute="_compute_amount",
        store=True,
        precompute=True,
        readonly=False,
    )
    payer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Paid by",
        required=True,
        compute="_compute_payer_id",
        store=True,
        precompute=True,
        readonly=False,
        help="The customer, or who pays instead: the bank that pays out the loan.",
    )
    payment_id = fields.Many2one(
        comodel_name="account.payment", string="Taken", readonly=True
    )
    journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Till or bank",
        required=True,
        compute="_compute_journal_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('type', 'in', ('cash', 'bank', 'credit')),"
        " ('company_id', 'parent_of', company_id)]",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    memo = fields.Char(help="Receipt or transaction number.")

    @api.depends("order_id")
    def _compute_kind(self):
        for wizard in self:
            wizard.kind = wizard._open_dues()[:1].kind or "deposit"

    @api.depends("order_id", "kind")
    def _compute_amount(self):
        """Propose what is open of this kind."""
        for wizard in self:
            room = max(wizard.order_id.open_amount, 0.0)
            wizard.amount = wizard._due_of_kind().open_amount or room

    # Of its own: where the amount is given, nothing that is computed with it is
    # proposed.
    @api.depends("order_id", "kind")
    def _compute_payer_id(self):
        """Propose who pays what is open of this kind."""
        for wizard in self:
            payer = wizard._due_of_kind().payer_id
            wizard.payer_id = payer or wizard.order_id.partner_id

    def _open_dues(self):
        return self.order_id.due_ids.filtered(lambda due: due.open_amount > 0)

    def _due_of_kind(self):
        return self._open_dues().filtered(lambda due: due.kind == self.kind)[:1]

    @api.depends("order_id")
    def _compute_journal_id(self):
        journals = self.env["account.journal"]
        for wizard in self:
            company = wizard.order_id.company_id
            found = journals.search(
                [
                    *journals._check_company_domain(company),
                    ("type", "in", ("cash", "bank")),
                ]
            )
            own = found.filtered(lambda one, store=company: one.company_id == store)
            wizard.journal_id = (own or found)[:1]

    def action_pay(self):
        """Take the money: a posted payment, allocated to the contract's invoices.

        :raise UserError: for an amount that is not above zero or more than is open,
            or a contract that is cancelled
        """
        self.ensure_one()
        payment = self._take()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(payment)s: %(amount)s for %(order)s. Open: %(open)s.",
                    payment=payment.name,
                    amount=payment.currency_id.format(payment.amount),
                    order=self.order_id.name,
                    open=self.order_id.currency_id.format(self.order_id.open_amount),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_pay_print(self):
        """Take the money and print the receipt."""
        self.ensure_one()
        payment = self._take()
        return self.env.ref("account.action_report_payment_receipt").report_action(
            payment, config=False
        )

    def _take(self):
        """Create and post the payment.

        :return: the ``account.payment``
        """
        order = self.order_id
        if self.payment_id:
            raise UserError(
                self.env._(
                    "This payment is taken already: %s.", self.payment_id.display_name
                )
            )
        # Two cashiers, one contract: the second is told what is open by then.
        order.sudo().lock_for_update()
        order.invalidate_recordset(["paid_amount", "open_amount", "state"])
        currency = order.currency_id
        if order.state == "cancel" or not order.is_vehicle_contract:
            raise UserError(
                self.env._("%(order)s is not a contract in force.", order=order.name)
            )
        if currency.compare_amounts(self.amount, 0) <= 0:
            raise UserError(self.env._("The amount must be above zero."))
        if currency.compare_amounts(self.amount, order.open_amount) > 0:
            raise UserError(
                self.env._(
                    "Only %(open)s is open on %(order)s.",
                    open=currency.format(order.open_amount),
                    order=order.name,
                )
            )
        loans = order.due_ids.filtered(lambda due: due.kind == "loan")
        if self.kind == "loan" and loans:
            room = sum(loans.mapped("open_amount"))
            if currency.compare_amounts(self.amount, room) > 0:
                raise UserError(
                    self.env._(
                        "Only %(open)s is open on %(order)s.",
                        open=currency.format(max(room, 0.0)),
                        order=loans[0].display_name,
                    )
                )
        if self.date > fields.Date.context_today(self):
            raise UserError(self.env._("The payment cannot be dated in the future."))
        payment = (
            self.env["account.payment"]
            .with_company(order.company_id)
            .create(self._payment_vals())
        )
        if not payment.outstanding_account_id:
            # Without an account of its own for money on its way, the money is in
            # the till or the bank at once.
            payment.outstanding_account_id = self.journal_id.default_account_id
        payment.action_post()
        self.payment_id = payment
        return payment

    def _payment_vals(self):
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": self.payer_id.id,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
            "date": self.date,
            "journal_id": self.journal_id.id,
            "company_id": self.company_id.id,
            "memo": self.memo or self.order_id.name,
            "contract_id": self.order_id.id,
            "contract_kind": self.kind,
        }
