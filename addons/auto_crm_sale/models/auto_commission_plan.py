from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from .auto_commission_line import COMPUTE

TERM_FIELDS = frozenset(
    {
        "kind",
        "company_id",
        "date_start",
        "date_end",
        "team_id",
        "member_ids",
        "payee_ids",
    }
    | {"rule_ids"}
)

# Only the methods of plans pass this object, so that nobody changes what is paid
# without being seen to.
STATE = object()


class AutoCommissionPlan(models.Model):
    """How the people of a store are paid for what they sell.

    In an individual plan each is paid for the own sales. In a pool the sales of all
    members come together and are divided by weight, as Toyota's dealers pay teams.
    """

    _name = "auto.commission.plan"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Commission plan"
    _order = "date_start desc, id desc"

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        selection=[("individual", "Individual"), ("pool", "Team pool")],
        required=True,
        default="individual",
        tracking=True,
        help="Individual: each is paid for the own sales. Team pool: what all members "
        "earn comes together and is divided by weight.",
    )
    state = fields.Selection(
        selection=[("draft", "Draft"), ("active", "Active"), ("closed", "Closed")],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
        help="An active plan holds from its first to its last day; a closed one was "
        "ended before its time and still pays for the days before.",
    )
    date_start = fields.Date(
        string="From",
        required=True,
        tracking=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
    )
    date_end = fields.Date(
        string="Until", tracking=True, help="The last day; empty: until it is closed."
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales team",
        index="btree_not_null",
        help="The members can be taken from it.",
    )
    member_ids = fields.One2many(
        comodel_name="auto.commission.member",
        inverse_name="plan_id",
        string="Members",
        copy=True,
    )
    payee_ids = fields.One2many(
        comodel_name="auto.commission.member",
        inverse_name="plan_id",
        string="Paid people",
        help="For record rules, which read it past all rights: would they use the "
        "members, consultants saw all of them.",
    )
    rule_ids = fields.One2many(
        comodel_name="auto.commission.rule",
        inverse_name="plan_id",
        string="Rules",
        copy=True,
    )
    note = fields.Text(string="Remarks")
    date_computed = fields.Datetime(
        string="Last computed",
        readonly=True,
        copy=False,
        help="Whoever computes the commissions of a store locks its plans by it.",
    )

    _dates_check = models.Constraint(
        "CHECK(date_end IS NULL OR date_end >= date_start)",
        "A plan cannot end before it begins.",
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
        if self.env.context.get("auto_commission_plan") is not STATE:
            if "state" in vals:
                raise UserError(
                    self.env._("A plan is activated and closed by its buttons.")
                )
            if TERM_FIELDS & vals.keys():
                self._check_draft()
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if not (default or {}).get("name"):
            for vals in vals_list:
                vals["name"] = self.env._("%s (copy)", vals["name"])
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._check_draft()

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_activate(self):
        """Let the plan pay from its first day on.

        :raise UserError: when it has no members or no rules
        :raise ValidationError: when a member has another plan on some of these days
        """
        self.check_access("write")
        self._check_draft()
        for plan in self:
            if not plan.member_ids or not plan.rule_ids:
                raise UserError(
                    self.env._(
                        "“%(plan)s” needs members and rules first.", plan=plan.name
                    )
                )
            if plan.kind == "pool" and not any(plan.member_ids.mapped("weight")):
                raise UserError(
                    self.env._(
                        "“%(plan)s”: give at least one member a weight.",
                        plan=plan.name,
                    )
                )
            plan.member_ids._check_free()
        self._set_state("active")
        self.env.flush_all()  # the database says no to whom the check came too early
        return True

    def action_revise(self):
        """Take it back to draft, as long as nobody was paid by it.

        :raise UserError: when something was submitted, approved or paid
        """
        self.check_access("write")
        # The statements of other people count as well.
        lines = self.env["auto.commission.line"].sudo()
        lines = lines.search([("plan_id", "in", self.ids)], order="id")
        used = lines.filtered(lambda line: line.state != "draft")[:1]
        if used:
            raise UserError(
                self.env._(
                    "%(statement)s was computed by “%(plan)s”. Use “New version”: what "
                    "was paid stays as it was.",
                    statement=used.statement_id.name,
                    plan=used.plan_id.name,
                )
            )
        lines.with_context(auto_commission=COMPUTE).unlink()
        self._set_state("draft")
        return True

    def action_close(self):
        """End it today; what was delivered until now is still paid by it."""
        self.check_access("write")
        for plan in self:
            today = plan.company_id._auto_today()
            if plan.state != "active" or plan.date_start > today:
                raise UserError(
                    self.env._(
                        "“%(plan)s” is not in force: take it back to draft instead.",
                        plan=plan.name,
                    )
                )
            plan._end(min(plan.date_end or today, today))
        self._set_state("closed")
        return True

    def action_new_version(self):
        """Copy the plan for the time from next month on, and end this one before.

        :return: the action that opens the new version, a draft
        """
        self.ensure_one()
        self.check_access("write")
        begin = self.company_id._auto_today().replace(day=1) + relativedelta(months=1)
        if self.state != "active" or self.date_start >= begin:
            raise UserError(
                self.env._("Only a plan in force gets a new version; change this one.")
            )
        last = begin - relativedelta(days=1)
        version = self.copy(
            {
                "name": self.name,
                "date_start": begin,
                "date_end": self.date_end
                if self.date_end and self.date_end >= begin
                else False,
            }
        )
        self._end(min(self.date_end or last, last))
        return version._get_records_action()

    def action_take_team(self):
        """Add the people of the sales team who are no members yet, with weight 1."""
        self.check_access("write")
        for plan in self:
            if not plan.team_id:
                raise UserError(self.env._("Choose the sales team first."))
            # Membership of a team is no secret of its store.
            users = plan.team_id.sudo().member_ids - plan.member_ids.user_id
            users = users.filtered(
                lambda user, company=plan.company_id: company in user.company_ids
            )
            plan.member_ids = [Command.create({"user_id": user.id}) for user in users]
        return True

    def action_view_statements(self):
        """Open the statements on which the plan has lines."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_commission_statement_action"
        )
        action["domain"] = [("line_ids.plan_id", "=", self.id)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _check_draft(self):
        for plan in self:
            if plan.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(plan)s” is in force. Take it back to draft, or make a new "
                        "version once somebody was paid by it.",
                        plan=plan.name,
                    )
                )

    def _set_state(self, state):
        self.with_context(auto_commission_plan=STATE).write({"state": state})

    def _end(self, day):
        self.ensure_one()
        self.with_context(auto_commission_plan=STATE).write({"date_end": day})

    @api.constrains("company_id", "member_ids")
    def _check_members(self):
        self.member_ids._check_store()

    @api.constrains("company_id", "team_id")
    def _check_team(self):
        for plan in self:
            # Whether the team is the store's does not depend on who looks.
            company = plan.team_id.sudo().company_id
            if company and company != plan.company_id:
                raise ValidationError(
                    self.env._(
                        "%(team)s is a team of another store.", team=plan.team_id.name
                    )
                )
