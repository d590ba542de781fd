from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class AutoStockCheck(models.Model):
    """Where the records of cars and the stock do not agree; empty when all is well.

    Stock and cars follow each other (``stock.lot._sync_vehicles``); what is listed
    here was entered by hand or before the products were marked as vehicles.
    """

    _name = "auto.stock.check"
    _description = "Stock and vehicles compared"
    _auto = False
    _order = "problem, vehicle_id, lot_id"
    _depends = {
        "auto.vehicle": ["vin", "lot_id", "stock_location_id", "supply_state"],
        "stock.lot": ["name", "product_id"],
        "stock.quant": ["lot_id", "location_id", "quantity"],
        "product.template": ["is_vehicle"],
    }

    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle", string="Vehicle", readonly=True
    )
    lot_id = fields.Many2one(
        comodel_name="stock.lot", string="Serial number", readonly=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", readonly=True
    )
    location_id = fields.Many2one(
        comodel_name="stock.location", string="Location in stock", readonly=True
    )
    problem = fields.Selection(
        selection=[
            ("place", "Stock has the car elsewhere"),
            ("twice", "In two places, or taken from where it is not"),
            ("no_vehicle", "Serial number without a vehicle"),
            ("no_serial", "Said to be in stock, but no serial number is there"),
            ("vin", "Serial number and VIN differ"),
        ],
        readonly=True,
    )

    @property
    def _table_query(self):
        return SQL(
            "SELECT row_number() OVER ()::integer AS id, c.* FROM (%s) AS c",
            SQL(" UNION ALL ").join(self._check_queries()),
        )

    @api.model
    def _check_queries(self):
        """Return one query for each problem, with the columns ``vehicle_id``,
        ``lot_id``, ``company_id``, ``location_id``, ``problem``.

        An addon that adds a problem adds its query.
        """
        place = self._place_query()
        return [
            SQL(
                """
                SELECT v.id AS vehicle_id, v.lot_id, v.company_id,
                       p.location_id, 'place' AS problem
                  FROM auto_vehicle v
             LEFT JOIN (%s) p ON p.lot_id = v.lot_id
                 WHERE v.stock_location_id IS DISTINCT FROM p.location_id
                   AND COALESCE(p.places, 1) = 1 AND COALESCE(p.lowest, 1) = 1
                """,
                place,
            ),
            SQL(
                """
                SELECT v.id, p.lot_id, p.company_id, p.location_id, 'twice'
                  FROM (%s) p
             LEFT JOIN auto_vehicle v ON v.lot_id = p.lot_id
                 WHERE p.places > 1 OR p.lowest != 1
                """,
                place,
            ),
            SQL(
                """
                SELECT NULL::integer, p.lot_id, p.company_id, p.location_id,
                       'no_vehicle'
                  FROM (%s) p
             LEFT JOIN auto_vehicle v ON v.lot_id = p.lot_id
                 WHERE v.id IS NULL
                """,
                place,
            ),
            SQL(
                """
                SELECT v.id, v.lot_id, v.company_id, NULL::integer, 'no_serial'
                  FROM auto_vehicle v
                 WHERE v.supply_state = 'in_stock' AND v.stock_location_id IS NULL
                   AND v.active
                   AND NOT EXISTS (
                       SELECT FROM (%s) p WHERE p.lot_id = v.lot_id
                   )
                """,
                place,
            ),
            SQL(
                """
                SELECT v.id, l.id, v.company_id, v.stock_location_id, 'vin'
                  FROM auto_vehicle v
                  JOIN stock_lot l ON l.id = v.lot_id
                 WHERE v.vin IS DISTINCT FROM l.name
                """
            ),
        ]

    @api.model
    def _place_query(self):
        """Return the query of where stock has each serial number of a car."""
        return SQL(
            """
            SELECT q.lot_id, min(q.location_id) AS location_id,
                   min(s.company_id) AS company_id, count(*) AS places,
                   min(q.quantity) AS lowest
              FROM (
                  SELECT lot_id, location_id, sum(quantity) AS quantity
                    FROM stock_quant
                   WHERE lot_id IS NOT NULL
                GROUP BY lot_id, location_id
              ) q
              JOIN stock_location s ON s.id = q.location_id
              JOIN stock_lot l ON l.id = q.lot_id
              JOIN product_product pp ON pp.id = l.product_id
              JOIN product_template t ON t.id = pp.product_tmpl_id
             WHERE t.is_vehicle AND s.usage IN ('internal', 'transit')
               AND q.quantity != 0
          GROUP BY q.lot_id
            """
        )

    def action_put_right(self):
        """Let the vehicle follow the stock, which is the one that was counted."""
        self.check_access("read")
        lots = self.env["stock.lot"]
        for row in self:
            if row.problem == "no_serial":
                row.vehicle_id._take_into_stock()
            elif row.problem == "vin":
                row.lot_id._tell_vehicles()
            elif row.problem == "twice":
                raise UserError(
                    self.env._(
                        "Count %(serial)s first: an inventory adjustment in each "
                        "location says where it really is.",
                        serial=row.lot_id.name,
                    )
                )
            else:
                lots |= row.lot_id
        # The problem was listed for who may see it; the repair is stock's own rule.
        lots = lots.sudo()
        lots.filtered(lambda lot: not lot.vehicle_ids)._adopt()
        lots._sync_vehicles()
        return True
