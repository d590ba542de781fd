from itertools import pairwise

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

FIGURES = (
    "target_contracts",
    "target_deliveries",
    "target_revenue",
    "target_prospects",
)


class AutoSalesPlanFill(models.TransientModel):
    """Fills a plan: from an earlier plan, from earlier results, or from one figure.

    Lines that the plan has for the same month and the same team, consultant and model
    get the new figures.
    """

    _name = "auto.sales.plan.fill"
    _inherit = ["auto.window.mixin"]
    _description = "Fill in targets"
    _document_field = "plan_id"

    plan_id = fields.Many2one(
        comodel_name="auto.sales.plan",
        required=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    method = fields.Selection(
        selection=[
            ("spread", "Spread one figure"),
            ("plan", "Copy an earlier plan"),
            ("result", "Earlier results"),
        ],
        required=True,
        default="spread",
    )
    back = fields.Selection(
        selection=[("period", "The period before"), ("year", "A year before")],
        string="Of",
        required=True,
        default="year",
    )
    change = fields.Float(
        string="Change %", help="10 for a tenth more, -10 for a tenth less."
    )
    by = fields.Selection(
        selection=[
            ("store", "The store"),
            ("team", "Teams"),
            ("user", "Consultants"),
            ("model", "Models"),
            ("user_model", "Consultants and models"),
        ],
        string="Targets for",
        required=True,
        default="user",
    )
    team_ids = fields.Many2many(
        comodel_name="crm.team",
        string="Teams",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Consultants",
        compute="_compute_user_ids",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    model_ids = fields.Many2many(comodel_name="fleet.vehicle.model", string="Models")
    target_contracts = fields.Integer(string="Contracts")
    target_deliveries = fields.Integer(string="Deliveries")
    target_revenue = fields.Monetary(string="Revenue")
    target_prospects = fields.Integer(string="Prospects")

    @api.depends("plan_id")
    def _compute_user_ids(self):
        for wizard in self:
            wizard.user_ids = (
                self.env["auto.salesperson"]
                .search([("company_id", "=", wizard.plan_id.company_id.id)])
                .user_id
            )

    @api.constrains(*FIGURES)
    def _check_positive(self):
        for wizard in self:
            if any(wizard[name] < 0 for name in FIGURES):
                raise ValidationError(self.env._("A target cannot be negative."))

    def action_fill(self):
        """Write the targets and go back to the plan.

        :raise UserError: when there is nothing to fill the plan from
        """
        self.ensure_one()
        self.plan_id.check_access("write")
        self.plan_id._check_draft()
        rows = getattr(self, f"_rows_{self.method}")()
        if not rows:
            raise UserError(
                self.env._("There is nothing to fill it from: no earlier figures.")
            )
        lines = {line._key(): line for line in self.plan_id.line_ids}
        new = []
        for row in rows:
            line = lines.get(self._row_key(row))
            if line:
                line.write({name: row[name] for name in FIGURES})
            else:
                new.append({**row, "plan_id": self.plan_id.id})
        self.env["auto.sales.plan.line"].create(new)
        return {"type": "ir.actions.act_window_close"}

    # ------------------------------------------------------------------
    # Where from
    # ------------------------------------------------------------------

    def _rows_spread(self):
        """Return equal shares of the figures, which add up to them exactly."""
        cells = [
            {"month": month, **names}
            for month in self.plan_id._months()
            for names in self._names()
        ]
        shares = {
            name: self._spread(self[name], len(cells), self._unit(name))
            for name in FIGURES
        }
        if self.target_prospects and self.by in ("model", "user_model"):
            raise UserError(
                self.env._(
                    "A target of prospects is for the store, a team or a consultant."
                )
            )
        return [
            {**cell, **{name: shares[name][place] for name in FIGURES}}
            for place, cell in enumerate(cells)
        ]

    def _names(self):
        """Return what the lines of each month name."""
        empty = {"team_id": False, "user_id": False, "model_id": False}
        lists = {
            "store": [{}],
            "team": [{"team_id": one.id} for one in self.team_ids],
            "user": [{"user_id": one.id} for one in self.user_ids],
            "model": [{"model_id": one.id} for one in self.model_ids],
            "user_model": [
                {"user_id": user.id, "model_id": model.id}
                for user in self.user_ids
                for model in self.model_ids
            ],
        }
        if not lists[self.by]:
            raise UserError(self.env._("Choose for whom or what the targets are."))
        teams = self.env["auto.sales.plan.line"]._teams_of(
            self.user_ids, self.company_id
        )
        for names in lists[self.by]:
            if names.get("user_id"):
                team = teams.get((names["user_id"], self.company_id.id))
                names["team_id"] = team.id if team else False
        return [{**empty, "condition": False, **names} for names in lists[self.by]]

    def _rows_plan(self):
        """Return the targets of earlier months, changed by the percentage."""
        sources = {month - self._step(): month for month in self.plan_id._months()}
        lines = self.env["auto.sales.plan.line"].search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("month", "in", list(sources))
        )
        return [
            {
                **row,
                "month": sources[line.month],
                **{name: self._changed(row[name], name) for name in FIGURES},
            }
            for line in lines
            for row in line._copied_to(line.plan_id.date_from)
        ]

    def _rows_result(self):
        """Return the results of earlier months, changed by the percentage."""
        sources = {month - self._step(): month for month in self.plan_id._months()}
        columns = {
            "store": (),
            "team": ("team_id",),
            "user": ("user_id",),
            "model": ("model_id",),
            "user_model": ("user_id", "model_id"),
        }[self.by]
        groups = self.env["auto.sales.result"]._read_group(
            Domain("company_id", "=", self.company_id.id)
            & Domain("month", "in", list(sources)),
            ["month:day", *columns],
            ["contracts:sum", "deliveries:sum", "revenue:sum"],
        )
        rows = []
        for month, *rest in groups:
            named, figures = rest[: len(columns)], rest[len(columns) :]
            if not all(one and one._origin for one in named):
                continue  # sold by nobody: no one's target
            row = {"team_id": False, "user_id": False, "model_id": False}
            row |= {"condition": False, "month": sources[month], "target_prospects": 0}
            row |= dict(zip(columns, (one.id for one in named), strict=True))
            row |= {
                name: self._changed(value, name)
                for name, value in zip(FIGURES, figures, strict=False)
            }
            rows.append(row)
        return rows

    def _step(self):
        """Return how long before the plan the earlier figures lie."""
        months = 12 if self.back == "year" else len(self.plan_id._months())
        return relativedelta(months=months)

    def _changed(self, value, name):
        unit = self._unit(name)
        return self._round(max(value * (1 + self.change / 100), 0) / unit) * unit

    @api.model
    def _round(self, value):
        return int(value + 0.5)

    def _unit(self, name):
        """Return what a figure is counted in: one, or the currency's unit."""
        return max(self.currency_id.rounding, 1) if name == "target_revenue" else 1

    @api.model
    def _spread(self, total, number, unit=1):
        """Return ``number`` shares of ``total`` that differ by one unit at most.

        They add up to ``total`` exactly; what is smaller than the unit is in the
        last share.

        :param float total: at least 0
        :param int number: how many shares, at least 1
        :param float unit: the smallest step between the shares
        """
        whole = int(total // unit)
        borders = [whole * place // number for place in range(number + 1)]
        shares = [(end - start) * unit for start, end in pairwise(borders)]
        shares[-1] += total - whole * unit
        return shares

    @api.model
    def _row_key(self, row):
        """Return the key of values of a line, as ``_key()`` does that of a line."""
        user = row["user_id"]
        team = False if user else row["team_id"]
        return row["month"], user, team, row["model_id"], row["condition"]
