from odoo import api, fields, models
from odoo.tools import SQL

PROBLEMS = ("held_gone", "not_held", "sale_state")


class AutoStockCheck(models.Model):
    """Where those who hold a car and the car itself do not agree."""

    _inherit = "auto.stock.check"
    _depends = {
        "auto.vehicle": ["sale_state", "supply_state"],
        "auto.reservation": ["state", "vehicle_id", "order_id"],
        "sale.order": ["state"],
        "sale.order.line": ["vehicle_id", "product_uom_qty"],
    }

    problem = fields.Selection(
        selection_add=[
            ("held_gone", "Held for a customer, but gone"),
            ("not_held", "Sold by a contract that does not hold it"),
            ("sale_state", "Reserved or sold by nobody, or held but said to be free"),
        ]
    )

    @api.model
    def _check_queries(self):
        return [
            *super()._check_queries(),
            SQL(
                """
                SELECT v.id, v.lot_id, r.company_id, NULL::integer, 'held_gone'
                  FROM auto_reservation r
                  JOIN auto_vehicle v ON v.id = r.vehicle_id
                 WHERE r.state = 'active' AND v.supply_state = 'out'
                """
            ),
            SQL(
                """
                SELECT v.id, v.lot_id, contract.company_id, v.stock_location_id,
                       'not_held'
                  FROM sale_order_line AS line
                  JOIN sale_order AS contract ON contract.id = line.order_id
                  JOIN auto_vehicle v ON v.id = line.vehicle_id
                 WHERE contract.state = 'sale' AND line.product_uom_qty > 0
                   AND NOT EXISTS (
                       SELECT FROM auto_reservation r
                        WHERE r.vehicle_id = v.id AND r.order_id = contract.id
                          AND r.state IN ('active', 'done')
                   )
                   AND NOT EXISTS (
                       SELECT FROM stock_move AS move
                         JOIN stock_move_line AS moved ON moved.move_id = move.id
                        WHERE move.sale_line_id = line.id AND moved.state = 'done'
                          AND moved.lot_id = v.lot_id
                   )
                """
            ),
            SQL(
                """
                SELECT v.id, v.lot_id, v.company_id, v.stock_location_id, 'sale_state'
                  FROM auto_vehicle v
             LEFT JOIN auto_reservation r
                    ON r.vehicle_id = v.id AND r.state = 'active'
             LEFT JOIN sale_order AS contract ON contract.id = r.order_id
                 WHERE v.supply_state != 'out' AND v.sale_state != CASE
                       WHEN r.id IS NULL THEN 'free'
                       WHEN contract.state = 'sale' THEN 'sold'
                       ELSE 'reserved' END
                    OR v.supply_state = 'out' AND v.sale_state IN ('reserved', 'sold')
                """
            ),
        ]

    def action_put_right(self):
        own = self.filtered(lambda row: row.problem in PROBLEMS)
        own._put_holders_right()
        return super(AutoStockCheck, self - own).action_put_right()

    def _put_holders_right(self):
        """End what holds a car that is gone; hold what a contract sells."""
        self.check_access("read")
        # The problem was listed for who may see it; the repair is the contract's.
        for row in self.sudo():
            vehicle = row.vehicle_id
            if row.problem == "held_gone":
                state = "done" if vehicle.sale_state == "delivered" else "cancelled"
                vehicle._active_reservation()._end(
                    state, self.env._("The car has left our stock.")
                )
            elif row.problem == "not_held":
                orders = vehicle.sale_line_ids.order_id
                orders.filtered(lambda order: order.state == "sale")._hold_cars()
            else:
                vehicle._sync_sale_state()
