from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _adopt_contracts(self):
        """Let the contracts for which these set a car aside hold it; see
        ``sale.order._adopt_existing_contracts``.

        :return: how many cars are held now
        """
        held = self.env["auto.reservation"]
        for line in self:
            vehicle = line.lot_id.vehicle_ids
            moves = line.move_id._until_customer()
            sold = moves.sale_line_id[:1]
            order = sold.order_id
            if order.state != "sale" or vehicle._active_reservation():
                continue
            if sold.product_uom_qty == 1 and sold.product_id == vehicle.product_id:
                moves._adopt_vehicle(sold, vehicle)
            held += held.with_company(order.company_id).create(
                order._reservation_vals(vehicle)
            )
        held._take()
        return len(held)
