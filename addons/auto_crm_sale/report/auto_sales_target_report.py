from odoo import fields, models
from odoo.tools import SQL

#: What the report compares by, and the column that says of whom.
PERSPECTIVES = (
    ("store", None),
    ("team", "team_id"),
    ("user", "user_id"),
    ("model", "model_id"),
)


class AutoSalesTargetReport(models.Model):
    """Targets of approved plans beside what was sold, for pivots and graphs.

    There are four reports in one, by store, team, consultant and model; each screen
    shows one of them (``perspective``), since a car that is in the target of a
    consultant is in that of its model as well. In each of them every car sold is
    counted once, and the targets of a figure are, month by month, those lines that have
    one, name what is compared, and as little else as possible: they do not overlap.
    """

    _name = "auto.sales.target.report"
    _description = "Target and result"
    _auto = False
    _order = "month desc, id desc"
    _rec_name = "month"
    _depends = {
        "auto.sales.plan.line": [
            "company_id",
            "condition",
            "model_id",
            "month",
            "plan_id",
            "state",
            "target_contracts",
            "target_deliveries",
            "target_revenue",
            "team_id",
            "user_id",
        ],
        "auto.sales.result": ["contracts", "deliveries", "revenue", "month"],
    }

    perspective = fields.Selection(
        selection=[
            ("store", "Store"),
            ("team", "Team"),
            ("user", "Consultant"),
            ("model", "Model"),
        ],
        string="Compared by",
        readonly=True,
    )
    month = fields.Date(readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    team_id = fields.Many2one(comodel_name="crm.team", string="Team", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Consultant", readonly=True
    )
    model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model", string="Model", readonly=True
    )
    condition = fields.Selection(
        selection=[("new", "New"), ("used", "Used")], readonly=True
    )
    plan_line_id = fields.Many2one(
        comodel_name="auto.sales.plan.line", string="Target", readonly=True
    )
    order_id = fields.Many2one(
        comodel_name="sale.order", string="Contract", readonly=True
    )
    target_contracts = fields.Integer(string="Target: contracts", readonly=True)
    contracts = fields.Integer(readonly=True)
    attainment = fields.Float(
        string="Contracts attained %",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Of all targets and results of the group together.",
    )
    target_deliveries = fields.Integer(string="Target: deliveries", readonly=True)
    deliveries = fields.Integer(readonly=True)
    attainment_deliveries = fields.Float(
        string="Deliveries attained %", readonly=True, aggregator="avg", digits=(16, 1)
    )
    target_revenue = fields.Monetary(string="Target: revenue", readonly=True)
    revenue = fields.Monetary(readonly=True)
    attainment_revenue = fields.Float(
        string="Revenue attained %", readonly=True, aggregator="avg", digits=(16, 1)
    )

    @property
    def _table_query(self):
        perspectives = SQL(", ").join(
            SQL("(%s, %s)", number, name)
            for number, (name, _column) in enumerate(PERSPECTIVES)
        )
        named = SQL(" OR ").join(
            SQL(
                "p.name = %s AND %s",
                name,
                SQL("l.%s IS NOT NULL", SQL.identifier(column))
                if column
                else SQL("TRUE"),
            )
            for name, column in PERSPECTIVES
        )
        ways = SQL(", ").join(
            SQL(
                """
                rank() OVER (
                    PARTITION BY p.name, l.company_id, l.month
                    ORDER BY coalesce(l.%(target)s, 0) = 0,
                             num_nonnulls(l.user_id, l.model_id, l.condition)
                             + w.by_team,
                             w.by_team + 2 * (l.user_id IS NOT NULL)::int
                             + 4 * (l.model_id IS NOT NULL)::int
                             + 8 * (l.condition IS NOT NULL)::int
                ) AS %(way)s
                """,
                target=SQL.identifier(f"target_{name}"),
                way=SQL.identifier(f"way_{name}"),
            )
            for name in ("contracts", "deliveries", "revenue")
        )
        results = self.env["auto.sales.result"]._table_query
        return SQL(
            """
            WITH perspective (number, name) AS (VALUES %(perspectives)s),
            target AS (
                SELECT p.number, p.name, l.*, %(ways)s
                  FROM auto_sales_plan_line l
                 CROSS JOIN LATERAL (
                      SELECT (l.user_id IS NULL
                              AND l.team_id IS NOT NULL)::int AS by_team) w
                  JOIN perspective p ON (%(named)s)
                 WHERE l.state = 'approved'
            )
            SELECT (id::bigint * 4 + number) * 2 AS id, name AS perspective, month,
                   company_id, team_id, user_id, model_id, condition,
                   id AS plan_line_id, NULL::int AS order_id,
                   CASE WHEN way_contracts = 1 THEN target_contracts ELSE 0
                   END AS target_contracts, 0 AS contracts, 0::numeric AS attainment,
                   CASE WHEN way_deliveries = 1 THEN target_deliveries ELSE 0
                   END AS target_deliveries, 0 AS deliveries,
                   0::numeric AS attainment_deliveries,
                   CASE WHEN way_revenue = 1 THEN target_revenue ELSE 0
                   END::numeric AS target_revenue, 0::numeric AS revenue,
                   0::numeric AS attainment_revenue
              FROM target
             WHERE 1 IN (way_contracts, way_deliveries, way_revenue)
             UNION ALL
            SELECT (result.id * 4 + p.number) * 2 + 1, p.name, result.month,
                   result.company_id, result.team_id, result.user_id, result.model_id,
                   result.condition, NULL, result.order_id,
                   0, result.contracts, 0, 0, result.deliveries, 0, 0, result.revenue, 0
              FROM (%(results)s) result, perspective p
            """,
            perspectives=perspectives,
            ways=ways,
            named=named,
            results=results,
        )

    def _read_group_select(self, aggregate_spec, query):
        """Let the percentages be those of the sums."""
        pairs = {
            f"{name}:avg": (target, result)
            for name, target, result in self.env[
                "auto.sales.plan.line"
            ]._attainment_fields()
        }
        if aggregate_spec not in pairs:
            return super()._read_group_select(aggregate_spec, query)
        target, result = (
            self._field_to_sql(self._table, name, query)
            for name in pairs[aggregate_spec]
        )
        return SQL("100.0 * SUM(%s) / NULLIF(SUM(%s), 0)", result, target)

    def action_open(self):
        """Open the target or the contract that the row comes from."""
        self.ensure_one()
        record = self.order_id or self.plan_line_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
