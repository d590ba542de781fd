from odoo import api, fields, models
from odoo.exceptions import UserError


class StockMove(models.Model):
    """Parts of a car's repair order name the line that they are issued for."""

    _inherit = "stock.move"

    auto_line_id = fields.Many2one(
        comodel_name="auto.repair.line",
        string="Repair line",
        index="btree_not_null",
        copy=False,
        ondelete="set null",
    )

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if any(
            move.repair_id.vehicle_id
            and move.repair_line_type
            and not move.auto_line_id
            for move in moves
        ):
            raise UserError(
                self.env._(
                    "The parts of a car's repair order are entered in its estimate."
                )
            )
        return moves
