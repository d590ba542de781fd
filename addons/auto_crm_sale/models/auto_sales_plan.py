from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

APPROVAL_KIND = "sales_plan"
PERIOD_MONTHS = {"month": 1, "quarter": 3, "year": 12}
TERM_FIELDS = frozenset({"company_id", "period", "date_from", "line_ids"})

# Only the methods of plans pass this object, so that no target holds without its
# approval.
STATE = object()


class AutoSalesPlan(models.Model):
    """What a store is to sell in a month, a quarter or a year.

    The lines may divide the same cars in several ways: by team, by consultant, by
    model. Lines that name the same things do not overlap, so they add up; lines of
    different ways are never added to each other. The totals of a plan are, month by
    month and figure by figure, those of the way that names least among those that have
    targets of it (the line of the whole store, where it has one).
    """

    _name = "auto.sales.plan"
    _inherit = ["mail.thread", "mail.activity.mixin", "auto.approval.mixin"]
    _description = "Sales plan"
    _order = "date_from desc, company_id, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    period = fields.Selection(
        selection=[("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        required=True,
        default="month",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        index=True,
        default=fields.Date.context_today,
        help="Becomes the first day of the period.",
    )
    date_to = fields.Date(
        string="Until", compute="_compute_date_to", store=True, help="The last day."
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "Waiting for approval"),
            ("approved", "Approved"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )
    version = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="How many times it was approved.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    line_ids = fields.One2many(
        comodel_name="auto.sales.plan.line", inverse_name="plan_id", string="Targets"
    )
    note = fields.Text()
    approved_targets = fields.Json(
        readonly=True, copy=False, help="The targets as they were last approved."
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")

    # Totals, without counting anything twice
    target_contracts = fields.Integer(
        string="Target: contracts", compute="_compute_totals"
    )
    target_deliveries = fields.Integer(
        string="Target: deliveries", compute="_compute_totals"
    )
    target_revenue = fields.Monetary(
        string="Target: revenue", compute="_compute_totals"
    )
    contracts = fields.Integer(compute="_compute_totals")
    deliveries = fields.Integer(compute="_compute_totals")
    revenue = fields.Monetary(compute="_compute_totals")
    attainment = fields.Float(
        string="Contracts attained %", compute="_compute_totals", digits=(16, 1)
    )
    attainment_deliveries = fields.Float(
        string="Deliveries attained %", compute="_compute_totals", digits=(16, 1)
    )
    attainment_revenue = fields.Float(
        string="Revenue attained %", compute="_compute_totals", digits=(16, 1)
    )

    _period_uniq = models.UniqueIndex(
        "(company_id, date_from)", "The store already has a plan from that day on."
    )

    @api.depends("company_id.name", "period", "date_from")
    def _compute_name(self):
        for plan in self:
            day = plan.date_from
            if not day:
                plan.name = plan.company_id.name
                continue
            label = {
                "month": f"{day:%Y-%m}",
                "quarter": f"{day:%Y} Q{(day.month + 2) // 3}",
                "year": f"{day:%Y}",
            }[plan.period]
            plan.name = f"{label} · {plan.company_id.name}"

    @api.depends("period", "date_from")
    def _compute_date_to(self):
        for plan in self:
            plan.date_to = plan.date_from and self._period_end(
                plan.period, plan._period_start(plan.period, plan.date_from)
            )

    @api.depends(
        "line_ids.is_counted",
        "line_ids.target_contracts",
        "line_ids.target_deliveries",
        "line_ids.target_revenue",
    )
    def _compute_totals(self):
        for plan in self:
            for name, target, result in plan.line_ids._attainment_fields():
                lines = plan.line_ids._counted_for(target)
                plan[target] = sum(lines.mapped(target))
                plan[result] = sum(lines.mapped(result))
                plan[name] = lines._percent(plan[result], plan[target])

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        decidable = self._decidable(APPROVAL_KIND)
        for plan in self:
            plan.can_decide = plan.state == "submitted" and plan._origin in decidable

    @api.constrains("company_id", "period", "date_from")
    def _check_period(self):
        for plan in self:
            if any(
                not plan.date_from <= line.month <= plan.date_to
                for line in plan.line_ids
            ):
                raise ValidationError(
                    self.env._("There are targets for months outside of the period.")
                )
            # Other plans of the store that the user may not see count as well.
            other = self.sudo().search(
                Domain("id", "!=", plan.id)
                & Domain("company_id", "=", plan.company_id.id)
                & Domain("date_from", "<=", plan.date_to)
                & Domain("date_to", ">=", plan.date_from),
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "The store already has a plan for that time: %(plan)s. "
                        "Change that one, so that no target counts twice.",
                        plan=other.name,
                    )
                )

    @api.onchange("period", "date_from")
    def _onchange_period(self):
        if self.date_from:
            self.date_from = self._period_start(self.period, self.date_from)

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["state"] = "draft"  # whatever a client sends
            period = vals.get("period", "month")
            day = fields.Date.to_date(vals.get("date_from"))
            if period in PERIOD_MONTHS:
                vals["date_from"] = self._period_start(
                    period, day or fields.Date.context_today(self)
                )
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("auto_sales_plan") is not STATE:
            if {"state", "version", "approved_targets"} & vals.keys():
                raise UserError(
                    self.env._("The targets of a plan hold by its approval.")
                )
            if TERM_FIELDS & vals.keys():
                self._check_draft()
        if not {"date_from", "period"} & vals.keys():
            return super().write(vals)
        result = True
        for plan in self:
            period = vals.get("period", plan.period)
            day = fields.Date.to_date(vals.get("date_from", plan.date_from))
            if day and period in PERIOD_MONTHS:
                day = self._period_start(period, day)
            result = super(AutoSalesPlan, plan).write({**vals, "date_from": day})
        return result

    def copy_data(self, default=None):
        """Make the plan of the next period that is free, with the same targets."""
        default = dict(default or {})
        vals_list = super().copy_data(default)
        for plan, vals in zip(self, vals_list, strict=True):
            if default.keys() & {"date_from", "company_id", "period"}:
                continue
            step = relativedelta(months=PERIOD_MONTHS[plan.period])
            last = self.sudo().search(
                [
                    ("company_id", "=", plan.company_id.id),
                    ("date_from", ">=", plan.date_from),
                ],
                order="date_to desc",
                limit=1,
            )
            start = plan.date_from
            while start <= last.date_to:
                start += step
            vals["date_from"] = start
            vals["line_ids"] = [
                Command.create(line) for line in plan.line_ids._copied_to(start)
            ]
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_draft()
        for plan in self:
            if plan.version:
                raise UserError(
                    self.env._(
                        "%s has been in force: it stays, with its history.", plan.name
                    )
                )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_submit(self):
        """Ask for the approval of these plans.

        :raise UserError: when one has no targets, or is no draft
        """
        self.check_access("write")
        self._check_draft()
        for plan in self:
            if not plan.line_ids:
                raise UserError(self.env._("%s has no targets yet.", plan.name))
            plan._request_approval(
                APPROVAL_KIND,
                lambda one: one.env._(
                    "Sales plan %(plan)s: %(contracts)s contracts, %(deliveries)s "
                    "deliveries",
                    plan=one.name,
                    contracts=one.target_contracts,
                    deliveries=one.target_deliveries,
                ),
                plan.target_revenue,
            )
        self._set_state("submitted")
        return True

    def action_approve(self):
        """Approve the plan, as whoever may."""
        self._approvals_to_decide(APPROVAL_KIND).action_approve()
        return True

    def action_open_refuse(self):
        """Open the window that asks why it is refused."""
        return self._approvals_to_decide(APPROVAL_KIND).action_open_refuse()

    def action_reopen(self):
        """Take these plans back to draft: changed targets are approved again."""
        self.check_access("write")
        self._cancel_approvals(self.env._("Taken back to draft."), APPROVAL_KIND)
        self._set_state("draft")
        return True

    def action_fill(self):
        """Open the window that fills the plan."""
        self.ensure_one()
        self._check_draft()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Fill in targets"),
            "res_model": "auto.sales.plan.fill",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_plan_id": self.id},
        }

    def action_view_lines(self):
        """Open the targets of the plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_sales_plan_line_action"
        )
        action["domain"] = [("plan_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_view_contracts(self):
        """Open the contracts that count for the plan."""
        self.ensure_one()
        return self.line_ids._counted_for("target_contracts")._action_results(
            "contract", self.env._("Contracts: %s", self.name)
        )

    def action_view_deliveries(self):
        """Open the deliveries that count for the plan."""
        self.ensure_one()
        return self.line_ids._counted_for("target_deliveries")._action_results(
            "delivery", self.env._("Deliveries: %s", self.name)
        )

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    @api.model
    def _period_start(self, period, day):
        """Return the first day of the period in which a day lies.

        :param str period: ``month``, ``quarter`` or ``year``
        """
        months = PERIOD_MONTHS[period]
        return day.replace(day=1, month=(day.month - 1) // months * months + 1)

    @api.model
    def _period_end(self, period, start):
        """Return the last day of the period that begins on ``start``."""
        return start + relativedelta(months=PERIOD_MONTHS[period], days=-1)

    def _months(self):
        """Return the first days of the months of the plan, in order."""
        self.ensure_one()
        return [
            self.date_from + relativedelta(months=number)
            for number in range(PERIOD_MONTHS[self.period])
        ]

    def _check_draft(self):
        for plan in self:
            if plan.state != "draft":
                raise UserError(
                    self.env._(
                        "%s is not a draft: reopen it to change its targets; it is "
                        "approved again then.",
                        plan.name,
                    )
                )

    def _set_state(self, state, **vals):
        self.with_context(auto_sales_plan=STATE).write({"state": state, **vals})

    def _approval_granted(self, approval):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_granted(approval)
        targets = self.line_ids._targets_by_name()
        changes = self._describe_changes(self.approved_targets or {}, targets)
        self._set_state("approved", version=self.version + 1, approved_targets=targets)
        if self.version > 1:
            self.message_post(
                body=Markup("<p>%s</p><ul>%s</ul>")
                % (
                    self.env._("Version %s approved. Changed targets:", self.version),
                    Markup().join(Markup("<li>%s</li>") % line for line in changes)
                    or Markup("<li>%s</li>") % self.env._("none"),
                )
            )
        return None

    def _approval_refused(self, approval, note):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_refused(approval, note)
        self._set_state("draft")
        return None

    def _approval_cancelled(self, approval):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_cancelled(approval)
        if self.state == "submitted":
            self._set_state("draft")
        return None

    def _describe_changes(self, before, after):
        """Return one sentence for each target that differs.

        :param dict before: name of the line → list of its targets
        :param dict after: the same, as it is now
        """
        empty = self.env._("no target")
        return [
            self.env._(
                "%(target)s: %(before)s → %(after)s",
                target=name,
                before=self._describe_targets(before.get(name)) or empty,
                after=self._describe_targets(after.get(name)) or empty,
            )
            for name in {**before, **after}
            if before.get(name) != after.get(name)
        ]

    def _describe_targets(self, targets):
        if not targets:
            return ""
        contracts, deliveries, revenue, prospects = targets
        return self.env._(
            "%(contracts)s contracts, %(deliveries)s deliveries, %(revenue)s, "
            "%(prospects)s prospects",
            contracts=contracts,
            deliveries=deliveries,
            revenue=self.currency_id.format(revenue),
            prospects=prospects,
        )
