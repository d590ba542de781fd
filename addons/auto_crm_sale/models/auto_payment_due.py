from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

KINDS = [
    ("deposit", "Deposit"),
    ("balance", "Balance"),
    ("loan", "Loan payout"),
    ("tradein", "Trade-in"),
    ("other", "Other"),
]


class AutoPaymentDue(models.Model):
    """What of a contract is due when, and from whom.

    Odoo's payment terms begin with an invoice; a car is mostly paid before it.
    What is paid comes from Odoo's invoices and payments alone.
    """

    _name = "auto.payment.due"
    _inherit = ["auto.partner.guard.mixin"]
    _description = "Payment due"
    _order = "date_due, sequence, id"
    _guarded_partner_fields = ("partner_id", "payer_id")

    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Contract",
        required=True,
        index=True,
        ondelete="cascade",
    )
    order_state = fields.Selection(
        related="order_id.state", string="Contract is", store=True
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    partner_id = fields.Many2one(
        related="order_id.partner_id", string="Customer", store=True, index=True
    )
    user_id = fields.Many2one(
        related="order_id.user_id", string="Consultant", store=True, index=True
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(selection=KINDS, required=True, default="deposit")
    payer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Paid by",
        index="btree_not_null",
        ondelete="restrict",
        help="Who pays this, when it is not the customer: the bank that pays out a "
        "loan, an employer.",
    )
    date_due = fields.Date(string="Due")
    fixed_amount = fields.Monetary(
        string="Agreed",
        help="What was agreed. The balance is what the other lines leave of the "
        "contract's total.",
    )
    amount = fields.Monetary(compute="_compute_amount", store=True)
    paid_amount = fields.Monetary(
        string="Paid", compute="_compute_paid_amount", store=True
    )
    open_amount = fields.Monetary(
        string="Open", compute="_compute_paid_amount", store=True
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    addon_id = fields.Many2one(
        comodel_name="auto.sale.addon",
        string="Loan",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    note = fields.Char(string="Remarks")

    _one_balance = models.UniqueIndex(
        "(order_id) WHERE kind = 'balance'",
        "A contract has one balance: what the other payments leave open.",
    )
    _fixed_amount_check = models.Constraint(
        "CHECK(COALESCE(fixed_amount, 0) >= 0)", "A payment cannot be negative."
    )
    _open_idx = models.Index("(company_id, date_due) WHERE open_amount > 0")

    # ------------------------------------------------------------------
    # Compute and check
    # ------------------------------------------------------------------

    @api.depends(
        "kind",
        "fixed_amount",
        "order_id.amount_total",
        "order_id.due_ids.kind",
        "order_id.due_ids.fixed_amount",
    )
    def _compute_amount(self):
        for due in self:
            if due.kind == "balance":
                others = due.order_id.due_ids - due
                due.amount = max(
                    due.order_id.amount_total - sum(others.mapped("fixed_amount")), 0
                )
            else:
                due.amount = due.fixed_amount

    @api.depends(
        "amount",
        "date_due",
        "sequence",
        "order_id.state",
        "order_id.paid_amount",
        "order_id.due_ids.amount",
        "order_id.contract_payment_ids.contract_kind",
    )
    def _compute_paid_amount(self):
        for order, dues in self.grouped("order_id").items():
            shares = order._share_paid()
            for due in dues:
                paid = shares.get(due, 0.0)
                due.paid_amount = paid
                is_void = order.state == "cancel"
                due.open_amount = 0.0 if is_void else due.amount - paid

    @api.depends("date_due", "open_amount", "order_state")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for due in self:
            due.is_overdue = bool(
                due.order_state == "sale"
                and due.date_due
                and due.date_due < today
                and due.open_amount > 0
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = (
            Domain("order_state", "=", "sale")
            & Domain("date_due", "<", fields.Date.context_today(self))
            & Domain("open_amount", ">", 0)
        )
        if True in value and False in value:
            return Domain.TRUE
        return overdue if True in value else ~overdue

    @api.depends("kind", "order_id.name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        # Whoever sees what is due sees of which contract, also a colleague's.
        for due in self.sudo():
            due.display_name = f"{due.order_id.name or ''} · {kinds.get(due.kind, '')}"

    @api.constrains("fixed_amount", "kind", "order_id")
    def _check_total(self):
        for order in self.order_id:
            fixed = sum(
                order.due_ids.filtered(lambda due: due.kind != "balance").mapped(
                    "fixed_amount"
                )
            )
            if order.currency_id.compare_amounts(fixed, order.amount_total) > 0:
                raise ValidationError(
                    self.env._(
                        "The payments of %(order)s come to more than its total.",
                        order=order.name,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        if "order_id" in vals and any(
            due.order_id.id != vals["order_id"] for due in self
        ):
            raise UserError(self.env._("A payment stays with its contract."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_paid(self):
        for due in self:
            if due.paid_amount > 0 or (
                due.kind == "balance" and due.order_id.state == "sale"
            ):
                raise UserError(
                    self.env._(
                        "%(due)s is paid, or what is left of a contract in force: it "
                        "stays.",
                        due=due.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_take_payment(self):
        """Open the cashier's form for this payment."""
        self.ensure_one()
        action = self.order_id.action_take_payment()
        action["context"] = {
            **action["context"],
            "default_kind": self.kind,
            "default_amount": self.open_amount,
            "default_payer_id": (self.payer_id or self.partner_id).id,
        }
        return action
