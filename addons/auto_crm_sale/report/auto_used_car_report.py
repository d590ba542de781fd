from odoo import fields, models
from odoo.tools import SQL


class AutoUsedCarReport(models.Model):
    """One row for each time that a used car was bought into stock.

    Cars that come back by a sales return were not bought again; they have no row.
    """

    _name = "auto.used.car.report"
    _description = "Used cars"
    _auto = False
    _order = "date_in desc, id desc"
    _rec_name = "vehicle_id"
    _depends = {
        "stock.move.line": ["state", "lot_id", "date", "move_id", "location_dest_id"],
        "stock.move": ["purchase_line_id", "sale_line_id"],
        "purchase.order.line": ["price_subtotal", "product_qty"],
        "sale.order.line": ["price_subtotal", "order_id"],
        "auto.vehicle": ["vin", "is_used", "model_id"],
        "auto.tradein": ["purchase_id", "reconditioning_cost", "reconditioning_spent"],
    }

    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle", string="Car", readonly=True
    )
    model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model", string="Model", readonly=True
    )
    brand_id = fields.Many2one(
        comodel_name="fleet.vehicle.model.brand", string="Brand", readonly=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    tradein_id = fields.Many2one(
        comodel_name="auto.tradein", string="Trade-in", readonly=True
    )
    source = fields.Selection(
        selection=[("tradein", "Trade-in"), ("bought", "Bought otherwise")],
        string="Came by",
        readonly=True,
    )
    state = fields.Selection(
        selection=[("stock", "In stock"), ("sold", "Sold"), ("gone", "Gone otherwise")],
        readonly=True,
    )
    date_in = fields.Datetime(string="Bought", readonly=True)
    date_out = fields.Datetime(string="Left", readonly=True)
    days = fields.Integer(string="Days in stock", readonly=True, aggregator="avg")
    bought = fields.Integer(string="Cars bought", readonly=True)
    sold = fields.Integer(string="Cars sold", readonly=True)
    order_id = fields.Many2one(
        comodel_name="sale.order", string="Sold by", readonly=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Sold by consultant", readonly=True
    )
    price = fields.Monetary(
        string="Selling price",
        readonly=True,
        help="Without taxes, as in the contract.",
    )
    cost = fields.Monetary(
        string="Purchase price",
        readonly=True,
        groups="auto_crm_sale.group_floor_price",
        help="Without taxes, as in the purchase order.",
    )
    reconditioning = fields.Monetary(
        readonly=True,
        groups="auto_crm_sale.group_floor_price",
        help="What was spent, or else what was estimated.",
    )
    gross = fields.Monetary(
        readonly=True,
        groups="auto_crm_sale.group_floor_price",
        help="Of sold cars: selling price less purchase price and reconditioning.",
    )

    @property
    def _table_query(self):
        cost = SQL("coalesce(bought.price_subtotal / nullif(bought.product_qty, 0), 0)")
        spent = SQL(
            "coalesce(nullif(t.reconditioning_spent, 0), t.reconditioning_cost, 0)"
        )
        return SQL(
            """
            SELECT came.id, v.id AS vehicle_id, v.model_id, v.brand_id,
                   came.company_id, t.id AS tradein_id,
                   CASE WHEN t.id IS NULL THEN 'bought' ELSE 'tradein' END AS source,
                   CASE WHEN gone.id IS NULL THEN 'stock'
                        WHEN line.id IS NULL THEN 'gone'
                        ELSE 'sold' END AS state,
                   came.date AS date_in, gone.date AS date_out,
                   extract(
                       day FROM coalesce(gone.date, now() AT TIME ZONE 'UTC')
                                - came.date
                   )::integer AS days,
                   1 AS bought, CASE WHEN line.id IS NULL THEN 0 ELSE 1 END AS sold,
                   line.order_id, contract.user_id,
                   line.price_subtotal AS price, %(cost)s AS cost,
                   %(spent)s AS reconditioning,
                   CASE WHEN line.id IS NOT NULL
                        THEN line.price_subtotal - %(cost)s - %(spent)s
                        ELSE 0 END AS gross
              FROM stock_move_line came
              JOIN stock_lot lot ON lot.id = came.lot_id
              JOIN stock_location source ON source.id = came.location_id
                                        AND source.usage = 'supplier'
              JOIN product_product product ON product.id = lot.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
                                            AND template.is_used_car
              JOIN auto_vehicle v ON v.vin = lot.name
              JOIN stock_move move_in ON move_in.id = came.move_id
         LEFT JOIN purchase_order_line bought ON bought.id = move_in.purchase_line_id
         LEFT JOIN auto_tradein t ON t.purchase_id = bought.order_id
                                 AND t.vehicle_id = v.id
         LEFT JOIN LATERAL (
                   SELECT out_line.id, out_line.date, out_line.move_id
                     FROM stock_move_line out_line
                     JOIN stock_location target ON target.id = out_line.location_dest_id
                    WHERE out_line.lot_id = came.lot_id AND out_line.state = 'done'
                      AND out_line.id > came.id
                      AND target.usage NOT IN ('internal', 'transit')
                    ORDER BY out_line.id
                    LIMIT 1
                   ) gone ON TRUE
         LEFT JOIN stock_move move_out ON move_out.id = gone.move_id
         LEFT JOIN sale_order_line line ON line.id = move_out.sale_line_id
         LEFT JOIN sale_order contract ON contract.id = line.order_id
             WHERE came.state = 'done' AND came.quantity > 0
            """,
            cost=cost,
            spent=spent,
        )
