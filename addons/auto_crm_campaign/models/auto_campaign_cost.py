from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

APPROVAL_KIND = "campaign_cost"
PLAN_FIELDS = frozenset({"campaign_id", "company_id", "planned_amount"})
ACTUAL_FIELDS = frozenset({"actual_amount", "kind_id", "name", "partner_id", "date"})
# Only the methods of costs pass this object: what is booked was approved.
STATE = object()


class AutoCampaignCost(models.Model):
    """One cost of a campaign: planned, then booked, above a limit with approval."""

    _name = "auto.campaign.cost"
    _inherit = ["mail.thread", "auto.approval.mixin"]
    _description = "Cost of a campaign"
    _order = "campaign_id desc, company_id, kind_id, id"

    campaign_id = fields.Many2one(
        comodel_name="utm.campaign",
        string="Campaign",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('auto_store_id', '!=', False)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
        help="Who pays it.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    kind_id = fields.Many2one(
        comodel_name="auto.campaign.cost.kind",
        string="Kind",
        required=True,
        index=True,
        ondelete="restrict",
    )
    name = fields.Char(string="For what", required=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Supplier",
        index="btree_not_null",
        domain="[('is_auto_customer', '=', False)]",
    )
    planned_amount = fields.Monetary(
        string="Planned", help="What the plan foresees. 0: not planned."
    )
    actual_amount = fields.Monetary(string="Actual", tracking=True)
    date = fields.Date(
        string="Spent on", help="The day of the invoice or receipt.", copy=False
    )
    state = fields.Selection(
        selection=[
            ("planned", "Planned"),
            ("submitted", "Waiting for approval"),
            ("booked", "Booked"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="planned",
        index=True,
        tracking=True,
    )
    difference = fields.Monetary(
        string="Above plan", compute="_compute_difference", store=True
    )
    campaign_state = fields.Selection(related="campaign_id.auto_state")

    _amounts_check = models.Constraint(
        "CHECK(planned_amount >= 0 AND actual_amount >= 0)",
        "An amount is not negative.",
    )

    @api.depends("planned_amount", "actual_amount", "state")
    def _compute_difference(self):
        for cost in self:
            booked = cost.state == "booked"
            cost.difference = cost.actual_amount - cost.planned_amount if booked else 0

    @api.constrains("campaign_id", "company_id")
    def _check_store(self):
        for cost in self:
            campaign = cost.campaign_id
            stores = campaign.store_ids | campaign.auto_store_id
            if cost.company_id not in stores:
                raise ValidationError(
                    self.env._(
                        "%(store)s does not take part in “%(campaign)s”.",
                        store=cost.company_id.name,
                        campaign=campaign.title,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["state"] = "planned"  # whatever a client sends
            vals.pop("difference", None)
        costs = super().create(vals_list)
        for cost in costs:
            # Who reads a campaign may not plan into it from outside.
            cost.campaign_id.check_access("read")
            if cost.planned_amount and cost.campaign_state != "draft":
                raise UserError(cost._locked_text())
        return costs

    def write(self, vals):
        if self.env.context.get("auto_campaign_cost") is not STATE:
            if "state" in vals:
                raise UserError(self.env._("A cost is booked by its button."))
            for cost in self:
                if cost.state != "planned" and ACTUAL_FIELDS & vals.keys():
                    raise UserError(
                        self.env._("“%s” is booked or waits for approval.", cost.name)
                    )
                if PLAN_FIELDS & vals.keys() and cost.campaign_state != "draft":
                    raise UserError(cost._locked_text())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for cost in self:
            if cost.state != "planned" or (
                cost.planned_amount and cost.campaign_state != "draft"
            ):
                raise UserError(
                    self.env._("“%s” belongs to the plan and stays.", cost.name)
                )

    def _locked_text(self):
        self.ensure_one()
        return self.env._(
            "The plan of “%s” is no draft any more. Enter what was not planned with "
            "a planned amount of 0.",
            self.campaign_id.title,
        )

    # ------------------------------------------------------------------
    # Booking
    # ------------------------------------------------------------------

    def action_book(self):
        """Book what these cost; ask for approval above the store's limit.

        :raise UserError: when nothing was spent, or the campaign is not approved
        """
        self.check_access("write")
        for cost in self:
            if cost.state != "planned":
                raise UserError(
                    self.env._("“%s” is booked or waits for approval.", cost.name)
                )
            if not cost.actual_amount:
                raise UserError(self.env._("What did “%s” cost?", cost.name))
            if cost.campaign_state not in ("approved", "done", "cancelled"):
                raise UserError(
                    self.env._(
                        "The plan of “%s” is not approved yet.", cost.campaign_id.title
                    )
                )
            if not cost.date:
                cost.date = fields.Date.context_today(cost)
            if not cost._needs_approval():
                cost._set_state("booked")
                continue
            cost._request_approval(
                APPROVAL_KIND,
                lambda one: one.env._(
                    "%(campaign)s, %(cost)s: %(actual)s (planned %(planned)s)",
                    campaign=one.campaign_id.title,
                    cost=one.name,
                    actual=one.currency_id.format(one.actual_amount),
                    planned=one.currency_id.format(one.planned_amount),
                ),
                cost.actual_amount,
            )
            cost._set_state("submitted")
        return True

    def action_approve(self):
        """Approve the cost, as whoever may."""
        self._approvals_to_decide(APPROVAL_KIND).action_approve()
        return True

    def action_refuse(self):
        """Open the window that asks why it is refused."""
        return self._approvals_to_decide(APPROVAL_KIND).action_open_refuse()

    def action_take_back(self):
        """Take back what waits for approval."""
        self.check_access("write")
        for cost in self:
            if cost.state != "submitted":
                raise UserError(self.env._("“%s” waits for nothing.", cost.name))
        self._cancel_approvals(self.env._("Taken back."), APPROVAL_KIND)
        return True

    def _needs_approval(self):
        """Return whether the actual amount is above limit, or above the plan.

        The plan was approved: what stays within it and under the limit is not asked
        for again.
        """
        self.ensure_one()
        free = self.company_id.sudo().auto_campaign_cost_free
        compare = self.currency_id.compare_amounts
        if compare(self.actual_amount, free) > 0:
            return True
        above = compare(self.actual_amount, self.planned_amount) > 0
        return above and bool(self.planned_amount)

    def _set_state(self, state):
        self.with_context(auto_campaign_cost=STATE).write({"state": state})

    def _approval_granted(self, approval):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_granted(approval)
        self._set_state("booked")
        return None

    def _approval_refused(self, approval, note):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_refused(approval, note)
        self._set_state("planned")
        return None

    def _approval_cancelled(self, approval):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_cancelled(approval)
        if self.state == "submitted":
            self._set_state("planned")
        return None
