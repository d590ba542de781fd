from odoo import api, fields, models
from odoo.tools import SQL


class AutoGroupStock(models.Model):
    """The cars of all stores of the group, as every store may know them.

    Neither the customer who has a car, nor what it may be sold for at least, nor its
    history: those are the store's own. A row has the id of its vehicle.
    """

    _name = "auto.group.stock"
    _description = "Group stock"
    _auto = False
    _order = "availability, stock_date, id"
    _rec_name = "product_id"
    _depends = {
        "auto.vehicle": [
            "active", "availability", "color", "company_id", "expected_date",
            "is_used", "model_id", "model_year", "product_id", "stock_date",
            "stock_location_id", "supply_state", "trim_id", "vin",
        ],
        "fleet.vehicle.model": ["brand_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["list_price"],
        "res.company": ["parent_path", "partner_id"],
        "res.partner": ["city"],
    }  # fmt: skip

    product_id = fields.Many2one(
        comodel_name="product.product", string="Configuration", readonly=True
    )
    brand_id = fields.Many2one(
        comodel_name="fleet.vehicle.model.brand", string="Brand", readonly=True
    )
    model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model", string="Model", readonly=True
    )
    trim_id = fields.Many2one(comodel_name="auto.trim", string="Trim", readonly=True)
    model_year = fields.Integer(readonly=True, aggregator=None)
    color = fields.Char(string="Colour", readonly=True)
    vin_end = fields.Char(
        string="VIN ends in",
        readonly=True,
        help="Enough to speak about the car on the telephone.",
    )
    is_used = fields.Boolean(string="Used", readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", readonly=True
    )
    root_id = fields.Many2one(comodel_name="res.company", string="Group", readonly=True)
    city = fields.Char(readonly=True)
    supply_state = fields.Selection(
        selection=lambda self: (
            self.env["auto.vehicle"]
            ._fields["supply_state"]
            ._description_selection(self.env)
        ),
        string="Supply",
        readonly=True,
    )
    availability = fields.Selection(
        selection=lambda self: (
            self.env["auto.vehicle"]
            ._fields["availability"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    stock_date = fields.Datetime(string="In stock since", readonly=True)
    stock_days = fields.Integer(string="Days in stock", readonly=True, aggregator="avg")
    expected_date = fields.Date(string="Expected on", readonly=True)
    list_price = fields.Float(
        string="List price", digits="Product Price", readonly=True, aggregator="avg"
    )
    can_request = fields.Boolean(compute="_compute_can_request")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT v.id, v.product_id, m.brand_id, v.model_id, v.trim_id,
                   v.model_year, v.color, right(v.vin, 6) AS vin_end, v.is_used,
                   v.company_id, split_part(c.parent_path, '/', 1)::integer AS root_id,
                   home.city, v.supply_state, v.availability,
                   CASE WHEN v.stock_location_id IS NOT NULL
                        THEN v.stock_date END AS stock_date,
                   CASE WHEN v.stock_location_id IS NOT NULL
                        THEN date_part('day', timezone('UTC', now()) - v.stock_date)
                   END::integer AS stock_days,
                   v.expected_date, t.list_price::float AS list_price
              FROM auto_vehicle v
              JOIN res_company c ON c.id = v.company_id
         LEFT JOIN res_partner home ON home.id = c.partner_id
         LEFT JOIN fleet_vehicle_model m ON m.id = v.model_id
         LEFT JOIN product_product p ON p.id = v.product_id
         LEFT JOIN product_template t ON t.id = p.product_tmpl_id
             WHERE v.active AND v.supply_state != 'out'
               AND v.availability NOT IN ('gone', 'unordered')
            """
        )

    @api.depends("availability", "company_id", "supply_state")
    @api.depends_context("company", "uid")
    def _compute_can_request(self):
        may = self.env["auto.vehicle.transfer"].has_access("create")
        for car in self:
            car.can_request = (
                may
                and car.availability == "available"
                and car.supply_state == "in_stock"
                and car.company_id != self.env.company
            )

    def action_request_transfer(self):
        """Draft the request of the car for one's own store, and open it."""
        self.ensure_one()
        self.check_access("read")
        transfer = self.env["auto.vehicle.transfer"].create({"vehicle_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": "auto.vehicle.transfer",
            "res_id": transfer.id,
            "views": [(False, "form")],
        }
