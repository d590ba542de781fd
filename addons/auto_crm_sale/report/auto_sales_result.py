from odoo import fields, models
from odoo.tools import SQL


class AutoSalesResult(models.Model):
    """One row for each car line contracted, and one for each delivered.

    This is what targets are measured by, and what every figure of sales results opens:

    - *contract*: the cars on a confirmed contract, in the month in which it was
      confirmed;
    - *delivery*: the cars of it that have left the stock and not come back, in the
      month in which the last of them left, with their revenue (untaxed, in the currency
      of the store).

    Months are those of the store's time zone.
    """

    _name = "auto.sales.result"
    _description = "Sales result"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_id"
    _depends = {
        "sale.order": ["state", "date_order", "user_id", "team_id", "company_id"],
        "sale.order.line": [
            "is_used_car",
            "order_id",
            "price_subtotal",
            "product_id",
            "product_uom_qty",
            "qty_delivered",
            "vehicle_id",
        ],
        "auto.vehicle": ["model_id"],
        "product.template": ["is_vehicle", "vehicle_model_id"],
        "resource.calendar": ["tz"],
        "res.company": ["resource_calendar_id"],
        "stock.move": ["date", "location_dest_id", "sale_line_id", "state"],
    }

    kind = fields.Selection(
        selection=[("contract", "Contract"), ("delivery", "Delivery")], readonly=True
    )
    date = fields.Date(readonly=True)
    month = fields.Date(readonly=True, help="The first day of the month.")
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    team_id = fields.Many2one(comodel_name="crm.team", string="Team", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Consultant", readonly=True
    )
    order_id = fields.Many2one(
        comodel_name="sale.order", string="Contract", readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle", string="Car", readonly=True
    )
    model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model", string="Model", readonly=True
    )
    condition = fields.Selection(
        selection=[("new", "New"), ("used", "Used")], readonly=True
    )
    contracts = fields.Integer(string="Contracted", readonly=True)
    deliveries = fields.Integer(string="Delivered", readonly=True)
    revenue = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT fact.id, fact.kind, fact.date,
                   date_trunc('month', fact.date)::date AS month,
                   o.company_id, o.team_id, o.user_id, l.order_id, o.partner_id,
                   l.vehicle_id, COALESCE(v.model_id, t.vehicle_model_id) AS model_id,
                   CASE WHEN l.is_used_car THEN 'used' ELSE 'new' END AS condition,
                   fact.contracts, fact.deliveries, fact.revenue
              FROM sale_order_line l
              JOIN sale_order o ON o.id = l.order_id
              JOIN product_product p ON p.id = l.product_id
              JOIN product_template t ON t.id = p.product_tmpl_id
              JOIN res_company c ON c.id = o.company_id
              LEFT JOIN resource_calendar k ON k.id = c.resource_calendar_id
              LEFT JOIN auto_vehicle v ON v.id = l.vehicle_id
              CROSS JOIN LATERAL (
                  SELECT COALESCE(k.tz, 'UTC') AS tz) zone
              CROSS JOIN LATERAL (
                  SELECT (o.date_order AT TIME ZONE 'UTC'
                          AT TIME ZONE zone.tz)::date AS signed) day
              CROSS JOIN LATERAL (
                  SELECT l.id::bigint * 2 AS id, 'contract' AS kind,
                         day.signed AS date, l.product_uom_qty::int AS contracts,
                         0 AS deliveries, 0::numeric AS revenue
                   UNION ALL
                  SELECT l.id::bigint * 2 + 1, 'delivery',
                         COALESCE((
                             SELECT (max(m.date) AT TIME ZONE 'UTC'
                                     AT TIME ZONE zone.tz)::date
                               FROM stock_move m
                               JOIN stock_location d ON d.id = m.location_dest_id
                              WHERE m.sale_line_id = l.id AND m.state = 'done'
                                AND d.usage = 'customer'), day.signed),
                         0, l.qty_delivered::int,
                         l.price_subtotal / COALESCE(NULLIF(o.currency_rate, 0), 1)
                             * l.qty_delivered / l.product_uom_qty
                   WHERE l.qty_delivered > 0
              ) fact
             WHERE o.state = 'sale' AND o.is_vehicle_contract AND t.is_vehicle
               AND l.product_uom_qty > 0
            """
        )

    def action_open(self):
        """Open the contract."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }
