from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .auto_payment_due import KINDS
from .sale_order_payment import PAID_PAYMENT_STATES


class AccountPayment(models.Model):
    _inherit = "account.payment"

    contract_id = fields.Many2one(
        comodel_name="sale.order",
        string="Contract",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        domain="[('is_vehicle_contract', '=', True), ('company_id', '=', company_id)]",
        help="The contract of a car that this pays; what its invoices do not take "
        "yet counts as paid in advance.",
    )
    contract_kind = fields.Selection(
        selection=KINDS, string="Paid as", copy=False, help="What of the contract."
    )

    @api.constrains("contract_id", "company_id", "partner_type")
    def _check_contract(self):
        for payment in self.filtered("contract_id"):
            if payment.contract_id.company_id != payment.company_id:
                raise ValidationError(
                    self.env._(
                        "%(order)s is a contract of another store.",
                        order=payment.contract_id.name,
                    )
                )
            if payment.partner_type != "customer":
                raise ValidationError(
                    self.env._("A contract is paid by a customer's payment.")
                )

    def write(self, vals):
        if "contract_id" in vals:
            for payment in self.filtered("contract_id"):
                if payment.contract_id.id != vals["contract_id"] and (
                    payment.state in PAID_PAYMENT_STATES
                ):
                    raise UserError(
                        self.env._(
                            "%(payment)s was taken for %(order)s. Reset it to draft "
                            "to book it on another contract.",
                            payment=payment.display_name,
                            order=payment.contract_id.name,
                        )
                    )
        result = super().write(vals)
        if vals.get("contract_id"):
            self.contract_id._allocate_payments()
        return result

    def action_post(self):
        result = super().action_post()
        self.contract_id._allocate_payments()
        self._tell_contract()
        return result

    def _tell_contract(self):
        """Write on the contract what came in, for those who see no payments."""
        kinds = dict(self._fields["contract_kind"]._description_selection(self.env))
        for payment in self.filtered("contract_id"):
            order = payment.contract_id.sudo()  # the cashier need not see it all
            received = payment.payment_type == "inbound"
            sentence = (
                self.env._("Payment received: %(amount)s (%(kind)s). Open: %(open)s.")
                if received
                else self.env._("Paid back: %(amount)s (%(kind)s). Open: %(open)s.")
            )
            order._message_log(
                body=Markup("<p>%s</p>")
                % (
                    sentence
                    % {
                        "amount": payment.currency_id.format(payment.amount),
                        "kind": kinds.get(payment.contract_kind, "–"),
                        "open": order.currency_id.format(order.open_amount),
                    }
                )
            )

    def _contract_open_lines(self):
        """Return the journal items of these payments that pay no invoice yet."""
        return self.move_id.line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and line.parent_state == "posted"
                and not line.reconciled
            )
        )

    def _contract_unallocated(self):
        """Return how much of a payment no invoice has taken yet, in the currency of
        its contract; negative for money paid back."""
        self.ensure_one()
        if self.state not in PAID_PAYMENT_STATES:
            return 0.0
        order = self.contract_id
        if self.move_id:
            amount = -sum(self._contract_open_lines().mapped("amount_residual"))
            currency = self.company_id.currency_id
        elif self.state == "paid":
            return 0.0  # matched with the bank: the invoice says it
        else:
            sign = 1 if self.payment_type == "inbound" else -1
            amount, currency = sign * self.amount, self.currency_id
        return currency._convert(amount, order.currency_id, self.company_id, self.date)
