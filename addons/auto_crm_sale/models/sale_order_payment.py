from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

PAID_PAYMENT_STATES = ("in_process", "paid")
# What is due, but not from the customer's own money.
PAID_OTHERWISE = ("loan", "tradein")
# They follow from lines, invoices and payments: nobody says them.
COMPUTED_FIELDS = frozenset(
    {
        "is_vehicle_contract",
        "paid_amount",
        "open_amount",
        "paid_state",
        "next_due_date",
    }
)


class SaleOrder(models.Model):
    """What is paid of a contract, from Odoo's invoices and payments."""

    _inherit = "sale.order"

    contract_payment_ids = fields.One2many(
        comodel_name="account.payment",
        inverse_name="contract_id",
        string="Payments of the contract",
        copy=False,
    )
    due_ids = fields.One2many(
        comodel_name="auto.payment.due",
        inverse_name="order_id",
        string="What is due when",
        copy=False,
    )
    paid_amount = fields.Monetary(
        string="Paid",
        compute="_compute_paid_amount",
        store=True,
        help="What came in for the contract: the paid part of its invoices and down "
        "payments, less credit notes, and payments that are not yet allocated.",
    )
    open_amount = fields.Monetary(
        string="Open", compute="_compute_paid_amount", store=True
    )
    owed_amount = fields.Monetary(
        string="To give back",
        compute="_compute_owed_amount",
        help="What came in above what the contract is worth now.",
    )
    paid_state = fields.Selection(
        selection=[
            ("unpaid", "Not paid"),
            ("deposit", "Deposit paid"),
            ("partly", "Partly paid"),
            ("paid", "Paid"),
        ],
        string="Payment",
        compute="_compute_paid_state",
        store=True,
        index="btree_not_null",
        tracking=True,
    )
    next_due_date = fields.Date(
        string="Next payment due", compute="_compute_next_due_date", store=True
    )
    overdue_amount = fields.Monetary(
        string="Overdue",
        compute="_compute_overdue_amount",
        compute_sudo=True,
    )
    is_overdue = fields.Boolean(
        string="Payment overdue",
        compute="_compute_overdue_amount",
        compute_sudo=True,
        search="_search_is_overdue",
    )

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends(
        "is_vehicle_contract",
        "state",
        "amount_total",
        "order_line.invoice_lines.move_id.state",
        "order_line.invoice_lines.move_id.amount_residual_signed",
        "contract_payment_ids.state",
        "contract_payment_ids.amount",
        "contract_payment_ids.payment_type",
        "contract_payment_ids.move_id.line_ids.amount_residual",
    )
    def _compute_paid_amount(self):
        for order in self:
            if not order.is_vehicle_contract:
                order.paid_amount = order.open_amount = 0.0
                continue
            paid = order._paid_by_invoices() + sum(
                payment._contract_unallocated()
                for payment in order.contract_payment_ids
            )
            order.paid_amount = order.currency_id.round(paid)
            total = 0.0 if order.state == "cancel" else order.amount_total
            order.open_amount = order.currency_id.round(total - order.paid_amount)

    @api.depends(
        "paid_amount",
        "open_amount",
        "amount_total",
        "is_vehicle_contract",
        "due_ids.kind",
        "due_ids.amount",
        "contract_payment_ids.contract_kind",
    )
    def _compute_paid_state(self):
        for order in self:
            currency = order.currency_id
            if not order.is_vehicle_contract:
                order.paid_state = False
            elif currency.compare_amounts(order.paid_amount, 0) <= 0:
                order.paid_state = "unpaid"
            # Also when nothing is open because the contract was cancelled.
            elif (
                currency.compare_amounts(order.open_amount, 0) <= 0
                and currency.compare_amounts(order.paid_amount, order.amount_total) >= 0
            ):
                order.paid_state = "paid"
            elif (
                currency.compare_amounts(order.paid_amount, order._deposit_amount())
                <= 0
            ):
                order.paid_state = "deposit"
            else:
                order.paid_state = "partly"

    @api.depends("open_amount")
    def _compute_owed_amount(self):
        for order in self:
            order.owed_amount = max(-order.open_amount, 0.0)

    def _contract_loans(self):
        """Return the payments of the contract that banks are to make, for its print."""
        self.ensure_one()
        # They stand on the contract of whoever prints it.
        return self.sudo().due_ids.filtered(lambda due: due.kind == "loan")

    @api.depends("due_ids.open_amount", "due_ids.date_due")
    def _compute_next_due_date(self):
        for order in self:
            order.next_due_date = min(
                (
                    due.date_due
                    for due in order.due_ids
                    if due.date_due and due.open_amount > 0
                ),
                default=False,
            )

    @api.depends("due_ids.open_amount", "due_ids.date_due", "state")
    def _compute_overdue_amount(self):
        for order in self:
            overdue = sum(order.due_ids.filtered("is_overdue").mapped("open_amount"))
            order.overdue_amount = overdue
            order.is_overdue = bool(overdue)

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("state", "=", "sale") & Domain(
            "next_due_date", "<", fields.Date.context_today(self)
        )
        if True in value and False in value:
            return Domain.TRUE
        return overdue if True in value else ~overdue

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # Whatever a client sends, in the values or as a default.
        defaults = {f"default_{name}" for name in COMPUTED_FIELDS}
        orders = self
        if not defaults.isdisjoint(self.env.context):
            clean = {
                name: value
                for name, value in self.env.context.items()
                if name not in defaults
            }
            orders = self.with_context(clean)  # pylint: disable=context-overridden
        orders = super(SaleOrder, orders).create(
            [
                {
                    name: value
                    for name, value in vals.items()
                    if name not in COMPUTED_FIELDS
                }
                for vals in vals_list
            ]
        )
        return orders.with_env(self.env)

    def write(self, vals):
        if COMPUTED_FIELDS & vals.keys() and not self.env.su:
            raise UserError(
                self.env._(
                    "What is paid of a contract follows from its payments and invoices."
                )
            )
        return super().write(vals)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_take_payment(self):
        """Open the cashier's form for the contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_take_payment_action"
        )
        action["context"] = {"default_order_id": self.id}
        return action

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _hold_cars(self):
        result = super()._hold_cars()
        self._plan_balance()
        return result

    def _plan_due(self, kind, amount, date_due, payer=None):
        """Add what is due: the deposit of a reservation, the payout of a loan.

        :param str kind: a key of ``auto.payment.due.kind``, except the balance
        :param float amount: in the currency of the contract
        :param date_due: day, or ``False`` when it is not known yet
        :param payer: the partner who pays, when it is not the customer
        :return: the ``auto.payment.due``
        """
        self.ensure_one()
        return self.env["auto.payment.due"].create(
            {
                "order_id": self.id,
                "kind": kind,
                "fixed_amount": amount,
                "date_due": date_due,
                "payer_id": payer.id if payer else False,
            }
        )

    def _plan_balance(self):
        """Give each contract the line of what is left to pay."""
        today = fields.Date.context_today(self)
        # Whoever confirms the contract need not be its consultant.
        dues = self.env["auto.payment.due"].sudo()
        dues.create(
            [
                {
                    "order_id": order.id,
                    "kind": "balance",
                    "sequence": 90,
                    "date_due": (order.commitment_date and order.commitment_date.date())
                    or today + timedelta(days=order.company_id.auto_balance_days),
                }
                for order in self
                if order.is_vehicle_contract
                and "balance" not in order.sudo().due_ids.mapped("kind")
            ]
        )

    def _paid_by_invoices(self):
        """Return what is paid of the contract's posted invoices, less credit notes,
        in the contract's currency."""
        self.ensure_one()
        paid = 0.0
        for move in self.order_line.invoice_lines.move_id:
            if move.state != "posted" or not move.is_sale_document():
                continue
            settled = (
                move.amount_total_signed
                - move.amount_residual_signed
                - move._settled_by_drafts()
            ) * self._share_of_invoice(move)
            paid += move.company_currency_id._convert(
                settled,
                self.currency_id,
                self.company_id,
                move.invoice_date or move.date,
            )
        return paid

    def _share_of_invoice(self, move):
        """Return which part of an invoice is for this contract, from 0 to 1."""
        lines = move.invoice_line_ids.filtered("sale_line_ids")
        if lines.sale_line_ids.order_id == self:
            return 1.0
        total = sum(lines.mapped("price_total"))
        mine = lines.filtered(lambda line: line.sale_line_ids.order_id == self)
        return sum(mine.mapped("price_total")) / total if total else 0.0

    def _deposit_amount(self):
        """Return how much of the contract counts as its deposit."""
        self.ensure_one()
        agreed = sum(
            self.due_ids.filtered(lambda due: due.kind == "deposit").mapped("amount")
        )
        taken = sum(
            payment.amount
            for payment in self.contract_payment_ids
            if payment.contract_kind == "deposit"
            and payment.state in PAID_PAYMENT_STATES
        )
        invoiced = sum(
            self.order_line.filtered("is_downpayment")
            .invoice_lines.move_id.filtered(
                lambda move: (
                    move.state == "posted"
                    and not move.invoice_line_ids.sale_line_ids.filtered(
                        lambda line: not line.is_downpayment
                    )
                )
            )
            .mapped("amount_total")
        )
        return max(agreed, taken, invoiced)

    def _share_paid(self):
        """Share what is paid among the lines that are due.

        A payment of a kind pays the lines of that kind first; the rest goes to what
        is due earliest, and last to what a bank or a car taken in part pays.

        :return: dict of ``auto.payment.due`` → amount
        """
        self.ensure_one()
        dues = self.due_ids.sorted(
            lambda due: (
                due.kind in PAID_OTHERWISE,
                due.date_due or fields.Date.to_date("9999-12-31"),
                due.sequence,
            )
        )
        rest = max(self.paid_amount, 0.0)
        shares = dict.fromkeys(dues, 0.0)
        of_kind = self._paid_by_kind()
        for kind_first in (True, False):
            for due in dues:
                limit = due.amount - shares[due]
                if kind_first:
                    limit = min(limit, of_kind.get(due.kind, 0.0))
                share = max(min(limit, rest), 0.0)
                shares[due] += share
                rest -= share
                if kind_first and due.kind in of_kind:
                    of_kind[due.kind] -= share
        return shares

    def _paid_by_kind(self):
        """Return what came in for each kind of what is due, as dict."""
        self.ensure_one()
        of_kind = {}
        for payment in self.contract_payment_ids:
            if payment.state in PAID_PAYMENT_STATES and payment.contract_kind:
                sign = 1 if payment.payment_type == "inbound" else -1
                of_kind[payment.contract_kind] = (
                    of_kind.get(payment.contract_kind, 0.0) + sign * payment.amount
                )
        return of_kind

    def _open_credit_lines(self):
        """Return the journal items that came in for the contract and pay no invoice
        yet."""
        self.ensure_one()
        payments = self.contract_payment_ids.filtered(
            lambda payment: payment.state in PAID_PAYMENT_STATES
        )
        return payments._contract_open_lines()

    def _allocate_payments(self):
        """Let what was paid for these contracts pay their posted invoices."""
        for order in self:
            # Posting an invoice or taking a payment settles the contract, whoever
            # may see the other.
            contract = order.sudo()
            moves = contract.order_line.invoice_lines.move_id.filtered(
                lambda move, one=contract: (
                    move.state == "posted"
                    and move.move_type == "out_invoice"
                    and move.invoice_line_ids.sale_line_ids.order_id == one
                )
            )
            invoiced = moves.line_ids.filtered(
                lambda line: (
                    line.account_id.account_type == "asset_receivable"
                    and not line.reconciled
                )
            )
            paid = contract._open_credit_lines()
            for account in invoiced.account_id & paid.account_id:
                lines = (invoiced | paid).filtered(
                    lambda line, one=account: line.account_id == one
                )
                lines.sorted("date_maturity").reconcile()
