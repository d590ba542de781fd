from odoo import api, models
from odoo.tools import SQL, split_every


class SaleOrder(models.Model):
    """Contracts of cars from before: they have their cars, and hold them."""

    _inherit = "sale.order"

    @api.model
    def _adopt_existing_contracts(self, batch_size=200):
        """Let the confirmed orders that are there already know and hold their cars.

        Delivered orders name the car that was delivered. Orders for which a car is
        set aside in stock hold it, as a new contract does. Nothing else of the
        orders, and nothing of their deliveries, is changed, nor who changed an order
        last and when. A line of several cars cannot name one; the contract holds
        what is set aside for it all the same.

        :param int batch_size: so many deliveries at a time
        :return: how many reservations were made
        """
        self.env.flush_all()
        self._adopt_delivered()
        # The installation works for all companies.
        lines = self.env["stock.move.line"].sudo()
        waiting = lines.search(
            [
                ("state", "in", ("assigned", "partially_available")),
                ("lot_id.vehicle_ids.supply_state", "!=", "out"),
                ("location_id.usage", "in", ("internal", "transit")),
            ],
            order="id",
        )
        count = 0
        for batch in split_every(batch_size, waiting.ids):
            count += lines.browse(batch)._adopt_contracts()
            self.env.flush_all()
            self.env.invalidate_all()
        return count

    @api.model
    def _adopt_delivered(self):
        """Let the lines that delivered one car name it."""
        self.env.execute_query(
            SQL(
                """
                UPDATE sale_order_line AS line
                   SET vehicle_id = delivered.vehicle_id
                  FROM (
                      SELECT move.sale_line_id, min(vehicle.id) AS vehicle_id
                        FROM stock_move_line AS moved
                        JOIN stock_move AS move ON move.id = moved.move_id
                        JOIN stock_location AS place
                          ON place.id = moved.location_dest_id
                         AND place.usage = 'customer'
                        JOIN auto_vehicle AS vehicle ON vehicle.lot_id = moved.lot_id
                       WHERE moved.state = 'done' AND move.sale_line_id IS NOT NULL
                    GROUP BY move.sale_line_id
                      HAVING count(DISTINCT vehicle.id) = 1
                  ) AS delivered, sale_order AS contract, auto_vehicle AS vehicle
                 WHERE line.id = delivered.sale_line_id
                   AND contract.id = line.order_id AND contract.state = 'sale'
                   AND vehicle.id = delivered.vehicle_id
                   AND line.product_id = vehicle.product_id
                   AND line.vehicle_id IS NULL
                   AND line.product_uom_qty = 1 AND line.qty_delivered = 1
             RETURNING line.id
                """
            )
        )
        self.env["sale.order.line"].invalidate_model()
