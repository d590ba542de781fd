from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

APPROVAL_KIND = "campaign_budget"
#: Who plans campaigns, and who reads what they cost.
PLANNERS = (
    "auto_crm_base.group_sales_manager,auto_crm_base.group_store_manager,"
    "auto_crm_base.group_head_office,auto_crm_base.group_auditor"
)
#: What holds from the approval of the plan on.
PLAN_FIELDS = frozenset(
    {
        "auto_date_begin",
        "auto_date_end",
        "auto_kind_id",
        "auto_store_id",
        "auto_target_attended",
        "auto_target_leads",
        "auto_target_orders",
        "auto_target_revenue",
        "auto_target_test_drives",
        "auto_aim",
        "store_ids",
    }
)
# Only the methods of campaigns pass this object, so that no plan is approved without
# its approval.
STATE = object()


class UtmCampaign(models.Model):
    """A campaign of stores: aim, dates, targets, budget, and who approved it.

    A campaign is ours when a store plans it; others (of links and mailings) stay as
    Odoo has them.
    """

    _name = "utm.campaign"
    _inherit = [
        "utm.campaign",
        "mail.thread",
        "mail.activity.mixin",
        "auto.approval.mixin",
    ]

    auto_store_id = fields.Many2one(
        comodel_name="res.company",
        string="Planned by",
        index="btree_not_null",
        tracking=True,
        domain="[('id', 'in', allowed_company_ids)]",
        help="The store that plans, approves and evaluates the campaign.",
    )
    store_ids = fields.Many2many(
        comodel_name="res.company",
        relation="utm_campaign_auto_store_rel",
        column1="campaign_id",
        column2="company_id",
        string="Stores",
        domain="[('id', 'in', allowed_company_ids)]",
        help="Who takes part. Each store sees the campaign, and its own costs and "
        "results of it.",
    )
    auto_currency_id = fields.Many2one(
        related="auto_store_id.currency_id", string="Currency of the campaign"
    )
    auto_state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "Waiting for approval"),
            ("approved", "Approved"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        string="Plan",
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        tracking=True,
        group_expand=True,
    )
    auto_kind_id = fields.Many2one(
        comodel_name="auto.campaign.kind",
        string="Kind",
        index="btree_not_null",
        ondelete="restrict",
    )
    auto_aim = fields.Text(string="Aim", help="What it is for, and for whom.")
    auto_date_begin = fields.Date(string="From", tracking=True)
    auto_date_end = fields.Date(string="Until", tracking=True)
    auto_target_attended = fields.Integer(string="Target guests")
    auto_target_leads = fields.Integer(string="Target prospects")
    auto_target_test_drives = fields.Integer(string="Target test drives")
    auto_target_orders = fields.Integer(string="Target contracts")
    auto_target_revenue = fields.Monetary(
        string="Target revenue", currency_field="auto_currency_id", groups=PLANNERS
    )
    event_ids = fields.One2many(
        comodel_name="event.event", inverse_name="auto_campaign_id", string="Events"
    )
    cost_ids = fields.One2many(
        comodel_name="auto.campaign.cost",
        inverse_name="campaign_id",
        string="Costs",
        groups=PLANNERS,
    )
    evaluation_ids = fields.One2many(
        comodel_name="auto.campaign.evaluation",
        inverse_name="campaign_id",
        string="Evaluations",
        groups=PLANNERS,
    )

    _auto_dates_check = models.Constraint(
        "CHECK(auto_date_end IS NULL OR auto_date_begin IS NULL"
        " OR auto_date_end >= auto_date_begin)",
        "The campaign ends before it begins.",
    )
    _auto_targets_check = models.Constraint(
        "CHECK(COALESCE(auto_target_attended, 0) >= 0"
        " AND COALESCE(auto_target_leads, 0) >= 0"
        " AND COALESCE(auto_target_test_drives, 0) >= 0"
        " AND COALESCE(auto_target_orders, 0) >= 0"
        " AND COALESCE(auto_target_revenue, 0) >= 0)",
        "A target is not negative.",
    )

    @api.constrains("auto_store_id", "store_ids")
    def _check_auto_store_ids(self):
        for campaign in self:
            if campaign.store_ids and not campaign.auto_store_id:
                raise ValidationError(
                    self.env._("Which store plans “%s”?", campaign.title)
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        ours = not self.env.su and self.env.user._auto_roles()
        for vals in vals_list:
            vals.pop("auto_state", None)
            if ours:
                # A campaign of nobody would be everybody's.
                vals.setdefault("auto_store_id", self.env.company.id)
            if vals.get("auto_store_id") and not vals.get("store_ids"):
                vals["store_ids"] = [Command.link(vals["auto_store_id"])]
        return super(UtmCampaign, self.with_context(default_auto_state="draft")).create(
            vals_list
        )

    def write(self, vals):
        if self.env.context.get("auto_campaign") is not STATE:
            if "auto_state" in vals:
                raise UserError(self.env._("The plan of a campaign has its buttons."))
            if PLAN_FIELDS & vals.keys():
                self._check_auto_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_auto_used(self):
        if self.env.context.get("_force_unlink"):
            return
        self.filtered("auto_store_id")._check_auto_draft()

    def _check_auto_draft(self):
        for campaign in self:
            if campaign.auto_state != "draft":
                raise UserError(
                    self.env._(
                        "The plan of “%s” is no draft any more: take it back to draft "
                        "to change it.",
                        campaign.title,
                    )
                )

    # ------------------------------------------------------------------
    # Plan and approval
    # ------------------------------------------------------------------

    def action_auto_submit(self):
        """Submit these plans: small budgets are approved at once.

        :raise UserError: when one is no draft, or has no dates
        """
        self.check_access("write")
        self._check_auto_draft()
        for campaign in self:
            if not (campaign.auto_date_begin and campaign.auto_date_end):
                raise UserError(
                    self.env._("When is “%s”, from and until?", campaign.title)
                )
            budget = campaign._auto_whole_budget()
            if budget <= campaign.auto_store_id.sudo().auto_campaign_budget_free:
                campaign._set_auto_state("approved")
                continue
            campaign._request_approval(
                APPROVAL_KIND,
                lambda one, budget=budget: one.env._(
                    "Campaign %(campaign)s: budget %(budget)s",
                    campaign=one.title,
                    budget=one.auto_currency_id.format(budget),
                ),
                budget,
                detail=campaign.auto_aim or "",
            )
            campaign._set_auto_state("submitted")
        return True

    def action_auto_approve(self):
        """Approve the plan, as whoever may."""
        self._approvals_to_decide(APPROVAL_KIND).action_approve()
        return True

    def action_auto_refuse(self):
        """Open the window that asks why it is refused."""
        return self._approvals_to_decide(APPROVAL_KIND).action_open_refuse()

    def action_auto_draft(self):
        """Take these plans back to draft; they are approved again then."""
        self.check_access("write")
        self._cancel_approvals(self.env._("Taken back to draft."), APPROVAL_KIND)
        self._set_auto_state("draft")
        return True

    def action_auto_done(self):
        """End these campaigns and open the evaluation."""
        self.check_access("write")
        for campaign in self:
            if campaign.auto_state != "approved":
                raise UserError(
                    self.env._("“%s” is not running: nothing to end.", campaign.title)
                )
        self._set_auto_state("done")
        return self.action_auto_evaluate() if len(self) == 1 else True

    def action_auto_cancel(self):
        """Call these campaigns off; what was spent stays spent."""
        self.check_access("write")
        for campaign in self:
            if campaign.auto_state == "done":
                raise UserError(self.env._("“%s” is over.", campaign.title))
        self._cancel_approvals(self.env._("The campaign was called off."))
        self._set_auto_state("cancelled")
        return True

    def action_auto_evaluate(self):
        """Open the evaluation sheet of the store; begin it where there is none."""
        self.ensure_one()
        if self.auto_state not in ("approved", "done"):
            raise UserError(
                self.env._("“%s” has not taken place: nothing to judge.", self.title)
            )
        evaluations = self.env["auto.campaign.evaluation"]
        company = (
            self.auto_store_id
            if self.auto_store_id in self.env.companies
            else self.env.company
        )
        found = evaluations.search(
            [("campaign_id", "=", self.id), ("company_id", "=", company.id)], limit=1
        )
        if not found:
            found = evaluations.create(
                {"campaign_id": self.id, "company_id": company.id}
            )
        return found._get_records_action()

    def _auto_whole_budget(self):
        """Return the planned costs of all stores, in the campaign's currency."""
        self.ensure_one()
        # Who approves a plan approves all of it, also what other stores pay.
        total = 0
        today = fields.Date.context_today(self)
        for cost in self.sudo().cost_ids:
            total += cost.currency_id._convert(
                cost.planned_amount, self.auto_currency_id, self.auto_store_id, today
            )
        return total

    def _set_auto_state(self, state):
        self.with_context(auto_campaign=STATE).write({"auto_state": state})

    def _approval_company(self):
        return self.auto_store_id or super()._approval_company()

    def _approval_granted(self, approval):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_granted(approval)
        self._set_auto_state("approved")
        return None

    def _approval_refused(self, approval, note):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_refused(approval, note)
        self._set_auto_state("draft")
        return None

    def _approval_cancelled(self, approval):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_cancelled(approval)
        if self.auto_state == "submitted":
            self._set_auto_state("draft")
        return None
