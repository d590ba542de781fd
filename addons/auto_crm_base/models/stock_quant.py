from odoo import api, models

PENDING = "auto_crm_base.moved_cars"


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model
    def _update_available_quantity(
        self,
        product_id,
        location_id,
        quantity=False,
        reserved_quantity=False,
        lot_id=None,
        **others,
    ):
        result = super()._update_available_quantity(
            product_id, location_id, quantity, reserved_quantity, lot_id, **others
        )
        if quantity and lot_id and product_id.is_vehicle:
            self._car_moved(lot_id)
        return result

    @api.model
    def _car_moved(self, lot):
        """Remember that this car was moved, by whatever way.

        Its record follows when the move is done, and at the latest when the
        transaction is.
        """
        callbacks = self.env.cr.precommit
        pending = callbacks.data.setdefault(PENDING, set())
        if not pending:
            callbacks.add(self._follow_moved_cars)
        pending.add(lot.id)

    @api.model
    def _follow_moved_cars(self, moves=None):
        """Let the vehicles follow what stock has moved so far.

        :param moves: the ``stock.move`` that have just been done, when known
        """
        pending = self.env.cr.precommit.data.pop(PENDING, set())
        lots = self.env["stock.lot"].browse(sorted(pending))
        if not lots:
            return
        if moves is None:
            lots.exists()._sync_vehicles()
        else:
            lots._sync_vehicles(lines=moves.move_line_ids)
