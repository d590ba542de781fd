from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

KIND = "service_discount"
# Nothing is given away any more.
OVER = ("settled", "returned", "cancelled")


class RepairOrder(models.Model):
    """Discounts above what an adviser may give are approved, as contracts are."""

    _name = "repair.order"
    _inherit = ["repair.order", "auto.approval.mixin"]

    discount_state = fields.Selection(
        selection=[
            ("needed", "Discount to be approved"),
            ("waiting", "Discount waits for approval"),
        ],
        string="Discount",
        compute="_compute_discount_state",
        compute_sudo=True,
        help="Of discounts above what an adviser may give.",
    )
    discount_text = fields.Char(
        string="Discounts to approve",
        compute="_compute_discount_state",
        compute_sudo=True,
    )
    may_decide_discount = fields.Boolean(compute="_compute_may_decide_discount")

    @api.depends(
        "service_state",
        "approval_ids.state",
        "line_ids.price_unit",
        "line_ids.price_list",
        "line_ids.discount",
        "line_ids.pay_type",
        "line_ids.decision",
        "line_ids.off_asked",
        "line_ids.off_agreed",
    )
    def _compute_discount_state(self):
        for repair in self:
            cheap = repair._cheap_lines()
            asked = cheap and all(
                line.off_asked + 0.05 > line._off_list() for line in cheap
            )
            waits = asked and repair._waiting_approvals(KIND)
            state = "waiting" if waits else "needed"
            repair.discount_state = state if cheap else False
            repair.discount_text = ", ".join(
                f"{line.name} -{line._off_list():.0f} %" for line in cheap
            )

    @api.depends("discount_state")
    @api.depends_context("uid")
    def _compute_may_decide_discount(self):
        waiting = self.filtered(lambda one: one.discount_state == "waiting")
        decidable = waiting._decidable(KIND) if waiting else self.browse()
        for repair in self:
            repair.may_decide_discount = repair in decidable

    def _cheap_lines(self):
        """Return the lines that need an approval as they are, as superuser."""
        self.ensure_one()
        if self.service_state in OVER:
            return self.env["auto.repair.line"]
        # What an adviser may give, and members have, is the same for whoever asks.
        return self.sudo().line_ids._too_cheap()

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_ask_discount(self):
        """Ask for the approval of the discounts as they are now.

        :raise UserError: when there is nothing to approve
        """
        self.check_access("write")
        for repair in self:
            cheap = repair._cheap_lines()
            if not cheap:
                raise UserError(
                    self.env._("%(order)s needs no approval.", order=repair.name)
                )
            repair._cancel_approvals(self.env._("Asked for once more."), KIND)
            repair._request_approval(
                KIND,
                lambda one: one._discount_summary(),
                amount=cheap._given_away(),
                detail=repair.discount_text,
            )
            for line in cheap:
                line.off_asked = line._off_list()
        return True

    def action_approve_discount(self):
        """Approve the discounts as they were asked for."""
        self._approvals_to_decide(KIND).action_approve()
        return True

    def action_refuse_discount(self):
        """Open the window that asks why they are refused."""
        return self._approvals_to_decide(KIND).action_open_refuse()

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _discount_summary(self):
        self.ensure_one()
        given = self._cheap_lines()._given_away()
        return self.env._(
            "%(order)s: %(amount)s below list price",
            order=self.display_name,
            amount=format_amount(self.env, given, self.currency_id),
        )

    def _approval_granted(self, approval):
        if approval.kind_id.code == KIND:
            # Nobody else writes what was agreed to.
            for line in self.sudo().line_ids.filtered("off_asked"):
                line.write({"off_agreed": line.off_asked, "off_asked": 0})
        return super()._approval_granted(approval)

    def _approval_refused(self, approval, note):
        self._discount_not_agreed(approval)
        return super()._approval_refused(approval, note)

    def _approval_cancelled(self, approval):
        self._discount_not_agreed(approval)
        return super()._approval_cancelled(approval)

    def _discount_not_agreed(self, approval):
        if approval.kind_id.code == KIND:
            # As above.
            self.sudo().line_ids.filtered("off_asked").off_asked = 0

    def _check_discount(self):
        """Refuse to promise or bill discounts that nobody approved.

        Who may approve them gives them without asking.

        :raise UserError: saying which
        """
        if self.env.su:
            return  # the customer decides on what was promised; it is asked when billed
        for repair in self:
            cheap = repair._cheap_lines()
            # Who decides is configuration, the same for whoever asks.
            kinds = repair.env["auto.approval.kind"].sudo()
            kind = cheap and kinds.search([("code", "=", KIND)], limit=1)
            if not kind:
                continue
            if kind._groups_for(cheap._given_away()) & self.env.user.all_group_ids:
                for line in cheap:
                    line.off_agreed = line._off_list()
                continue
            raise UserError(
                self.env._(
                    "%(order)s: this discount must be approved first: %(lines)s.",
                    order=repair.display_name,
                    lines=repair.discount_text,
                )
            )

    def _record_decision(self, approved, declined, method, decided_by, **values):
        if approved and method in ("screen", "call"):
            self._check_discount()
        return super()._record_decision(
            approved, declined, method, decided_by, **values
        )

    def action_ask_customer(self):
        self._check_discount()
        return super().action_ask_customer()

    def action_decide(self):
        self._check_discount()
        return super().action_decide()

    def action_settle(self):
        self._check_discount()
        return super().action_settle()

    def _set_service_state(self, state, **values):
        result = super()._set_service_state(state, **values)
        if state == "cancelled":
            self._cancel_approvals(self.env._("The repair order was cancelled."), KIND)
        return result
