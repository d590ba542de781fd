from odoo import api, fields, models
from odoo.tools import SQL


class AutoPartShortage(models.Model):
    """Parts that cars wait for: approved, neither issued nor reserved.

    A view over the lines of open repair orders; each row is its line.
    """

    _name = "auto.part.shortage"
    _description = "Missing part"
    _auto = False
    _order = "promised_on, id"
    _rec_name = "product_id"

    line_id = fields.Many2one(comodel_name="auto.repair.line", readonly=True)
    repair_id = fields.Many2one(
        comodel_name="repair.order", string="Repair order", readonly=True
    )
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle", string="Car", readonly=True
    )
    product_id = fields.Many2one(
        comodel_name="product.product", string="Part", readonly=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", readonly=True
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Adviser", readonly=True)
    service_state = fields.Selection(related="repair_id.service_state")
    promised_on = fields.Datetime(string="Promised for", readonly=True)
    needed = fields.Float(readonly=True, digits="Product Unit")
    missing = fields.Float(readonly=True, digits="Product Unit")
    qty_free = fields.Float(related="line_id.qty_free")
    receipt_date = fields.Datetime(
        string="Receipt expected",
        readonly=True,
        help="The next receipt of the part that is planned in this store.",
    )
    parts_expected = fields.Date(string="Expected by the adviser", readonly=True)
    is_late = fields.Boolean(
        string="After the promise",
        readonly=True,
        help="The car is promised before the part comes, or nothing is on its way.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT wanted.*,
                   wanted.promised_on < COALESCE(
                       wanted.receipt_date, wanted.parts_expected::timestamp,
                       'infinity'::timestamp) AS is_late
              FROM (
            SELECT line.id, line.id AS line_id, line.repair_id, line.product_id,
                   line.company_id, repair.vehicle_id, repair.user_id,
                   repair.promised_on, repair.parts_expected,
                   line.quantity - COALESCE(line.qty_issued, 0) AS needed,
                   line.quantity - COALESCE(line.qty_issued, 0)
                       - COALESCE(reserved.quantity, 0) AS missing,
                   (SELECT MIN(coming.date)
                      FROM stock_move coming
                      JOIN stock_location source ON source.id = coming.location_id
                      JOIN stock_location target
                        ON target.id = coming.location_dest_id
                     WHERE coming.product_id = line.product_id
                       AND coming.company_id = line.company_id
                       AND coming.state NOT IN ('draft', 'done', 'cancel')
                       AND source.usage NOT IN ('internal', 'production')
                       AND target.usage = 'internal') AS receipt_date
              FROM auto_repair_line line
              JOIN repair_order repair ON repair.id = line.repair_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN LATERAL (
                SELECT SUM(move.quantity) AS quantity
                  FROM stock_move move
                 WHERE move.auto_line_id = line.id AND move.repair_line_type = 'add'
                   AND move.state IN ('assigned', 'partially_available')
                   ) AS reserved ON TRUE
             WHERE line.kind = 'part' AND line.decision = 'approved'
               AND template.is_storable
               AND repair.service_state IN ('received', 'asked', 'queued', 'working',
                                            'parts', 'quality')
                   ) AS wanted
             WHERE wanted.missing > 0
            """
        )

    @api.model
    def _search(self, *args, **kwargs):
        # The view reads what others may not have written to the database yet.
        for name in ("auto.repair.line", "repair.order", "stock.move"):
            self.env[name].flush_model()
        return super()._search(*args, **kwargs)

    def action_open_repair(self):
        """Open the repair order that waits."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "repair.order",
            "res_id": self.repair_id.id,
            "views": [
                (
                    self.env.ref("auto_crm_service.repair_order_view_form_service").id,
                    "form",
                )
            ],
        }
