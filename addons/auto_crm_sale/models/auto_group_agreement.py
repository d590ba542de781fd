from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_amount

APPROVAL_KIND = "group_agreement"
TERM_FIELDS = frozenset(
    {"partner_id", "date_start", "date_end", "company_id", "store_ids", "line_ids"}
)

# Only the methods of agreements pass this object, so that none is in force without
# its approval.
STATE = object()


class AutoGroupAgreement(models.Model):
    """Prices and volumes agreed with a group or a fleet for some time."""

    _name = "auto.group.agreement"
    _inherit = [
        "auto.numbered.mixin",
        "auto.approval.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Group agreement"
    _order = "date_end desc, id desc"
    _rec_names_search = ["name", "title", "partner_id.name"]

    title = fields.Char(string="Subject", help="Such as “Fleet renewal 2026”.")
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("waiting", "Waiting for approval"),
            ("active", "In force"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        help="The prices hold for the customer and all contacts below it.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Made by",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    store_ids = fields.Many2many(
        comodel_name="res.company",
        relation="auto_group_agreement_store_rel",
        column1="agreement_id",
        column2="company_id",
        string="Stores",
        compute="_compute_store_ids",
        store=True,
        readonly=False,
        precompute=True,
        help="Where the prices hold.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    date_start = fields.Date(
        string="From", required=True, tracking=True, default=fields.Date.context_today
    )
    date_end = fields.Date(
        string="Until", required=True, tracking=True, help="The last day."
    )
    line_ids = fields.One2many(
        comodel_name="auto.group.agreement.line",
        inverse_name="agreement_id",
        string="Prices and volumes",
        copy=True,
    )
    volume = fields.Integer(string="Volume agreed", compute="_compute_volume")
    contracted = fields.Integer(compute="_compute_volume")
    delivered = fields.Integer(compute="_compute_volume")
    order_count = fields.Integer(
        string="Number of contracts", compute="_compute_order_count"
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")
    note = fields.Html(string="Terms")

    _dates_check = models.Constraint(
        "CHECK(date_end >= date_start)", "An agreement cannot end before it begins."
    )

    @api.depends("company_id")
    def _compute_store_ids(self):
        for agreement in self:
            company = agreement.company_id
            agreement.store_ids = [Command.set((company | company.child_ids).ids)]

    @api.depends("line_ids.volume", "line_ids.contracted", "line_ids.delivered")
    def _compute_volume(self):
        for agreement in self:
            lines = agreement.line_ids
            agreement.volume = sum(lines.mapped("volume"))
            agreement.contracted = sum(lines.mapped("contracted"))
            agreement.delivered = sum(lines.mapped("delivered"))

    def _compute_order_count(self):
        orders = self.env["sale.order"]
        for agreement in self:
            agreement.order_count = (
                orders.search_count(agreement._order_domain())
                if orders.has_access("read")
                else 0
            )

    @api.depends("state", "approval_ids.state")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        decidable = self._decidable(APPROVAL_KIND)
        for agreement in self:
            agreement.can_decide = (
                agreement.state == "waiting" and agreement._origin in decidable
            )

    @api.depends("name", "partner_id.name", "title")
    def _compute_display_name(self):
        for agreement in self:
            number = agreement.name if agreement.name != "/" else ""
            parts = [number, agreement.partner_id.name or "", agreement.title or ""]
            agreement.display_name = " · ".join(part for part in parts if part)

    @api.constrains("company_id", "store_ids")
    def _check_stores(self):
        for agreement in self:
            if not agreement.store_ids:
                raise ValidationError(
                    self.env._("An agreement holds in at least one store.")
                )
            root = agreement.company_id.root_id
            if agreement.sudo().store_ids.root_id != root:
                raise ValidationError(
                    self.env._("An agreement holds in stores of one group.")
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["state"] = "draft"  # whatever a client sends
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("auto_agreement") is not STATE:
            if "state" in vals:
                raise UserError(
                    self.env._("An agreement comes into force by its approval.")
                )
            if TERM_FIELDS & vals.keys():
                self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._check_draft()

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_request(self):
        """Ask for the approval of these agreements.

        :raise UserError: when one has no lines, or is no draft
        """
        self.check_access("write")
        self._check_draft()
        for agreement in self:
            if not agreement.line_ids:
                raise UserError(
                    self.env._("%s has no prices yet.", agreement.display_name)
                )
            amount = agreement._given_away()
            agreement._request_approval(
                APPROVAL_KIND,
                lambda one, amount=amount: one.env._(
                    "Agreement %(agreement)s: %(amount)s below list",
                    agreement=one.display_name,
                    amount=format_amount(one.env, amount, one.currency_id),
                ),
                amount,
            )
        self._set_state("waiting")
        return True

    def action_approve(self):
        """Approve the agreement, as whoever may."""
        self._approvals_to_decide(APPROVAL_KIND).action_approve()
        return True

    def action_open_refuse(self):
        """Open the window that asks why it is refused."""
        return self._approvals_to_decide(APPROVAL_KIND).action_open_refuse()

    def action_revise(self):
        """Take it back to draft: changed terms are approved again."""
        self.check_access("write")
        self._cancel_approvals(self.env._("Taken back to draft."), APPROVAL_KIND)
        self._set_state("draft")
        return True

    def action_close(self):
        """End it before its time: new contracts do not get its prices."""
        self.check_access("write")
        self._cancel_approvals(self.env._("Closed."), APPROVAL_KIND)
        self._set_state("closed")
        return True

    def action_view_orders(self):
        """Open the contracts that used the agreement."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.sale_order_contract_action"
        )
        action["domain"] = self._order_domain()
        return action

    def _order_domain(self):
        self.ensure_one()
        return [
            ("order_line.agreement_line_id.agreement_id", "=", self.id),
            ("state", "!=", "cancel"),
        ]

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _check_draft(self):
        for agreement in self:
            if agreement.state != "draft":
                raise UserError(
                    self.env._(
                        "%s is not a draft: take it back to draft to change it; it is "
                        "approved again then.",
                        agreement.display_name,
                    )
                )

    def _set_state(self, state):
        self.with_context(auto_agreement=STATE).write({"state": state})

    def _given_away(self):
        """Return what the agreement gives below list, for the volumes agreed."""
        self.ensure_one()
        return sum(
            max(line._list_price() - line._price(line._list_price()), 0)
            * max(line.volume, 1)
            for line in self.line_ids
        )

    @api.model
    def _valid_lines(self, partner, company, date):
        """Return the lines in force for a customer in a store.

        :param partner: the customer, or a contact of it
        :param company: the store that sells
        :param date: the day
        """
        # Prices hold whoever writes the contract.
        return (
            self.env["auto.group.agreement.line"]
            .sudo()
            .search(
                Domain("agreement_id.state", "=", "active")
                & Domain("agreement_id.partner_id", "parent_of", partner.id)
                & Domain("agreement_id.store_ids", "in", company.ids)
                & Domain("agreement_id.date_start", "<=", date)
                & Domain("agreement_id.date_end", ">=", date)
            )
        )

    def _approval_granted(self, approval):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_granted(approval)
        self._set_state("active")
        return None

    def _approval_refused(self, approval, note):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_refused(approval, note)
        self._set_state("draft")
        return None

    def _approval_cancelled(self, approval):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_cancelled(approval)
        if self.state == "waiting":
            self._set_state("draft")
        return None
