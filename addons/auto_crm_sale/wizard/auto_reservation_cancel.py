from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.auto_reservation import OPEN_STATES

MANAGERS = ("sales_manager", "store_manager", "head_office")


class AutoReservationCancel(models.TransientModel):
    """Asks why a reservation ends, and shows what is paid back of the deposit."""

    _name = "auto.reservation.cancel"
    _inherit = ["auto.window.mixin"]
    _description = "Cancel a reservation"
    _document_field = "reservation_id"

    reservation_id = fields.Many2one(
        comodel_name="auto.reservation", required=True, readonly=True
    )
    is_open = fields.Boolean(compute="_compute_money")
    cancelled_by = fields.Selection(
        selection=[("customer", "The customer"), ("store", "The store")],
        string="Who cancels",
        required=True,
        default="customer",
    )
    reason = fields.Char(string="Reason")
    cancel_order = fields.Boolean(
        string="Cancel the quotation too",
        compute="_compute_cancel_order",
        store=True,
        readonly=False,
    )
    has_quotation = fields.Boolean(compute="_compute_cancel_order", store=True)
    currency_id = fields.Many2one(related="reservation_id.currency_id")
    deposit_paid = fields.Monetary(related="reservation_id.deposit_paid")
    percent = fields.Float(
        string="Kept (%)",
        digits=(5, 2),
        compute="_compute_percent",
        store=True,
        readonly=False,
        help="By the store's rules of forfeiture; a manager may decide otherwise.",
    )
    may_decide = fields.Boolean(compute="_compute_may_decide")
    kept_amount = fields.Monetary(string="The store keeps", compute="_compute_money")
    refund_amount = fields.Monetary(
        string="The customer gets back", compute="_compute_money"
    )

    @api.depends("reservation_id", "cancelled_by")
    def _compute_percent(self):
        for wizard in self:
            wizard.percent = wizard._percent_by_rule()

    @api.depends("reservation_id")
    def _compute_cancel_order(self):
        for wizard in self:
            order = wizard.reservation_id.order_id
            wizard.has_quotation = order.state in ("draft", "sent")
            wizard.cancel_order = wizard.has_quotation

    @api.depends_context("uid")
    def _compute_may_decide(self):
        self.may_decide = self._may_decide()

    @api.depends("reservation_id", "percent")
    def _compute_money(self):
        for wizard in self:
            reservation = wizard.reservation_id
            paid = reservation.deposit_paid
            kept = reservation.currency_id.round(paid * wizard.percent / 100)
            wizard.is_open = reservation.state in OPEN_STATES
            wizard.kept_amount = kept
            wizard.refund_amount = paid - kept

    def _may_decide(self):
        return self.env.su or bool(self.env.user._auto_roles() & set(MANAGERS))

    def _percent_by_rule(self):
        self.ensure_one()
        reservation = self.reservation_id
        party = "expiry" if reservation.state == "expired" else self.cancelled_by
        return self.env["auto.forfeit.rule"]._percent_kept(
            reservation.company_id, party, reservation._days_held()
        )

    def action_cancel(self):
        """End the reservation, and settle its deposit.

        :raise UserError: without a reason, when somebody without the right changed
            the share, or when it ended already
        """
        self.ensure_one()
        reservation = self.reservation_id
        reservation.check_access("write")
        is_open = reservation.state in OPEN_STATES
        if not is_open and reservation.deposit_state != "unsettled":
            raise UserError(self.env._("The reservation has ended already."))
        if is_open and reservation.order_id.state == "sale":
            return reservation.action_cancel()  # says why not
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Please say why the reservation ends."))
        if not 0 <= self.percent <= 100:
            raise UserError(self.env._("The store keeps between 0 and 100 %."))
        if (
            not self._may_decide()
            and abs(self.percent - self._percent_by_rule()) > 0.01
        ):
            raise UserError(
                self.env._("Only a manager may keep another share of the deposit.")
            )
        if reservation.deposit_paid and not reservation.deposit_settled:
            party = "expiry" if reservation.state == "expired" else self.cancelled_by
            reservation._settle_deposit(self.percent, party)
            reservation.activity_unlink(["mail.mail_activity_data_todo"])
        if is_open:
            reservation.action_cancel(reason)
        else:
            reservation._message_log(body=reason)
        order = reservation.order_id
        if self.cancel_order and order.state in ("draft", "sent"):
            order._action_cancel()
        return {"type": "ir.actions.act_window_close"}
