from odoo import fields, models
from odoo.tools import SQL

BANDS = [
    ("1", "Up to 30 days"),
    ("2", "31 to 60 days"),
    ("3", "61 to 90 days"),
    ("4", "91 to 180 days"),
    ("5", "Over 180 days"),
]


class AutoStockAge(models.Model):
    """The cars in stock by age and model, with the markdown their age proposes.

    The markdown is the store's step for each 30 days begun over the store's age,
    up to the store's largest.
    """

    _name = "auto.stock.age"
    _description = "Stock by age"
    _auto = False
    _rec_name = "vehicle_id"
    _order = "stock_days desc, id"
    _depends = {
        "auto.vehicle": [
            "stock_location_id",
            "stock_date",
            "product_id",
            "model_id",
            "company_id",
            "sale_state",
            "pdi_state",
            "active",
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["list_price"],
        "res.company": [
            "auto_aged_days",
            "auto_markdown_percent",
            "auto_markdown_max_percent",
        ],
    }

    vehicle_id = fields.Many2one(comodel_name="auto.vehicle", string="Car")
    product_id = fields.Many2one(comodel_name="product.product", string="Configuration")
    model_id = fields.Many2one(comodel_name="fleet.vehicle.model", string="Model")
    company_id = fields.Many2one(comodel_name="res.company", string="Store")
    currency_id = fields.Many2one(related="company_id.currency_id")
    location_id = fields.Many2one(comodel_name="stock.location", string="Place")
    sale_state = fields.Selection(
        selection=lambda self: self._vehicle_selection("sale_state"), string="Sale"
    )
    pdi_state = fields.Selection(
        selection=lambda self: self._vehicle_selection("pdi_state"), string="PDI"
    )
    stock_date = fields.Datetime(string="In stock since")
    stock_days = fields.Integer(string="Days in stock", aggregator="avg")
    age_band = fields.Selection(selection=BANDS, string="Age")
    is_aged = fields.Boolean(string="Aged")
    list_price = fields.Monetary(string="List price")
    markdown_percent = fields.Float(string="Markdown (%)", aggregator="avg")
    markdown_price = fields.Monetary(string="Proposed price")

    def _vehicle_selection(self, name):
        return self.env["auto.vehicle"]._fields[name]._description_selection(self.env)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT car.id, car.id AS vehicle_id, car.product_id, car.model_id,
                   car.company_id, car.stock_location_id AS location_id,
                   car.sale_state, car.pdi_state, car.stock_date,
                   car.days AS stock_days,
                   CASE WHEN car.days <= 30 THEN '1' WHEN car.days <= 60 THEN '2'
                        WHEN car.days <= 90 THEN '3' WHEN car.days <= 180 THEN '4'
                        ELSE '5' END AS age_band,
                   car.over > 0 AS is_aged,
                   template.list_price,
                   markdown.percent AS markdown_percent,
                   ROUND((template.list_price * (1 - markdown.percent / 100))::numeric,
                         -2) AS markdown_price
              FROM (SELECT v.*, company.auto_markdown_percent AS step,
                           company.auto_markdown_max_percent AS most,
                           age.days,
                           age.days - company.auto_aged_days AS over
                      FROM auto_vehicle v
                      JOIN res_company company ON company.id = v.company_id
                     CROSS JOIN LATERAL (
                           SELECT DATE_PART(
                               'day', NOW() AT TIME ZONE 'UTC' - v.stock_date
                           )::int AS days) age
                     WHERE v.stock_location_id IS NOT NULL AND v.active
                       AND v.stock_date IS NOT NULL) car
              LEFT JOIN product_product product ON product.id = car.product_id
              LEFT JOIN product_template template
                     ON template.id = product.product_tmpl_id
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN car.over > 0
                               THEN LEAST(car.step * CEIL(car.over / 30.0), car.most)
                               ELSE 0 END AS percent) markdown
            """
        )

    def action_open_vehicle(self):
        """Open the car."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "auto.vehicle",
            "res_id": self.vehicle_id.id,
            "views": [(False, "form")],
        }
