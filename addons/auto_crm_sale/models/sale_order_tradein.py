from odoo import api, fields, models


class SaleOrder(models.Model):
    """Cars taken in part payment: they pay like money does."""

    _inherit = "sale.order"

    tradein_ids = fields.One2many(
        comodel_name="auto.tradein",
        inverse_name="order_id",
        string="Trade-ins",
        copy=False,
    )
    tradein_count = fields.Integer(
        string="Number of trade-ins", compute="_compute_tradein_count"
    )

    @api.depends("tradein_ids")
    def _compute_tradein_count(self):
        counts = self.env["auto.tradein"]._counts("order_id", self)
        for order in self:
            order.tradein_count = counts.get(order._origin, 0)

    @api.depends(
        "tradein_ids.offset_move_id.state",
        "tradein_ids.offset_move_id.line_ids.amount_residual",
    )
    def _compute_paid_amount(self):
        result = super()._compute_paid_amount()
        for order in self.filtered("is_vehicle_contract"):
            # What a trade-in pays counts for whoever sees the contract.
            advance = -sum(
                order.sudo().tradein_ids._credit_lines().mapped("amount_residual")
            )
            if not advance:
                continue
            paid = order.paid_amount + order.company_id.currency_id._convert(
                advance,
                order.currency_id,
                order.company_id,
                fields.Date.context_today(order),
            )
            total = 0.0 if order.state == "cancel" else order.amount_total
            order.paid_amount = order.currency_id.round(paid)
            order.open_amount = order.currency_id.round(total - paid)
        return result

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "cancel":
            self._release_tradeins()
        return result

    def action_tradein(self):
        """Open the contract's trade-in, or a new one."""
        self.ensure_one()
        return self.env["auto.tradein"]._action_of(
            self.tradein_ids,
            {
                "order_id": self.id,
                "partner_id": self.partner_id.id,
                "lead_id": self.opportunity_id.id,
                "company_id": self.company_id.id,
            },
        )

    def _release_tradeins(self):
        """Tell who has to decide about the cars that were to pay these contracts."""
        # A colleague may have agreed on the car.
        for tradein in self.sudo().tradein_ids:
            order = tradein.order_id
            if tradein.state in ("draft", "appraised", "offered", "accepted"):
                tradein.order_id = False
                tradein._remind(
                    self.env._(
                        "%(order)s is cancelled: agree on the car anew, or cancel the "
                        "trade-in",
                        order=order.name,
                    ),
                    tradein.user_id,
                )
            elif tradein.state == "purchased":
                tradein.order_id = False
                tradein._remind(
                    self.env._(
                        "%(order)s is cancelled, but its trade-in is bought: pay for "
                        "the car, or cancel the purchase",
                        order=order.name,
                    ),
                    tradein._manager(),
                )
            elif tradein.state == "received":
                tradein._remind(
                    self.env._(
                        "%(order)s is cancelled: the customer is owed %(amount)s for "
                        "the trade-in",
                        order=order.name,
                        amount=tradein.currency_id.format(tradein.equity_amount),
                    ),
                    tradein._cashier(),
                )

    def _contract_tradeins(self):
        """Return the payments of the contract that cars are to make, for its print."""
        self.ensure_one()
        # The car stands on the contract of whoever prints it.
        return self.sudo().due_ids.filtered(lambda due: due.kind == "tradein")

    def _paid_by_kind(self):
        paid = super()._paid_by_kind()
        settled = self.tradein_ids._credit_lines()
        if settled:
            paid["tradein"] = paid.get("tradein", 0.0) - sum(settled.mapped("balance"))
        return paid

    def _open_credit_lines(self):
        return super()._open_credit_lines() | self.tradein_ids._credit_lines().filtered(
            lambda line: not line.reconciled
        )
