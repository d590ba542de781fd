import hashlib
import json
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, format_amount

APPROVAL_KIND = "vehicle_contract"
FLOOR_KIND = "vehicle_contract_floor"

# Only this addon passes these objects, so that no client can say that a contract
# was approved, or change it unwatched.
TERMS = object()
WATCHED = object()

# Written by approving, confirming and signing only.
TERM_FIELDS = frozenset(
    {
        "agreed_terms",
        "requested_terms",
        "refused_terms",
        "signed_terms",
        "terms_approved",
        "contract_approval",
    }
)
# The contract was confirmed before it was a contract of ours: it stands as it is
# until somebody changes it.
BEFORE = "before"


class SaleOrder(models.Model):
    """Which contracts need approval, and what was approved.

    What is approved is the contract as it then stands. Its terms are boiled down to
    a key (:meth:`_terms_key`); as soon as the key is another, by whatever way, the
    approval does not count any more.
    """

    _name = "sale.order"
    _inherit = ["sale.order", "auto.approval.mixin"]

    contract_approval = fields.Selection(
        selection=[
            ("none", "Not needed"),
            ("needed", "To be asked for"),
            ("changed", "Changed, to be asked for again"),
            ("waiting", "Waiting"),
            ("refused", "Refused"),
            ("approved", "Approved"),
        ],
        string="Approval",
        compute="_compute_contract_approval",
        compute_sudo=True,
        store=True,
        index="btree_not_null",
        help="Whether the contract may be confirmed, delivered and invoiced as it is "
        "now.",
    )
    contract_discount = fields.Monetary(
        string="Below list price",
        compute="_compute_contract_discount",
        help="What the customer gets for less than the list price, over all lines.",
    )
    is_below_floor = fields.Boolean(
        string="Below floor price",
        compute="_compute_is_below_floor",
        groups="auto_crm_sale.group_floor_price",
        help="A car on it is sold for less than its floor price.",
    )
    can_decide_contract = fields.Boolean(compute="_compute_can_decide_contract")
    agreed_terms = fields.Char(readonly=True, copy=False)
    requested_terms = fields.Char(readonly=True, copy=False)
    refused_terms = fields.Char(readonly=True, copy=False)
    signed_terms = fields.Char(readonly=True, copy=False)
    terms_approved = fields.Boolean(
        string="Agreed by approval", readonly=True, copy=False
    )
    is_signature_void = fields.Boolean(
        string="Signed before the last change", compute="_compute_is_signature_void"
    )

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends(
        "state",
        "partner_id",
        "is_vehicle_contract",
        "agreed_terms",
        "requested_terms",
        "refused_terms",
        "terms_approved",
        "order_line.product_id",
        "order_line.vehicle_id",
        "order_line.product_uom_qty",
        "order_line.product_uom_id",
        "order_line.price_unit",
        "order_line.discount",
        "order_line.tax_ids",
        "order_line.is_downpayment",
    )
    def _compute_contract_approval(self):
        for order in self:
            order.contract_approval = order._approval_now()

    @api.depends(
        "order_line.product_id",
        "order_line.vehicle_id",
        "order_line.product_uom_qty",
        "order_line.price_unit",
        "order_line.discount",
    )
    def _compute_contract_discount(self):
        for order in self:
            order.contract_discount = order._discount_below_list()

    @api.depends(
        "order_line.vehicle_id", "order_line.price_unit", "order_line.discount"
    )
    def _compute_is_below_floor(self):
        for order in self:
            order.is_below_floor = order._is_below_floor()

    @api.depends("contract_approval", "approval_ids.state")
    @api.depends_context("uid")
    def _compute_can_decide_contract(self):
        decidable = self._decidable(*self._contract_approval_kinds())
        for order in self:
            order.can_decide_contract = order._origin in decidable

    @api.depends("signature", "signed_terms", "contract_approval")
    def _compute_is_signature_void(self):
        for order in self:
            order.is_signature_void = bool(
                order.signature
                and order.signed_terms
                and order.signed_terms != order._terms_key()
            )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # Whatever a client sends, in the values or as a default.
            vals.update(dict.fromkeys(TERM_FIELDS - {"contract_approval"}, False))
            vals.pop("contract_approval", None)
        # To take a default out of the context, it is given anew.
        clean = dict(self.env.context)
        clean.pop("default_contract_approval", None)
        plain = self.with_context(clean)  # pylint: disable=context-overridden
        orders = super(SaleOrder, plain).create(vals_list)
        orders = orders.with_env(self.env)
        orders.filtered(lambda order: order.state == "sale")._agree()
        return orders

    def write(self, vals):
        if self.env.context.get("auto_terms") is TERMS:
            return super().write(vals)
        if TERM_FIELDS & vals.keys():
            raise UserError(
                self.env._("A contract is approved by its buttons, not by hand.")
            )
        if vals.get("signature"):
            self._check_contract_approved()
        if vals.get("state") == "sale":
            confirmed = self.filtered(lambda order: order.state != "sale")
            confirmed._check_contract_approved()
        else:
            confirmed = self.browse()
        with self._watch_terms() as watched:
            result = super(SaleOrder, watched).write(vals)
            if vals.get("signature"):
                for order in self:
                    order._write_terms({"signed_terms": order._terms_key()})
            confirmed._agree()
        if vals.get("state") == "cancel":
            self._cancel_contract_approvals(self.env._("The contract was cancelled."))
        return result

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_request_contract_approval(self):
        """Ask for the approval of these contracts as they stand.

        :return: True
        :raise UserError: when one needs none, or already waits
        """
        for order in self:
            kind = order._approval_kind_needed()
            if not kind:
                raise UserError(
                    self.env._("%(contract)s needs no approval.", contract=order.name)
                )
            order.check_access("write")
            discount = order._discount_below_list()
            key = order._terms_key()
            order._request_approval(
                kind.code, lambda one: one._approval_summary(), discount
            )
            order._write_terms({"requested_terms": key, "refused_terms": False})
        return True

    def action_approve_contract(self):
        """Approve the contract as it stands, as whoever may."""
        self._contract_to_decide().action_approve()
        return True

    def action_open_refuse_contract(self):
        """Open the window that asks why the contract is refused."""
        return self._contract_to_decide().action_open_refuse()

    def action_withdraw_contract(self):
        """Take back one's own request."""
        kinds = self._contract_approval_kinds()
        self._approvals_that_wait(*kinds).action_cancel()
        return True

    def _contract_to_decide(self):
        return self._approvals_to_decide(*self._contract_approval_kinds())

    # ------------------------------------------------------------------
    # What was agreed
    # ------------------------------------------------------------------

    @api.model
    def _contract_approval_kinds(self):
        """Return the codes of the kinds of approval of a contract."""
        return (APPROVAL_KIND, FLOOR_KIND)

    def _term_lines(self):
        """Return the lines that are part of what is agreed."""
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                # Real down payments are lines of quantity 0.
                and not (line.is_downpayment and not line.product_uom_qty)
            )
        )

    def _terms_key(self):
        """Return what the contract says, as a short key.

        Two states of a contract have one key when customer, cars, products,
        quantities, prices, discounts and taxes are the same.
        """
        self.ensure_one()
        # The same for whoever asks.
        order = self.sudo()
        terms = [
            order.partner_id._origin.id,
            order.currency_id._origin.id,
            sorted(line._terms() for line in order._term_lines()),
        ]
        return hashlib.sha256(json.dumps(terms).encode()).hexdigest()

    def _discount_below_list(self):
        """Return what the contract gives away, in its currency."""
        self.ensure_one()
        return sum(line._discount_below_list() for line in self.sudo()._term_lines())

    def _is_below_floor(self):
        self.ensure_one()
        # Asked for whoever writes the contract, told only to those with the right.
        return any(line._is_below_floor() for line in self.sudo()._term_lines())

    def _approval_kind_needed(self):
        """Return the kind of approval that the contract needs as it is now, if any."""
        self.ensure_one()
        # Configuration and prices decide the same for whoever asks.
        order = self.sudo()
        kinds = order.env["auto.approval.kind"]
        if not order._is_watched():
            return kinds
        if order.state == "sale" and not order.agreed_terms:
            return kinds  # see BEFORE
        if order.agreed_terms and order.agreed_terms == order._terms_key():
            return kinds
        found = kinds.search_fetch(
            [("code", "in", order._contract_approval_kinds())],
            ["code", "amount_free", "ask_always", "ask_on_change"],
        )
        by_code = {kind.code: kind for kind in found}
        floor, kind = by_code.get(FLOOR_KIND), by_code.get(APPROVAL_KIND)
        if floor and order._is_below_floor():
            return floor
        if not kind:
            return kinds
        discount = order.currency_id._convert(
            order._discount_below_list(),
            order.company_id.currency_id,
            order.company_id,
            fields.Date.context_today(order),
        )
        above = float_compare(discount, kind.amount_free, precision_digits=2) > 0
        changed = bool(order.agreed_terms) and kind.ask_on_change
        asked = kind.ask_always or changed or above or order._has_unpriced_car()
        return kind if asked else kinds

    def _has_unpriced_car(self):
        """Return whether a car is sold for nothing, or without a price to compare."""
        self.ensure_one()
        return any(
            line._net_price() <= 0 or not line._reference_price()
            for line in self._term_lines()
            if line.is_vehicle and line.product_uom_qty
        )

    def _approval_now(self):
        self.ensure_one()
        key = self._terms_key() if self._is_watched() else False
        if self.agreed_terms and self.agreed_terms == key:
            return "approved" if self.terms_approved else "none"
        if not self._approval_kind_needed():
            return "none"
        if self.requested_terms == key:
            return "waiting"
        if self.refused_terms == key:
            return "refused"
        return "changed" if self.agreed_terms else "needed"

    def _is_watched(self):
        self.ensure_one()
        # Asked of the lines: a client might write the stored field.
        return bool(self.agreed_terms) or any(
            self.order_line.product_id.mapped("is_vehicle")
        )

    def _contract_is_approved(self):
        """Return whether the contract may go on as it is now.

        :return: True when it was approved like this, or needs no approval
        """
        self.ensure_one()
        return not self._approval_kind_needed()

    def _check_contract_approved(self):
        """Refuse to go on with contracts that lack approval.

        :raise UserError: naming the first of them, and why
        """
        for order in self:
            if order._contract_is_approved():
                continue
            if order.sudo().agreed_terms:
                raise UserError(
                    self.env._(
                        "%(contract)s was changed after it was agreed: the change must "
                        "be approved first.",
                        contract=order.name,
                    )
                )
            raise UserError(
                self.env._(
                    "%(contract)s must be approved first: %(discount)s below list "
                    "price.",
                    contract=order.name,
                    discount=format_amount(
                        self.env, order._discount_below_list(), order.currency_id
                    ),
                )
            )

    def _agree(self):
        """Note that these contracts are agreed as they stand: the one place."""
        for order in self:
            if not order._is_watched():
                continue
            order._check_contract_approved()
            key = order._terms_key()
            if order.agreed_terms != key:
                order._write_terms({"agreed_terms": key, "terms_approved": False})
            order._keep_version("confirmed")
            order._tell_vehicles(self.env._("Sold: contract %(name)s", name=order.name))
            # The prospect bought, whoever confirms: the customer may, by signing.
            lead = order.opportunity_id.sudo()
            if lead.active and lead.won_status == "pending":
                lead.action_set_won()

    def _write_terms(self, vals):
        self.with_context(auto_terms=TERMS).write(vals)

    # ------------------------------------------------------------------
    # Watching changes
    # ------------------------------------------------------------------

    @contextmanager
    def _watch_terms(self):
        """Look after approvals once a change of these contracts is complete.

        :return: context manager; yields the contracts on which to carry it out
        """
        if self.env.context.get("auto_terms_watched") is WATCHED:
            yield self
            return
        before = {
            order: order.sudo().contract_approval
            for order in self
            if order.sudo()._is_watched()
        }
        yield self.with_context(auto_terms_watched=WATCHED)
        for order in self.exists():
            order._terms_touched(before.get(order))

    def _terms_touched(self, before):
        """Make void what no longer fits the terms.

        :param before: the contract's approval before the change
        """
        self.ensure_one()
        # Whoever changes a line need not be allowed to touch the rest.
        order = self.sudo()
        if not order._is_watched():
            return
        key = order._terms_key()
        if order.state == "sale" and not order.agreed_terms:
            # Confirmed as a plain order or long ago; changed now.
            order._write_terms({"agreed_terms": BEFORE})
        if order.requested_terms and order.requested_terms != key:
            self._cancel_contract_approvals(
                self.env._("The contract was changed meanwhile.")
            )
        if order.state in ("draft", "sent") and (
            order.signature and order.signed_terms != key
        ):
            order._write_terms(
                {
                    "signature": False,
                    "signed_by": False,
                    "signed_on": False,
                    "signed_terms": False,
                }
            )
            order._message_log(
                body=self.env._("Changed after it was signed: to be signed again.")
            )
        if order.state == "sale" and order.agreed_terms != key:
            if order._contract_is_approved():
                order._write_terms({"agreed_terms": key, "terms_approved": False})
                order.with_env(self.env)._keep_version("changed")
            elif before in ("none", "approved"):
                order._message_log(
                    body=self.env._("Changed: the change must be approved.")
                )
        elif before == "approved" and not order._contract_is_approved():
            order._message_log(body=self.env._("Changed: it must be approved again."))

    def _cancel_contract_approvals(self, note):
        for kind in self._contract_approval_kinds():
            self._cancel_approvals(note, kind)

    # ------------------------------------------------------------------
    # Decisions
    # ------------------------------------------------------------------

    def _approval_summary(self):
        self.ensure_one()
        values = {
            "contract": self.name,
            "customer": self.partner_id.name,
            "discount": format_amount(
                self.env, self._discount_below_list(), self.currency_id
            ),
        }
        if self.agreed_terms:
            return self.env._(
                "Change of %(contract)s, %(customer)s: %(discount)s below list",
                **values,
            )
        return self.env._(
            "Contract %(contract)s, %(customer)s: %(discount)s below list", **values
        )

    def _approval_granted(self, approval):
        if approval.kind_id.code not in self._contract_approval_kinds():
            return super()._approval_granted(approval)
        key = self._terms_key()
        if self.requested_terms != key:
            raise UserError(
                self.env._("The contract was changed meanwhile: look at it again.")
            )
        self._write_terms(
            {
                "agreed_terms": key,
                "terms_approved": True,
                "requested_terms": False,
                "refused_terms": False,
            }
        )
        self._keep_version("approved")
        return None

    def _approval_refused(self, approval, note):
        if approval.kind_id.code not in self._contract_approval_kinds():
            return super()._approval_refused(approval, note)
        self._write_terms(
            {"refused_terms": self.requested_terms, "requested_terms": False}
        )
        return None

    def _approval_cancelled(self, approval):
        if approval.kind_id.code not in self._contract_approval_kinds():
            return super()._approval_cancelled(approval)
        # Whoever's change makes the request void.
        self.sudo()._write_terms({"requested_terms": False})
        return None

    def _contract_deposit(self):
        """Return the down payment agreed or made, as the printed contract says it."""
        self.ensure_one()
        if self.prepayment_percent and self.require_payment:
            return self._get_prepayment_required_amount()
        # A sum only, for whoever may print the contract.
        lines = self.sudo().order_line.filtered(
            lambda line: line.is_downpayment and not line.display_type
        )
        return sum(lines.mapped("price_unit"))

    # ------------------------------------------------------------------
    # What an unapproved contract cannot do
    # ------------------------------------------------------------------

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and self._contract_is_approved()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and self._contract_is_approved()

    def _is_confirmation_amount_reached(self):
        # Money that comes in online stays on the order; it confirms nothing.
        return (
            super()._is_confirmation_amount_reached() and self._contract_is_approved()
        )

    def _create_invoices(self, grouped=False, final=False, date=None):
        self._check_contract_approved()
        return super()._create_invoices(grouped=grouped, final=final, date=date)
