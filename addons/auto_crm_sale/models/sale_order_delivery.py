from odoo import api, fields, models


class SaleOrder(models.Model):
    """When the cars of a contract may leave."""

    _inherit = "sale.order"

    delivery_notice_ids = fields.One2many(
        comodel_name="auto.delivery.notice",
        inverse_name="order_id",
        string="Delivery notices",
    )
    delivery_notice_count = fields.Integer(
        compute="_compute_delivery_notice_count", compute_sudo=True
    )
    delivery_notice_state = fields.Selection(
        selection=lambda self: (
            self.env["auto.delivery.notice"]
            ._fields["state"]
            ._description_selection(self.env)
        ),
        string="Delivery notice",
        compute="_compute_delivery_notice_count",
        compute_sudo=True,
    )

    @api.depends("delivery_notice_ids.state")
    def _compute_delivery_notice_count(self):
        for order in self:
            notices = order.delivery_notice_ids
            latest = notices.sorted("id", reverse=True)[:1]
            order.delivery_notice_count = len(notices)
            order.delivery_notice_state = latest.state

    def action_delivery_notice(self):
        """Open the contract's notice, or a new one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_delivery_notice_action"
        )
        action["context"] = {"default_order_id": self.id}
        action["domain"] = [("order_id", "=", self.id)]
        notices = self.delivery_notice_ids
        if len(notices) < 2:
            action["views"] = [(False, "form")]
            action["res_id"] = notices.id
        return action

    def _delivery_conditions(self, vehicles):
        """Return the conditions of the store's rule for letting cars go.

        Other parts may add theirs.

        :param vehicles: the cars that are to leave
        :return: list of (code, sentence, whether it is met)
        """
        self.ensure_one()
        company = self.company_id
        env = self.env
        rows = [
            ("confirmed", env._("The contract is confirmed."), self.state == "sale"),
            (
                "approved",
                env._("The contract is approved as it stands."),
                self.contract_approval in (False, "none", "approved"),
            ),
        ]
        if company.auto_notice_invoiced:
            left = self.amount_total - self.amount_invoiced
            rows.append(
                (
                    "invoiced",
                    env._(
                        "The contract is invoiced (left: %(left)s).",
                        left=self.currency_id.format(left),
                    ),
                    self.currency_id.compare_amounts(left, 0) <= 0,
                )
            )
        loan = self._loan_open_amount()
        is_approved = self._loan_is_approved() if loan else True
        if company.auto_notice_loan and loan:
            rows.append(("loan", env._("The loan is approved."), is_approved))
        if company.auto_notice_paid_percent:
            by_customer = self.amount_total - (loan if is_approved else 0.0)
            wanted = by_customer * company.auto_notice_paid_percent / 100
            rows.append(
                (
                    "paid",
                    env._(
                        "Paid: %(paid)s of %(wanted)s.",
                        paid=self.currency_id.format(self.paid_amount),
                        wanted=self.currency_id.format(wanted),
                    ),
                    self.currency_id.compare_amounts(self.paid_amount, wanted) >= 0,
                )
            )
        if company.auto_pdi_required:
            rows.append(
                (
                    "pdi",
                    env._("The pre-delivery inspection (PDI) is passed."),
                    all(car.pdi_state == "passed" for car in vehicles),
                )
            )
        return rows

    def _loan_open_amount(self):
        """Return what a loan has still to pay out."""
        self.ensure_one()
        loans = self.due_ids.filtered(lambda due: due.kind == "loan")
        return sum(loans.mapped("open_amount"))

    def _loan_is_approved(self):
        """Return whether every loan of this contract is approved, or paid out."""
        self.ensure_one()
        return all(
            due.addon_id.loan_state in ("approved", "paid_out")
            for due in self.due_ids
            if due.kind == "loan" and due.open_amount > 0
        )

    def _give_back_cars(self, vehicles=None):
        result = super()._give_back_cars(vehicles)
        # Who changes the contract need not have rights on its notices.
        notices = self.sudo().delivery_notice_ids
        if vehicles is not None:
            notices = notices.filtered(lambda one: one.vehicle_ids & vehicles)
        notices._void(self.env._("The contract let the car go."))
        return result
