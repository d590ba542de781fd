from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from .auto_reservation import OPEN_STATES, STATE

# Written by the methods below only.
SETTLED_FIELDS = frozenset(
    {
        "deposit_paid",
        "deposit_state",
        "deposit_settled",
        "deposit_due_date",
        "forfeited_amount",
        "refund_amount",
        "cancelled_by",
    }
)


class AutoReservation(models.Model):
    """The deposit: a real down payment on the reservation's quotation.

    It is asked for by Odoo's down payment invoice, which the contract's invoice
    deducts. When the reservation ends without a contract, the invoice is credited
    and what the store keeps is invoiced as a forfeited deposit; what is left of the
    credit note is paid back to the customer.
    """

    _inherit = "auto.reservation"

    deposit_amount = fields.Monetary(
        string="Deposit",
        compute="_compute_deposit_amount",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="What the customer pays for the reservation; the contract deducts it.",
    )
    deposit_due_date = fields.Datetime(
        string="Deposit due", readonly=True, copy=False, help="Unpaid by then, it ends."
    )
    deposit_move_ids = fields.One2many(
        comodel_name="account.move",
        inverse_name="auto_reservation_id",
        string="Deposit invoices",
        readonly=True,
    )
    deposit_paid = fields.Monetary(
        compute="_compute_deposit_paid", compute_sudo=True, store=True, copy=False
    )
    deposit_settled = fields.Boolean(readonly=True, copy=False)
    forfeited_amount = fields.Monetary(string="Deposit kept", readonly=True, copy=False)
    refund_amount = fields.Monetary(
        string="Deposit to give back", readonly=True, copy=False
    )
    cancelled_by = fields.Selection(
        selection="_selection_cancelled_by", readonly=True, copy=False
    )
    deposit_state = fields.Selection(
        selection=[
            ("none", "None"),
            ("agreed", "Not asked for"),
            ("due", "To be paid"),
            ("partly", "Partly paid"),
            ("paid", "Paid"),
            ("unsettled", "To give back or keep"),
            ("refund", "To pay back"),
            ("settled", "Settled"),
        ],
        compute="_compute_deposit_state",
        compute_sudo=True,
        store=True,
        index=True,
        copy=False,
    )

    _deposit_check = models.Constraint(
        "CHECK(deposit_amount IS NULL OR deposit_amount >= 0)",
        "A deposit cannot be negative.",
    )

    @api.model
    def _selection_cancelled_by(self):
        return (
            self.env["auto.forfeit.rule"]
            ._fields["cancelled_by"]
            ._description_selection(self.env)
        )

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("company_id")
    def _compute_deposit_amount(self):
        for reservation in self:
            reservation.deposit_amount = (
                reservation.deposit_amount or reservation.company_id.auto_deposit_min
            )

    @api.depends(
        "deposit_settled",
        "deposit_move_ids.state",
        "deposit_move_ids.payment_state",
        "deposit_move_ids.amount_residual",
        "order_id.contract_payment_ids.state",
        "order_id.contract_payment_ids.contract_kind",
        "order_id.contract_payment_ids.move_id.line_ids.amount_residual",
    )
    def _compute_deposit_paid(self):
        for reservation in self:
            if reservation.deposit_settled:
                reservation.deposit_paid = reservation.deposit_paid  # as it was then
                continue
            paid = sum(
                move.amount_total_signed - move.amount_residual_signed
                for move in reservation._deposit_invoices()
                if move.payment_state != "reversed"
            )
            reservation.deposit_paid = paid + reservation._deposit_unallocated()

    @api.depends(
        "deposit_paid",
        "deposit_amount",
        "deposit_settled",
        "state",
        "order_id.state",
        "deposit_move_ids.state",
        "deposit_move_ids.move_type",
        "deposit_move_ids.amount_residual",
    )
    def _compute_deposit_state(self):
        for reservation in self:
            reservation.deposit_state = reservation._deposit_state_now()

    def _deposit_state_now(self):
        currency = self.currency_id
        paid, agreed = self.deposit_paid, self.deposit_amount
        if self.deposit_settled:
            return "refund" if self._open_deposit_refunds() else "settled"
        if currency.compare_amounts(paid, 0) > 0:
            if self.state in ("expired", "cancelled") and self.order_id.state != "sale":
                return "unsettled"
            return "paid" if currency.compare_amounts(paid, agreed) >= 0 else "partly"
        if not agreed or self.state not in OPEN_STATES:
            return "none"
        return "due" if self._deposit_invoices() else "agreed"

    def _deposit_invoices(self):
        """Return the posted invoices that ask for the deposit."""
        return self.deposit_move_ids.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_invoice"
                and move.invoice_line_ids.sale_line_ids
            )
        )

    def _open_deposit_refunds(self):
        """Return the posted credit notes of which the customer has not all back."""
        return self.deposit_move_ids.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_refund"
                and move.amount_residual
            )
        )

    def _deposit_unallocated(self):
        """Return what was paid as deposit and no invoice has taken yet."""
        self.ensure_one()
        return sum(
            payment._contract_unallocated()
            for payment in self.order_id.contract_payment_ids
            if payment.contract_kind == "deposit"
        )

    @api.constrains("deposit_amount", "vehicle_id", "product_id")
    def _check_deposit_amount(self):
        for reservation in self:
            # Prices are no secret of whoever reserves.
            car, product = reservation.vehicle_id.sudo(), reservation.product_id.sudo()
            price = car.list_price or product.lst_price
            if price and reservation.deposit_amount > price:
                raise ValidationError(
                    self.env._(
                        "A deposit of %(deposit)s is more than the car's price of "
                        "%(price)s.",
                        deposit=reservation.currency_id.format(
                            reservation.deposit_amount
                        ),
                        price=reservation.currency_id.format(price),
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            for name in SETTLED_FIELDS:
                vals.pop(name, None)
        return super().create(vals_list)

    def write(self, vals):
        if (
            SETTLED_FIELDS & vals.keys()
            and self.env.context.get("auto_reservation") is not STATE
        ):
            raise UserError(
                self.env._("A deposit is paid and settled by its invoices only.")
            )
        if "deposit_amount" in vals:
            for reservation in self.sudo().filtered("deposit_move_ids"):
                if reservation.deposit_amount != vals["deposit_amount"]:
                    raise UserError(
                        self.env._(
                            "The deposit of %(name)s has been asked for already.",
                            name=reservation.display_name,
                        )
                    )
        return super().write(vals)

    # ------------------------------------------------------------------
    # Asking for it
    # ------------------------------------------------------------------

    def action_confirm(self):
        for reservation in self:
            least = reservation.company_id.auto_deposit_min
            if (
                reservation.currency_id.compare_amounts(
                    reservation.deposit_amount, least
                )
                < 0
            ):
                raise UserError(
                    self.env._(
                        "%(store)s reserves a car with a deposit of at least "
                        "%(amount)s.",
                        store=reservation.company_id.name,
                        amount=reservation.currency_id.format(least),
                    )
                )
        return super().action_confirm()

    def _take(self):
        result = super()._take()
        now = fields.Datetime.now()
        for reservation in self:
            hours = reservation.company_id.auto_deposit_hours
            if hours and reservation.deposit_amount and not reservation.deposit_paid:
                reservation._set_state(
                    {"deposit_due_date": now + timedelta(hours=hours)}
                )
        return result

    def action_request_deposit(self):
        """Make the down payment invoice of the deposit, on the reservation's contract.

        :return: the action that opens the reservation's contract
        :raise UserError: when there is nothing to ask for, or the contract is worth
            less
        """
        for reservation in self:
            reservation._request_deposit()
        return True

    def _request_deposit(self):
        self.ensure_one()
        self.check_access("write")
        if self.state not in OPEN_STATES or not self.deposit_amount:
            raise UserError(
                self.env._("%(name)s asks for no deposit.", name=self.display_name)
            )
        # Whoever takes the reservation need not see invoices.
        if self.sudo()._deposit_invoices():
            raise UserError(
                self.env._(
                    "The deposit of %(name)s has been asked for already.",
                    name=self.display_name,
                )
            )
        if not self.order_id:
            self.action_make_contract()
        invoice = self._make_deposit_invoice(self.deposit_amount)
        day = self.deposit_due_date or fields.Datetime.now()
        # What is due is planned by whoever agrees it.
        self.order_id.sudo()._plan_due(
            "deposit",
            self.deposit_amount,
            fields.Datetime.context_timestamp(self, day).date(),
        )
        self._message_log(
            body=self.env._(
                "Deposit asked for: %(amount)s (%(invoice)s).",
                amount=self.currency_id.format(self.deposit_amount),
                invoice=invoice.name,
            )
        )

    def _make_deposit_invoice(self, amount):
        """Post a down payment invoice on the contract, by Odoo's own wizard.

        :param float amount: with taxes, in the store's currency
        """
        self.ensure_one()
        # The agreed deposit is invoiced without a right in accounting; the wizard
        # makes Odoo's own down payment line and invoice, nothing else.
        order = self.order_id.sudo().with_company(self.company_id)
        amount = self.currency_id._convert(
            amount, order.currency_id, self.company_id, fields.Date.context_today(self)
        )
        if order.currency_id.compare_amounts(amount, order.amount_total) > 0:
            raise UserError(
                self.env._(
                    "The deposit is more than the whole contract %(contract)s "
                    "(%(total)s). Enter its price first.",
                    contract=order.name,
                    total=order.currency_id.format(order.amount_total),
                )
            )
        wizard = order.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "fixed",
                "fixed_amount": amount,
            }
        )
        invoice = wizard._create_invoices(order)
        invoice.auto_reservation_id = self.id
        invoice.action_post()
        return invoice

    def action_take_deposit(self):
        """Open the cashier's form for the deposit."""
        self.ensure_one()
        if not self.order_id:
            raise UserError(
                self.env._("Ask for the deposit first: there is nothing to pay yet.")
            )
        action = self.order_id.action_take_payment()
        action["context"] = {
            **action["context"],
            "default_kind": "deposit",
            "default_amount": max(self.deposit_amount - self.deposit_paid, 0),
        }
        return action

    def action_pay_deposit_back(self):
        """Open the payment of what the customer gets back."""
        self.ensure_one()
        return self._open_deposit_refunds().action_register_payment()

    def action_view_deposit_moves(self):
        """Open the invoices and credit notes of the deposit."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        action["domain"] = [("auto_reservation_id", "=", self.id)]
        action["context"] = {"create": False}
        return action

    # ------------------------------------------------------------------
    # Ending
    # ------------------------------------------------------------------

    def action_open_cancel(self):
        """Open the window that asks why the reservation ends and shows the money."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel the reservation")
            if self.state in OPEN_STATES
            else self.env._("Settle the deposit"),
            "res_model": "auto.reservation.cancel",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_reservation_id": self.id},
        }

    def _end(self, state, reason=""):
        super()._end(state, reason)
        if state == "done":
            return
        for reservation in self.filtered(lambda one: one.order_id.state != "sale"):
            reservation._deposit_left_over()

    def _deposit_left_over(self):
        """Withdraw a deposit that was not paid; have a paid one decided on."""
        self.ensure_one()
        # The reservation is over, whoever ended it: its invoice goes with it.
        moves = self.sudo().deposit_move_ids
        if self.deposit_settled or not (moves or self.deposit_paid):
            return
        if self.deposit_paid:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Give the deposit back, or keep it"),
                user_id=self.user_id.id or self.env.uid,
            )
            return
        self._credit_deposit(self.sudo()._deposit_invoices())

    def _forfeit_rules(self):
        """Return the rules of forfeiture that hold for the reservation."""
        self.ensure_one()
        # Printed for the customer, who may know them.
        rules = (
            self.env["auto.forfeit.rule"]
            .sudo()
            .search([("company_id", "in", (False, self.company_id.id))])
        )
        own = rules.filtered("company_id")
        return rules.filtered(
            lambda rule: (
                rule.company_id or rule.cancelled_by not in own.mapped("cancelled_by")
            )
        )

    def _days_held(self):
        self.ensure_one()
        start = self.date_start or self.date_queue or self.create_date
        return max((fields.Datetime.now() - start).days, 0)

    def _settle_deposit(self, percent, cancelled_by):
        """Keep a part of the paid deposit, and owe the customer the rest.

        :param float percent: 0 to 100, of what was paid
        :param str cancelled_by: a key of ``auto.forfeit.rule.cancelled_by``
        :return: the credit notes
        """
        self.ensure_one()
        # Decided by the rules or a manager: whoever cancels needs no right in
        # accounting for the documents that follow.
        reservation = self.sudo().with_company(self.company_id)
        paid = reservation.deposit_paid
        kept = self.currency_id.round(paid * percent / 100)
        rest = reservation._deposit_unallocated()
        if self.currency_id.compare_amounts(rest, 0) > 0:
            reservation._make_deposit_invoice(rest)
            reservation.order_id._allocate_payments()
        invoices = reservation._deposit_invoices()
        reservation._set_state(
            {
                "deposit_settled": True,
                "forfeited_amount": kept,
                "refund_amount": paid - kept,
                "cancelled_by": cancelled_by,
            }
        )
        refunds = reservation._credit_deposit(invoices)
        if kept:
            reservation._invoice_forfeited(kept, refunds)
        return refunds.sudo(self.env.su)

    def _credit_deposit(self, invoices):
        """Credit these invoices of the deposit in full."""
        if not invoices:
            return invoices
        values = [
            {
                "ref": self.env._("Deposit of %s", self.name),
                "invoice_date": fields.Date.context_today(self),
                "auto_reservation_id": self.id,
            }
            for _invoice in invoices
        ]
        # Not as a cancellation: that would take the payment off the invoice.
        refunds = invoices._reverse_moves(values)
        refunds.action_post()
        (invoices | refunds)._reconcile_open_deposit()
        return refunds

    def _invoice_forfeited(self, amount, refunds):
        """Invoice what the store keeps, paid by the credit notes of the deposit."""
        product = self.env.ref("auto_crm_sale.product_forfeited_deposit")
        lang = self.partner_id.lang
        line = {
            "product_id": product.id,
            "name": self.with_context(lang=lang).env._(
                "Forfeited deposit of reservation %s", self.name
            ),
            "quantity": 1,
            "price_unit": amount,
            "tax_ids": [Command.set(product.taxes_id.ids)],
        }
        income = product.product_tmpl_id.get_product_accounts().get("income")
        if not income:  # a deposit's own income account, where the product has none
            income = refunds.invoice_line_ids.account_id[:1]
            line["account_id"] = income.id
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": self.company_id.id,
                "partner_id": self.partner_id.id,
                "currency_id": self.currency_id.id,
                "invoice_origin": self.name,
                "invoice_user_id": self.user_id.id,
                "auto_reservation_id": self.id,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        move.action_post()
        (move | refunds)._reconcile_open_deposit()
        return move

    # ------------------------------------------------------------------
    # Expiry
    # ------------------------------------------------------------------

    @api.model
    def _expiry_domain(self):
        unpaid = (
            Domain("state", "=", "active")
            & Domain("deposit_due_date", "<=", fields.Datetime.now())
            & Domain("deposit_state", "in", ("agreed", "due", "partly"))
            & (Domain("order_id", "=", False) | Domain("order_id.state", "!=", "sale"))
        )
        return super()._expiry_domain() | unpaid

    def _expiry_reason(self):
        now = fields.Datetime.now()
        if self.date_expiry and self.date_expiry <= now:
            return super()._expiry_reason()
        return self.env._("The deposit was not paid in time.")
