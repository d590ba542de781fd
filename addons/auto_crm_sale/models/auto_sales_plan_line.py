from collections import defaultdict
from datetime import datetime, time

from dateutil.relativedelta import relativedelta
from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

TARGETS = ("target_contracts", "target_deliveries", "target_revenue")
RESULTS = ("contracts", "deliveries", "revenue")
# What a line may name beside its month; a consultant is more exact than a team.
DIMENSIONS = ("team_id", "user_id", "model_id", "condition")


class AutoSalesPlanLine(models.Model):
    """The targets of one month: of the store, or of what the line names.

    What was sold counts for a line when it fits everything that the line names. The
    team of a line that names a consultant only says where the consultant belongs.
    """

    _name = "auto.sales.plan.line"
    _description = "Sales target"
    _order = "month desc, company_id, plan_id, id"
    _check_company_auto = True

    plan_id = fields.Many2one(
        comodel_name="auto.sales.plan",
        string="Sales plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    state = fields.Selection(related="plan_id.state", store=True)
    month = fields.Date(
        required=True, index=True, help="Becomes the first day of the month."
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Team",
        index="btree_not_null",
        ondelete="restrict",
        compute="_compute_team_id",
        store=True,
        precompute=True,
        readonly=False,
        check_company=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Consultant",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model",
        string="Model",
        index="btree_not_null",
        ondelete="restrict",
    )
    condition = fields.Selection(selection=[("new", "New"), ("used", "Used")])
    level = fields.Selection(
        selection=[
            ("store", "Store"),
            ("team", "Team"),
            ("user", "Consultant"),
            ("model", "Model"),
            ("team_model", "Team and model"),
            ("user_model", "Consultant and model"),
        ],
        compute="_compute_level",
        store=True,
        help="What the line divides the store's cars by.",
    )
    is_counted = fields.Boolean(
        string="In the total",
        compute="_compute_is_counted",
        compute_sudo=True,
        help="Of the ways in which the plan divides a month, the one that names least "
        "makes the total, for each figure among those that have targets of it.",
    )

    target_contracts = fields.Integer(
        string="Target: contracts", help="Cars on contracts confirmed in the month."
    )
    target_deliveries = fields.Integer(
        string="Target: deliveries", help="Cars that leave the stock in the month."
    )
    target_revenue = fields.Monetary(
        string="Target: revenue", help="Of the cars delivered, without tax."
    )
    target_prospects = fields.Integer(
        string="Target: prospects", help="New prospects in the month."
    )
    contracts = fields.Integer(compute="_compute_results", compute_sudo=True)
    deliveries = fields.Integer(compute="_compute_results", compute_sudo=True)
    revenue = fields.Monetary(compute="_compute_results", compute_sudo=True)
    prospects = fields.Integer(compute="_compute_results", compute_sudo=True)
    attainment = fields.Float(
        string="Contracts attained %",
        compute="_compute_results",
        compute_sudo=True,
        digits=(16, 1),
    )
    attainment_deliveries = fields.Float(
        string="Deliveries attained %",
        compute="_compute_results",
        compute_sudo=True,
        digits=(16, 1),
    )
    attainment_revenue = fields.Float(
        string="Revenue attained %",
        compute="_compute_results",
        compute_sudo=True,
        digits=(16, 1),
    )
    remaining_contracts = fields.Integer(
        string="Contracts to go", compute="_compute_results", compute_sudo=True
    )
    remaining_deliveries = fields.Integer(
        string="Deliveries to go", compute="_compute_results", compute_sudo=True
    )

    _key_uniq = models.UniqueIndex(
        "(company_id, month, COALESCE(user_id, 0),"
        " (CASE WHEN user_id IS NULL THEN COALESCE(team_id, 0) ELSE 0 END),"
        " COALESCE(model_id, 0), COALESCE(condition, ''))",
        "There is already a target for the same month, team, consultant and model.",
    )
    _targets_check = models.Constraint(
        "CHECK(COALESCE(target_contracts, 0) >= 0"
        " AND COALESCE(target_deliveries, 0) >= 0"
        " AND COALESCE(target_revenue, 0) >= 0"
        " AND COALESCE(target_prospects, 0) >= 0)",
        "A target cannot be negative.",
    )
    _prospects_check = models.Constraint(
        "CHECK(COALESCE(target_prospects, 0) = 0"
        " OR (model_id IS NULL AND condition IS NULL))",
        "A target of prospects is for the store, a team or a consultant: what a "
        "prospect will buy is not known yet.",
    )
    _month_check = models.Constraint(
        "CHECK(EXTRACT(DAY FROM month) = 1)", "A month begins on its first day."
    )

    @api.depends("user_id")
    def _compute_team_id(self):
        teams = self._teams_of(self.user_id, self.company_id)
        for line in self:
            if line.user_id:
                line.team_id = teams.get((line.user_id.id, line.company_id.id))

    @api.depends("team_id", "user_id", "model_id")
    def _compute_level(self):
        for line in self:
            who = "user" if line.user_id else "team" if line.team_id else ""
            what = "model" if line.model_id else ""
            line.level = "_".join(filter(None, (who, what))) or "store"

    @api.depends(
        *(f"plan_id.line_ids.{name}" for name in ("month", *DIMENSIONS, *TARGETS))
    )
    def _compute_is_counted(self):
        lines = self.plan_id.line_ids | self
        counted = self.browse().union(
            *(lines._counted_for(target) for target in TARGETS)
        )
        for line in self:
            line.is_counted = line in counted

    @api.depends("month", "company_id", *DIMENSIONS, *TARGETS)
    def _compute_results(self):
        results = self._results()
        prospects = self._prospects()
        for line in self:
            line.contracts, line.deliveries, line.revenue = results[line]
            line.prospects = prospects[line]
            line.remaining_contracts = max(line.target_contracts - line.contracts, 0)
            line.remaining_deliveries = max(line.target_deliveries - line.deliveries, 0)
            for name, target, result in self._attainment_fields():
                line[name] = self._percent(line[result], line[target])

    @api.depends("month", *DIMENSIONS)
    def _compute_display_name(self):
        for line in self:
            line.display_name = line._describe()

    @api.constrains("month", "plan_id")
    def _check_month(self):
        for line in self:
            plan = line.plan_id
            if not plan.date_from <= line.month <= plan.date_to:
                raise ValidationError(
                    self.env._(
                        "%(month)s is not in the period of %(plan)s.",
                        month=f"{line.month:%Y-%m}",
                        plan=plan.name,
                    )
                )

    @api.constrains("user_id", "company_id")
    def _check_user(self):
        for line in self:
            # Which stores a colleague works for is not private.
            user = line.user_id.sudo()
            if user and line.company_id not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(store)s.",
                        user=user.name,
                        store=line.company_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if "month" in fields_list and not values.get("month"):
            plan = self.env["auto.sales.plan"].browse(values.get("plan_id") or [])
            day = plan.date_from or fields.Date.context_today(self)
            values["month"] = day.replace(day=1)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._to_month(vals)
        lines = super().create(vals_list)
        lines.plan_id._check_draft()
        return lines

    def write(self, vals):
        self.plan_id._check_draft()
        result = super().write(self._to_month(dict(vals)))
        self.plan_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self.plan_id._check_draft()

    @api.model
    def _to_month(self, vals):
        """Let ``vals`` name the first day of the month."""
        if vals.get("month"):
            vals["month"] = fields.Date.to_date(vals["month"]).replace(day=1)
        return vals

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_contracts(self):
        """Open the contracts that count for the target."""
        self.ensure_one()
        name = self.env._("Contracts: %s", self.display_name)
        return self._action_results("contract", name)

    def action_view_deliveries(self):
        """Open the deliveries that count for the target."""
        self.ensure_one()
        name = self.env._("Deliveries: %s", self.display_name)
        return self._action_results("delivery", name)

    def action_view_prospects(self):
        """Open the prospects that count for the target."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.crm_lead_action"
        )
        action["name"] = self.env._("Prospects: %s", self.display_name)
        action["domain"] = list(self._prospect_domain())
        action["context"] = {"active_test": False}
        return action

    def _action_results(self, kind, name):
        """Return the action that opens what counts for any of these lines.

        :param str kind: ``contract`` or ``delivery``
        :param str name: what the screen is called
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_sales_result_action"
        )
        domain = Domain.OR(line._result_domain() for line in self)
        action["name"] = name
        action["domain"] = list(Domain("kind", "=", kind) & domain)
        action["context"] = {}
        return action

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    @api.model
    def _attainment_fields(self):
        """Return what is attained: (field, target, result)."""
        return (
            ("attainment", "target_contracts", "contracts"),
            ("attainment_deliveries", "target_deliveries", "deliveries"),
            ("attainment_revenue", "target_revenue", "revenue"),
        )

    @api.model
    def _percent(self, result, target):
        return result / target * 100 if target else 0

    def _mask(self):
        """Return which of the dimensions the line is measured by, one bit for each."""
        self.ensure_one()
        return sum(
            1 << place
            for place, name in enumerate(DIMENSIONS)
            if self[name] and not (name == "team_id" and self.user_id)
        )

    def _key(self):
        """Return what the line is for; no two lines are for the same."""
        self.ensure_one()
        team = self.team_id if not self.user_id else self.team_id.browse()
        return (
            self.month,
            self.user_id.id,
            team.id,
            self.model_id.id,
            self.condition,
        )

    def _counted_for(self, target):
        """Return those of these lines of plans that make the total of a figure.

        That is, month by month, the way that names least of those that have targets
        of it.

        :param str target: one of ``TARGETS``
        """
        masks = {line: line._mask() for line in self}
        aimed = {
            (line.plan_id, line.month, mask)
            for line, mask in masks.items()
            if line[target]
        }
        ranks = {
            line: ((line.plan_id, line.month, mask) not in aimed, self._rank(mask))
            for line, mask in masks.items()
        }
        least = {}
        for line, rank in ranks.items():
            key = (line.plan_id, line.month)
            least[key] = min(least.get(key, rank), rank)
        return self.filtered(
            lambda line: ranks[line] == least[line.plan_id, line.month]
        )

    @api.model
    def _rank(self, mask):
        """Return a key by which the mask that names least comes first."""
        return mask.bit_count(), mask

    def _result_domain(self):
        """Return the domain of the results that count for the line."""
        self.ensure_one()
        mask = self._mask()
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("month", "=", self.month)
        for place, name in enumerate(DIMENSIONS):
            if mask & 1 << place:
                value = self[name] if name == "condition" else self[name].id
                domain &= Domain(name, "=", value)
        return domain

    def _results(self):
        """Return contracts, deliveries and revenue of each line, in one query."""
        masks = {line: line._mask() for line in self}
        totals = {
            mask: defaultdict(lambda: [0] * len(RESULTS)) for mask in masks.values()
        }
        months = [line.month for line in self if line.month]
        if months:
            domain = (
                Domain("company_id", "in", self.company_id.ids)
                & Domain("month", ">=", min(months))
                & Domain("month", "<=", max(months))
            )
            for *key, contracts, deliveries, revenue in self.env[
                "auto.sales.result"
            ]._read_group(
                domain,
                ["company_id", "month:day", *DIMENSIONS],
                [f"{name}:sum" for name in RESULTS],
            ):
                for mask, total in totals.items():
                    sums = total[self._masked(key, mask)]
                    for place, value in enumerate((contracts, deliveries, revenue)):
                        sums[place] += value
        return {
            line: totals[mask].get(
                self._masked(
                    [
                        line.company_id,
                        line.month,
                        *(line[name] for name in DIMENSIONS),
                    ],
                    mask,
                ),
                [0] * len(RESULTS),
            )
            for line, mask in masks.items()
        }

    @api.model
    def _masked(self, key, mask):
        """Return store, month and what the mask names, as ids and values."""
        company, month, *named = key
        return (
            company.id,
            month,
            *(
                (value if isinstance(value, str) else value.id)
                for place, value in enumerate(named)
                if mask & 1 << place
            ),
        )

    def _prospects(self):
        """Return how many new prospects each line counts.

        There is one query for each time zone of the stores.
        """
        found = defaultdict(int)
        lines = self.filtered(lambda one: one.month and not one._mask() & 0b1100)
        leads = self.env["crm.lead"].with_context(active_test=False)
        for zone, part in lines.grouped(lambda one: self._zone(one.company_id)).items():
            months = sorted(set(part.mapped("month")))
            start, _end = self._month_limits(part.company_id[:1], months[0])
            _start, end = self._month_limits(part.company_id[:1], months[-1])
            domain = self._prospects_counted() & Domain(
                [
                    ("company_id", "in", part.company_id.ids),
                    ("create_date", ">=", start),
                    ("create_date", "<", end),
                ]
            )
            for company, month, team, user, number in leads.with_context(
                tz=zone
            )._read_group(
                domain,
                ["company_id", "create_date:month", "team_id", "user_id"],
                ["__count"],
            ):
                key = company, month.date()
                found[key] += number
                found[(*key, team)] += number
                found[(*key, user)] += number
        return {
            line: found[(line.company_id, line.month, *(line.user_id or line.team_id))]
            if line in lines
            else 0
            for line in self
        }

    @api.model
    def _prospects_counted(self):
        """Return the domain of what counts as a prospect, lost ones with it."""
        return Domain("type", "=", "opportunity") & Domain("is_spam", "=", False)

    def _prospect_domain(self):
        self.ensure_one()
        start, end = self._month_limits(self.company_id, self.month)
        domain = self._prospects_counted() & Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("create_date", ">=", start),
                ("create_date", "<", end),
            ]
        )
        if self.user_id:
            domain &= Domain("user_id", "=", self.user_id.id)
        elif self.team_id:
            domain &= Domain("team_id", "=", self.team_id.id)
        return domain

    @api.model
    def _month_limits(self, company, month):
        """Return when a month begins and ends in a store: naive UTC datetimes."""
        zone = timezone(self._zone(company))
        return tuple(
            zone.localize(datetime.combine(day, time.min))
            .astimezone(utc)
            .replace(tzinfo=None)
            for day in (month, month + relativedelta(months=1))
        )

    @api.model
    def _zone(self, company):
        """Return the time zone of a store, in which its months begin."""
        # The working hours of a store are those of all who work there.
        return company.sudo().resource_calendar_id.tz or "UTC"

    @api.model
    def _teams_of(self, users, companies):
        """Return {(user id, store id): team} by the teams' members."""
        teams = {}
        # Who belongs to which team of the store is not private.
        for member in (
            self.env["crm.team.member"]
            .sudo()
            .search([("user_id", "in", users.ids)], order="id desc")
        ):
            team = member.crm_team_id
            for company in team.company_id or companies:
                teams[member.user_id.id, company.id] = team.sudo(self.env.su)
        return teams

    def _describe(self):
        """Return the month and what the line names, in words."""
        self.ensure_one()
        labels = dict(self._fields["condition"]._description_selection(self.env))
        parts = [f"{self.month:%Y-%m}" if self.month else ""]
        # The person and the team are named to whoever sees the target.
        parts.append((self.user_id or self.team_id).sudo().name or "")
        parts.append(self.model_id.display_name or "")
        parts.append(labels.get(self.condition, ""))
        return " · ".join(filter(None, parts))

    def _targets_by_name(self):
        """Return {name of the line: its targets}, to be kept and compared."""
        return {
            line._describe(): [
                line.target_contracts,
                line.target_deliveries,
                line.target_revenue,
                line.target_prospects,
            ]
            for line in self.sorted(lambda one: (one.month, one.id))
        }

    def _copied_to(self, start):
        """Return values of new lines, the first month of the plan being ``start``."""
        return [
            {
                "month": start
                + relativedelta(
                    months=(line.month.year - line.plan_id.date_from.year) * 12
                    + line.month.month
                    - line.plan_id.date_from.month
                ),
                "team_id": line.team_id.id,
                "user_id": line.user_id.id,
                "model_id": line.model_id.id,
                "condition": line.condition,
                **{name: line[name] for name in (*TARGETS, "target_prospects")},
            }
            for line in self
            if not line.user_id or line.user_id.active
        ]
