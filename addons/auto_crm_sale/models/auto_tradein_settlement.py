from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AutoTradein(models.Model):
    """How the price of the car pays part of the contract.

    The price is owed to the customer by the vendor bill of the purchase order, and the
    customer owes the contract's invoice. One entry sets the one off against the other;
    it is no discount, so neither tax nor floor price sees it.
    """

    _inherit = "auto.tradein"

    bill_ids = fields.Many2many(
        related="purchase_id.invoice_ids", string="Vendor bills"
    )
    bill_state = fields.Selection(
        selection=[
            ("none", "No bill"),
            ("draft", "Bill to post"),
            ("open", "Owed to the customer"),
            ("settled", "Settled"),
        ],
        string="Settlement",
        compute="_compute_bill_state",
        compute_sudo=True,
    )
    offset_move_id = fields.Many2one(
        comodel_name="account.move",
        string="Offset entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Sets the price of the car off against the contract's invoice.",
    )
    equity_amount = fields.Monetary(
        string="Left for the customer",
        compute="_compute_equity_amount",
        store=True,
        help="The offer, less what is paid off to the lender.",
    )
    offset_amount = fields.Monetary(
        string="Pays of the contract",
        compute="_compute_offset_amount",
        compute_sudo=True,
        help="What is left for the customer, up to what the contract leaves to pay.",
    )
    due_ids = fields.One2many(
        comodel_name="auto.payment.due",
        inverse_name="tradein_id",
        string="In the contract's payments",
        readonly=True,
    )

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("offer_amount", "has_lien", "lien_amount")
    def _compute_equity_amount(self):
        for tradein in self:
            lien = tradein.lien_amount if tradein.has_lien else 0
            tradein.equity_amount = max(tradein.offer_amount - lien, 0)

    @api.depends(
        "equity_amount",
        "order_id.amount_total",
        "order_id.due_ids.fixed_amount",
        "offset_move_id.state",
    )
    def _compute_offset_amount(self):
        for tradein in self:
            credit = tradein._credit_lines()
            if credit:
                tradein.offset_amount = -sum(credit.mapped("balance"))
            else:
                tradein.offset_amount = tradein._offset_wanted()

    @api.depends("bill_ids.state", "bill_ids.amount_residual", "state")
    def _compute_bill_state(self):
        for tradein in self:
            bills = tradein.bill_ids.filtered(lambda bill: bill.state != "cancel")
            if not bills:
                tradein.bill_state = "none"
            elif "draft" in bills.mapped("state"):
                tradein.bill_state = "draft"
            elif sum(bills.mapped("amount_residual_signed")):
                tradein.bill_state = "open"
            else:
                tradein.bill_state = "settled"

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_settle(self):
        """Post the vendor bill and set it off against the contract.

        :raise AccessError: for all but those who post bills
        :raise UserError: when the car is not here, or there is no bill
        """
        self.check_access("read")
        self.env["account.move"].check_access("write")
        for tradein in self:
            tradein._check_step("received")
            if not tradein._bills():
                tradein._make_bill()
            bills = tradein._bills()
            if not bills:
                raise UserError(
                    self.env._(
                        "%(store)s has no journal for purchases: set up its accounts "
                        "first.",
                        store=tradein.company_id.name,
                    )
                )
            drafts = bills.filtered(lambda bill: bill.state == "draft")
            # The bill is the store's; its journal may be the group's.
            drafts.action_post()
            tradein._settle()
        return True

    def action_view_bills(self):
        """Open the vendor bills and the offset entry."""
        self.ensure_one()
        moves = self.bill_ids | self.offset_move_id
        return moves._get_records_action()

    # ------------------------------------------------------------------
    # What is planned
    # ------------------------------------------------------------------

    def _offset_wanted(self):
        """Return what the trade-in is to pay of its contract, in the store's
        currency."""
        self.ensure_one()
        order = self.order_id
        if not order or order.state == "cancel":
            return 0.0
        others = order.due_ids.filtered(
            lambda due: due.kind != "balance" and due.tradein_id != self
        )
        left = order.currency_id._convert(
            order.amount_total - sum(others.mapped("fixed_amount")),
            self.currency_id,
            self.company_id,
            fields.Date.context_today(self),
        )
        return max(min(self.equity_amount, left), 0.0)

    def _sync_due(self):
        """Let the payments of the contract say what the trade-in pays."""
        for tradein in self.sudo():  # the contract's payments, whoever agrees the car
            stands = tradein.state in (
                "accepted",
                "purchased",
                "received",
            ) and tradein.order_id.state in ("draft", "sent", "sale")
            dues = tradein.due_ids
            amount = tradein._offset_wanted() if stands else 0.0
            gone = dues.filtered(
                lambda due, one=tradein, keep=amount: (
                    due.order_id != one.order_id or not keep
                )
            )
            if gone:
                gone.fixed_amount = 0
                gone.unlink()
            if not amount:
                continue
            order = tradein.order_id
            amount = tradein.currency_id._convert(
                amount,
                order.currency_id,
                tradein.company_id,
                fields.Date.context_today(tradein),
            )
            if dues - gone:
                (dues - gone).fixed_amount = amount
            else:
                order._plan_due("tradein", amount, False).write(
                    {"tradein_id": tradein.id, "note": tradein.name}
                )

    # ------------------------------------------------------------------
    # What is booked
    # ------------------------------------------------------------------

    def _bills(self):
        """Return the vendor bills that are not cancelled."""
        bills = self.sudo().purchase_id.invoice_ids  # found for whoever settles
        bills = bills.filtered(
            lambda bill: bill.state != "cancel" and bill.move_type == "in_invoice"
        )
        return bills.with_env(self.env)

    def _is_settled(self):
        """Return whether the offset is booked."""
        self.ensure_one()
        return self.sudo().offset_move_id.state == "posted"

    def _credit_lines(self):
        """Return the items by which posted offsets pay what customers owe."""
        return self.offset_move_id.line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and line.parent_state == "posted"
            )
        )

    def _make_bill(self):
        """Make the draft of the vendor bill, for the cashier to post."""
        for tradein in self:
            # The receipt makes it, whoever receives.
            order = tradein.sudo().purchase_id.with_company(tradein.company_id)
            journals = order.env["account.journal"]
            if order.invoice_ids or not journals.search_count(
                [
                    *journals._check_company_domain(tradein.company_id),
                    ("type", "=", "purchase"),
                ],
                limit=1,
            ):
                continue
            order.action_create_invoice()
            order.invoice_ids.write(
                {
                    "invoice_date": fields.Date.context_today(tradein),
                    "ref": tradein.name,
                }
            )
            tradein._remind(
                self.env._("Post the bill of the car taken in part payment"),
                tradein._cashier(),
            )

    def _settle(self):
        """Set the posted bill off against the contract, once."""
        for tradein in self:
            # Posting the bill settles it, whatever else the cashier may see.
            one = tradein.sudo().with_company(tradein.company_id)
            if one.state != "received" or one._is_settled():
                continue
            payable = one._bills().line_ids.filtered(
                lambda line: (
                    line.account_id.account_type == "liability_payable"
                    and line.parent_state == "posted"
                    and not line.reconciled
                )
            )
            amount = one._amount_to_set_off(payable)
            if amount > 0:
                one._book_offset(payable, amount)
            one._tell_settled(payable)

    def _amount_to_set_off(self, payable):
        """Return how much of the open bill pays what is open of the contract."""
        self.ensure_one()
        order = self.order_id
        if order.state not in ("draft", "sent", "sale"):
            return 0.0
        open_amount = order.currency_id._convert(
            max(order.open_amount, 0.0),
            self.currency_id,
            self.company_id,
            fields.Date.context_today(self),
        )
        owed = -sum(payable.mapped("amount_residual"))
        return self.currency_id.round(min(self._offset_wanted(), open_amount, owed))

    def _book_offset(self, payable, amount):
        """Post the entry and match it with the bill and the contract's invoices."""
        self.ensure_one()
        order = self.order_id
        customer = order.partner_invoice_id.commercial_partner_id.with_company(
            self.company_id
        )
        invoiced = order.order_line.invoice_lines.move_id.line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and line.parent_state == "posted"
            )
        )
        receivable = invoiced[:1].account_id or customer.property_account_receivable_id
        journals = self.env["account.journal"]
        journal = journals.search(
            [
                *journals._check_company_domain(self.company_id),
                ("type", "=", "general"),
            ],
            limit=1,
        )
        words = self.env._(
            "Trade-in %(tradein)s on %(order)s", tradein=self.name, order=order.name
        )
        account = payable[0].account_id
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": journal.id,
                "company_id": self.company_id.id,
                "date": fields.Date.context_today(self),
                "ref": words,
                "line_ids": [
                    Command.create(
                        {
                            "name": words,
                            "account_id": account.id,
                            "partner_id": payable[0].partner_id.id,
                            "debit": amount,
                        }
                    ),
                    Command.create(
                        {
                            "name": words,
                            "account_id": receivable.id,
                            "partner_id": (invoiced[:1].partner_id or customer).id,
                            "credit": amount,
                        }
                    ),
                ],
            }
        )
        self._set_state({"offset_move_id": move.id})
        move._post()
        debit = move.line_ids.filtered("debit")
        (payable.filtered(lambda line: line.account_id == account) | debit).reconcile()
        order._allocate_payments()

    def _tell_settled(self, payable):
        """Say on the trade-in and its contract what was paid by it, and remind the
        cashier of the rest."""
        self.ensure_one()
        money = self.currency_id.format
        rest = -sum(payable.mapped("amount_residual"))
        paid = -sum(self._credit_lines().mapped("balance"))
        if paid:
            sentence = self.env._(
                "The trade-in %(tradein)s has paid %(paid)s. Open: %(open)s.",
                tradein=self.name,
                paid=money(paid),
                open=self.order_id.currency_id.format(self.order_id.open_amount),
            )
            for document in (self, self.order_id):
                document._message_log(body=Markup("<p>%s</p>") % sentence)
        self.activity_unlink(["auto_crm_sale.mail_activity_tradein"])
        if self.currency_id.compare_amounts(rest, 0) > 0:
            self._remind(
                self.env._(
                    "%(amount)s of the bill are still owed for the car",
                    amount=money(rest),
                ),
                self._cashier(),
            )
