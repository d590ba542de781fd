from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain


class AutoSalesperson(models.Model):
    """What a consultant sold, and what was to be sold."""

    _inherit = "auto.salesperson"

    currency_id = fields.Many2one(related="company_id.currency_id")

    # This month
    month_prospects = fields.Integer(
        string="Prospects this month", compute="_compute_sales_results"
    )
    month_contracts = fields.Integer(
        string="Contracts this month", compute="_compute_sales_results"
    )
    month_deliveries = fields.Integer(
        string="Deliveries this month", compute="_compute_sales_results"
    )
    month_revenue = fields.Monetary(
        string="Revenue this month", compute="_compute_sales_results"
    )
    month_conversion = fields.Float(
        string="Conversion this month %",
        compute="_compute_sales_results",
        digits=(16, 1),
    )
    month_target = fields.Integer(
        string="Target: contracts this month", compute="_compute_sales_results"
    )
    month_attainment = fields.Float(
        string="Target attained this month %",
        compute="_compute_sales_results",
        digits=(16, 1),
        help="Contracts, of the target of approved plans.",
    )

    # The last twelve months, this one with them
    year_prospects = fields.Integer(
        string="Prospects in 12 months", compute="_compute_sales_results"
    )
    year_contracts = fields.Integer(
        string="Contracts in 12 months", compute="_compute_sales_results"
    )
    year_deliveries = fields.Integer(
        string="Deliveries in 12 months", compute="_compute_sales_results"
    )
    year_revenue = fields.Monetary(
        string="Revenue in 12 months", compute="_compute_sales_results"
    )
    year_conversion = fields.Float(
        string="Conversion in 12 months %",
        compute="_compute_sales_results",
        digits=(16, 1),
        help="Contracts for each hundred new prospects of the same time.",
    )
    year_target = fields.Integer(
        string="Target: contracts in 12 months", compute="_compute_sales_results"
    )
    year_attainment = fields.Float(
        string="Target attained in 12 months %",
        compute="_compute_sales_results",
        digits=(16, 1),
        help="Contracts, of the targets of approved plans; months without a target "
        "do not count.",
    )

    @api.depends("user_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids", "tz")
    def _compute_sales_results(self):
        first, last = self._result_months()
        sold = self._sold(first, last)
        targets = self._targets(first, last)
        prospects = self._new_prospects(first, last)
        months = [first + relativedelta(months=number) for number in range(12)]
        percent = self.env["auto.sales.plan.line"]._percent
        for person in self:
            key = person.company_id.id, person.user_id.id
            for name, part in (("month", [last]), ("year", months)):
                rows = [sold.get((*key, month), (0, 0, 0)) for month in part]
                contracts, deliveries, revenue = (
                    sum(values) for values in zip(*rows, strict=True)
                )
                aims = {
                    month: targets[(*key, month)]
                    for month in part
                    if targets.get((*key, month))
                }
                met = sum(sold.get((*key, month), (0,))[0] for month in aims)
                new = sum(prospects.get((*key, month), 0) for month in part)
                person[f"{name}_prospects"] = new
                person[f"{name}_contracts"] = contracts
                person[f"{name}_deliveries"] = deliveries
                person[f"{name}_revenue"] = revenue
                person[f"{name}_conversion"] = percent(contracts, new)
                person[f"{name}_target"] = sum(aims.values())
                person[f"{name}_attainment"] = percent(met, sum(aims.values()))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_month_contracts(self):
        """Open the contracts of this month."""
        name = self.env._("Contracts this month: %s", self.display_name)
        return self._action_sold("contract", 1, name)

    def action_view_year_contracts(self):
        """Open the contracts of the last twelve months."""
        name = self.env._("Contracts in 12 months: %s", self.display_name)
        return self._action_sold("contract", 12, name)

    def action_view_month_deliveries(self):
        """Open the deliveries of this month."""
        name = self.env._("Deliveries this month: %s", self.display_name)
        return self._action_sold("delivery", 1, name)

    def action_view_year_deliveries(self):
        """Open the deliveries of the last twelve months."""
        name = self.env._("Deliveries in 12 months: %s", self.display_name)
        return self._action_sold("delivery", 12, name)

    def action_view_month_prospects(self):
        """Open the prospects that came in this month."""
        name = self.env._("Prospects this month: %s", self.display_name)
        return self._action_new(1, name)

    def action_view_year_prospects(self):
        """Open the prospects that came in during the last twelve months."""
        name = self.env._("Prospects in 12 months: %s", self.display_name)
        return self._action_new(12, name)

    def action_view_targets(self):
        """Open the targets of the last twelve months."""
        self.ensure_one()
        first, last = self._result_months()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_sales_plan_line_action"
        )
        action["name"] = self.env._("Targets: %s", self.display_name)
        action["domain"] = list(self._target_domain(first, last) & self._own_domain())
        action["context"] = {}
        return action

    def _action_sold(self, kind, months, name):
        self.ensure_one()
        first, last = self._result_months(months)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_sales_result_action"
        )
        action["name"] = name
        action["domain"] = list(
            Domain("kind", "=", kind)
            & Domain("month", ">=", first)
            & Domain("month", "<=", last)
            & self._own_domain()
        )
        action["context"] = {}
        return action

    def _action_new(self, months, name):
        self.ensure_one()
        lines = self.env["auto.sales.plan.line"]
        first, last = self._result_months(months)
        start, _end = lines._month_limits(self.company_id, first)
        _start, end = lines._month_limits(self.company_id, last)
        return self._action_leads(
            name,
            lines._prospects_counted()
            & Domain("create_date", ">=", start)
            & Domain("create_date", "<", end),
        )

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    @api.model
    def _result_months(self, months=12):
        """Return the first and the last of so many months, this one the last."""
        last = fields.Date.context_today(self).replace(day=1)
        return last - relativedelta(months=months - 1), last

    def _sold(self, first, last):
        """Return {(store, user, month): (contracts, deliveries, revenue)}."""
        return {
            (company.id, user.id, month): figures
            for company, user, month, *figures in self.env[
                "auto.sales.result"
            ]._read_group(
                Domain("company_id", "in", self.company_id.ids)
                & Domain("user_id", "in", self.user_id.ids)
                & Domain("month", ">=", first)
                & Domain("month", "<=", last),
                ["company_id", "user_id", "month:day"],
                ["contracts:sum", "deliveries:sum", "revenue:sum"],
            )
        }

    @api.model
    def _target_domain(self, first, last):
        return (
            Domain("state", "=", "approved")
            & Domain("month", ">=", first)
            & Domain("month", "<=", last)
        )

    def _targets(self, first, last):
        """Return {(store, user, month): contracts}.

        Where a consultant has a target and targets by model as well, the former holds.
        """
        found = {}
        for company, user, month, model, condition, target in self.env[
            "auto.sales.plan.line"
        ]._read_group(
            self._target_domain(first, last)
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("user_id", "in", self.user_id.ids),
            ["company_id", "user_id", "month:day", "model_id", "condition"],
            ["target_contracts:sum"],
        ):
            rank = bool(model) + bool(condition), bool(model)
            ways = found.setdefault((company.id, user.id, month), {})
            ways[rank] = ways.get(rank, 0) + target
        return {key: ways[min(ways)] for key, ways in found.items()}

    def _new_prospects(self, first, last):
        """Return {(store, user, month): new prospects}, one query a time zone."""
        lines = self.env["auto.sales.plan.line"]
        leads = self.env["crm.lead"].with_context(active_test=False)
        found = {}
        for zone, people in self.grouped(
            lambda person: lines._zone(person.company_id)
        ).items():
            start, _end = lines._month_limits(people.company_id[:1], first)
            _start, end = lines._month_limits(people.company_id[:1], last)
            for company, user, month, number in leads.with_context(tz=zone)._read_group(
                lines._prospects_counted()
                & Domain("create_date", ">=", start)
                & Domain("create_date", "<", end)
                & Domain("company_id", "in", people.company_id.ids)
                & Domain("user_id", "in", people.user_id.ids),
                ["company_id", "user_id", "create_date:month"],
                ["__count"],
            ):
                found[company.id, user.id, month.date()] = number
        return found
