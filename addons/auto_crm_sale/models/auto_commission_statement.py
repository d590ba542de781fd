from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import babel_locale_parse, get_lang

APPROVAL_KIND = "commission_statement"
MANAGERS = (
    "auto_crm_base.group_sales_manager",
    "auto_crm_base.group_store_manager",
    "auto_crm_base.group_head_office",
)
PAYERS = ("auto_crm_base.group_store_manager", "auto_crm_base.group_head_office")

# Only the methods of statements pass this object: what is submitted, approved and
# paid stays as it is.
STATE = object()


class AutoCommissionStatement(models.Model):
    """What one person is paid in commissions for one month."""

    _name = "auto.commission.statement"
    _inherit = [
        "auto.numbered.mixin",
        "auto.approval.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Commission statement"
    _order = "month desc, company_id, user_id, id desc"
    _rec_names_search = ["name", "user_id.name"]

    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    month = fields.Date(
        required=True,
        index=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
        help="Its first day.",
    )
    period = fields.Char(string="For", compute="_compute_period")
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("approved", "Approved"),
            ("paid", "Paid"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )
    line_ids = fields.One2many(
        comodel_name="auto.commission.line",
        inverse_name="statement_id",
        string="Lines",
        readonly=True,
    )
    sale_line_ids = fields.One2many(
        comodel_name="auto.commission.line",
        inverse_name="statement_id",
        string="Sales",
        domain=[("kind", "in", ("earned", "claw_back"))],
        readonly=True,
    )
    share_line_ids = fields.One2many(
        comodel_name="auto.commission.line",
        inverse_name="statement_id",
        string="Shares of the pool",
        domain=[("kind", "=", "share")],
        readonly=True,
    )
    adjustment_ids = fields.One2many(
        comodel_name="auto.commission.line",
        inverse_name="statement_id",
        string="Adjustments",
        domain=[("kind", "=", "adjustment")],
    )
    plan_ids = fields.Many2many(
        comodel_name="auto.commission.plan",
        string="Plans",
        compute="_compute_plan_ids",
        search="_search_plan_ids",
    )

    # Money
    sale_amount = fields.Monetary(
        string="Own sales",
        compute="_compute_amounts",
        store=True,
        help="Paid for the own sales, less what was taken back.",
    )
    contribution_amount = fields.Monetary(
        string="Brought into the pool",
        compute="_compute_amounts",
        store=True,
        help="What the own sales brought into the pool.",
    )
    pool_amount = fields.Monetary(
        string="The whole pool",
        compute="_compute_amounts",
        store=True,
        aggregator=False,
    )
    share_amount = fields.Monetary(
        string="Share of the pool", compute="_compute_amounts", store=True
    )
    adjustment_amount = fields.Monetary(
        string="Adjusted", compute="_compute_amounts", store=True
    )
    amount_total = fields.Monetary(
        string="Total", compute="_compute_amounts", store=True
    )
    car_count = fields.Integer(string="Cars", compute="_compute_amounts", store=True)

    # Decided and paid
    approved_by = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, index="btree_not_null"
    )
    date_approved = fields.Datetime(string="Approved on", readonly=True, copy=False)
    date_paid = fields.Date(string="Paid on", readonly=True, copy=False, tracking=True)
    payment_reference = fields.Char(
        readonly=True, copy=False, tracking=True, help="Such as the payroll run."
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")
    can_adjust = fields.Boolean(compute="_compute_can_adjust")

    _person_once = models.UniqueIndex(
        "(company_id, user_id, month)",
        "This person has a statement of this store for this month already.",
    )
    _month_check = models.Constraint(
        "CHECK(EXTRACT(DAY FROM month) = 1)", "A month is named by its first day."
    )

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_period(self):
        locale = babel_locale_parse(get_lang(self.env).code)
        for statement in self:
            statement.period = statement.month and format_skeleton(
                "yMMMM", statement.month, locale=locale
            )

    @api.depends("name", "user_id.name", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for statement in self:
            number = statement.name if statement.name != "/" else ""
            parts = [number, statement.user_id.name, statement.period]
            statement.display_name = " · ".join(part for part in parts if part)

    @api.depends("line_ids.plan_id")
    def _compute_plan_ids(self):
        for statement in self:
            statement.plan_ids = statement.line_ids.plan_id

    def _search_plan_ids(self, operator, value):
        return [("line_ids.plan_id", operator, value)]

    @api.depends("line_ids.amount", "line_ids.earned", "line_ids.base", "line_ids.kind")
    def _compute_amounts(self):
        for statement in self:
            by_kind = statement.line_ids.grouped("kind")
            empty = statement.line_ids.browse()
            earned = by_kind.get("earned", empty)
            sales = earned | by_kind.get("claw_back", empty)
            shares = by_kind.get("share", empty)
            pooled = sales.filtered(lambda line: line.plan_id.kind == "pool")
            statement.sale_amount = sum(sales.mapped("amount"))
            statement.contribution_amount = sum(pooled.mapped("earned"))
            statement.pool_amount = sum(shares.mapped("base"))
            statement.share_amount = sum(shares.mapped("amount"))
            statement.adjustment_amount = sum(
                by_kind.get("adjustment", empty).mapped("amount")
            )
            statement.amount_total = (
                statement.sale_amount
                + statement.share_amount
                + statement.adjustment_amount
            )
            statement.car_count = len(
                earned.filtered(lambda line: line.category == "car").order_line_id
            )

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        decidable = self._decidable(APPROVAL_KIND)
        for statement in self:
            statement.can_decide = (
                statement.state == "submitted"
                and statement.user_id != self.env.user
                and statement._origin in decidable
            )

    @api.depends("state", "user_id")
    @api.depends_context("uid")
    def _compute_can_adjust(self):
        manages = any(self.env.user.has_group(group) for group in MANAGERS)
        for statement in self:
            statement.can_adjust = (
                manages
                and statement.state == "draft"
                and statement.user_id != self.env.user
            )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("month"):
                vals["month"] = fields.Date.to_date(vals["month"]).replace(day=1)
            for name in ("approved_by", "date_approved", "date_paid"):
                vals.pop(name, None)
            vals["state"] = "draft"  # whatever a client sends
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("auto_commission_statement") is not STATE:
            content = set(vals) - self._fields_of_chatter()
            if content & {
                "state", "approved_by", "date_approved", "date_paid",
                "payment_reference", "name", "company_id", "user_id", "month",
            }:  # fmt: skip
                raise UserError(
                    self.env._(
                        "A statement is submitted, approved and paid by its buttons; "
                        "its person and month stay."
                    )
                )
            if content:
                self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_empty_draft(self):
        self._check_draft()
        if self.line_ids:
            raise UserError(self.env._("Only a statement without lines is deleted."))

    @api.model
    def _fields_of_chatter(self):
        return {
            name
            for name in self._fields
            if name.startswith(("message_", "activity_", "website_message"))
        }

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_refresh(self):
        """Compute these drafts anew; adjustments stay.

        :raise UserError: when one is submitted already
        """
        self._check_manager(MANAGERS)
        self._check_draft()
        for company, statements in self.grouped("company_id").items():
            for month in set(statements.mapped("month")):
                self.env["auto.commission.plan"]._generate(company, month)
        return True

    def action_submit(self):
        """Submit these statements for approval.

        :raise UserError: when one is no draft, or has nothing on it
        """
        self._check_manager(MANAGERS)
        self._lock_stores()
        self._check_draft()
        for statement in self:
            if not statement.line_ids:
                raise UserError(
                    self.env._("%s has nothing on it.", statement.display_name)
                )
            statement._request_approval(
                APPROVAL_KIND,
                lambda one: one.env._(
                    "Commission %(statement)s: %(amount)s",
                    statement=one.display_name,
                    amount=one.currency_id.format(one.amount_total),
                ),
                statement.amount_total,
            )
        self._set_state({"state": "submitted"})
        return True

    def action_approve(self):
        """Approve the statements, as whoever may."""
        self._approvals_to_decide(APPROVAL_KIND).action_approve()
        return True

    def action_open_refuse(self):
        """Open the window that asks why it is refused."""
        return self._approvals_to_decide(APPROVAL_KIND).action_open_refuse()

    def action_reset(self):
        """Take back to draft what is not approved yet."""
        self._check_manager(MANAGERS)
        for statement in self:
            if statement.state != "submitted":
                raise UserError(
                    self.env._(
                        "%s does not wait for approval. What is approved stays; put "
                        "it right by an adjustment next month.",
                        statement.display_name,
                    )
                )
        self._cancel_approvals(self.env._("Taken back to draft."), APPROVAL_KIND)
        self._set_state({"state": "draft"})
        return True

    def action_pay(self):
        """Open the window that asks when and how these were paid."""
        self._check_manager(PAYERS)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mark as paid"),
            "res_model": "auto.commission.pay",
            "view_mode": "form",
            "target": "new",
            "context": {"default_statement_ids": self.ids},
        }

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _pay(self, date, reference):
        """Note that these statements were paid.

        :param date: the day
        :param str reference: of the payment, such as the payroll run
        :raise UserError: when one is not approved, or is paid already
        """
        self._check_manager(PAYERS)
        self._lock_stores()
        for statement in self:
            if statement.state != "approved":
                raise UserError(
                    self.env._(
                        "%(statement)s is not approved, or paid already.",
                        statement=statement.display_name,
                    )
                )
            if date < statement.month or date > statement.company_id._auto_today():
                raise UserError(
                    self.env._(
                        "%(statement)s: the day of the payment is not before its "
                        "month and not in the future.",
                        statement=statement.display_name,
                    )
                )
        self._set_state(
            {"state": "paid", "date_paid": date, "payment_reference": reference}
        )
        for statement in self:
            statement._tell_person(self.env._("Your commission is paid."))

    def _check_manager(self, groups):
        """Refuse to those who do not deal with the commissions of others."""
        self.check_access("write")
        if not self.env.su and not any(
            self.env.user.has_group(group) for group in groups
        ):
            raise UserError(self.env._("This is done by the manager of the store."))

    def _check_draft(self):
        for statement in self:
            if statement.state != "draft":
                raise UserError(
                    self.env._(
                        "%(statement)s is not a draft any more and stays as it is. "
                        "Take it back to draft, or adjust the next one.",
                        statement=statement.display_name,
                    )
                )

    def _check_adjustable(self):
        """Refuse what changes a statement that stands, or one's own."""
        self._check_draft()
        if not self.env.su and self.env.user in self.user_id:
            raise UserError(self.env._("Nobody adjusts the own commission."))

    def _set_state(self, vals):
        self.with_context(auto_commission_statement=STATE).write(vals)

    def _lock_stores(self):
        """Let nobody compute or submit at the same time, and see what they did."""
        for company in self.company_id:
            self.env["auto.commission.plan"]._lock(company)
        self.invalidate_recordset(["state"])

    def _tell_person(self, text):
        """Tell whose statement it is."""
        self.ensure_one()
        self.message_notify(
            partner_ids=self.user_id.partner_id.ids,
            subject=self.display_name,
            body=text,
        )

    def _approval_granted(self, approval):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_granted(approval)
        if self.user_id == self.env.user:
            raise UserError(self.env._("Nobody approves the own commission."))
        self._set_state(
            {
                "state": "approved",
                "approved_by": self.env.uid,
                "date_approved": fields.Datetime.now(),
            }
        )
        self._tell_person(self.env._("Your commission is approved."))
        return None

    def _approval_refused(self, approval, note):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_refused(approval, note)
        self._set_state({"state": "draft"})
        return None

    def _approval_cancelled(self, approval):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_cancelled(approval)
        if self.state == "submitted":
            self._set_state({"state": "draft"})
        return None
