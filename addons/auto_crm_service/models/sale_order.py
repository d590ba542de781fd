from odoo import fields, models
from odoo.exceptions import UserError

from .auto_labour_rate import PAY_TYPES


class SaleOrder(models.Model):
    """The settlement of a repair order with one of its payers."""

    _inherit = "sale.order"

    auto_repair_id = fields.Many2one(
        comodel_name="repair.order",
        string="Settles",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The repair order that this order settles with one of its payers.",
    )
    auto_pay_type = fields.Selection(
        selection=PAY_TYPES, string="Paid by", readonly=True, copy=False
    )

    _auto_payer_uniq = models.UniqueIndex(
        "(auto_repair_id, auto_pay_type)"
        " WHERE auto_repair_id IS NOT NULL AND state != 'cancel'",
        "The repair order is settled with this payer already.",
    )

    def action_cancel(self):
        settlements = self.filtered("auto_repair_id")
        if settlements:
            raise UserError(
                self.env._(
                    "%(order)s settles the repair order %(repair)s. Take the "
                    "settlement back there.",
                    order=settlements[0].name,
                    repair=settlements[0].auto_repair_id.sudo().name,
                )
            )
        return super().action_cancel()

    def _standing_invoices(self):
        """Return the posted invoices that no credit note has taken back."""
        return self.invoice_ids.filtered(
            lambda one: (
                one.move_type == "out_invoice"
                and one.state == "posted"
                and one.payment_state != "reversed"
            )
        )

    def _service_payment(self):
        """Return how far these orders are paid, as a payment status of a repair.

        Where the customer has nothing to pay there is nothing to wait for.
        """
        due = self.filtered(lambda one: not one.currency_id.is_zero(one.amount_total))
        if not due:
            return "paid"
        states = set(due._standing_invoices().mapped("payment_state"))
        if states and states <= {"paid", "in_payment"}:
            return "paid"
        return "partial" if states - {"not_paid"} else "open"
