from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Car",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        domain="[('product_id', '=?', product_id),"
        " ('availability', 'in', ('available', 'incoming', 'reserved'))]",
        help="The one car that is sold by this line.",
    )
    is_vehicle = fields.Boolean(related="product_id.is_vehicle")

    @api.constrains("vehicle_id", "product_id", "product_uom_qty")
    def _check_vehicle(self):
        for line in self.filtered("vehicle_id"):
            if line.product_id != line.vehicle_id.product_id:
                raise ValidationError(
                    self.env._(
                        "%(vehicle)s is not a “%(product)s”.",
                        vehicle=line.vehicle_id.display_name,
                        product=line.product_id.display_name,
                    )
                )
            if line.product_uom_qty not in (0, 1):
                raise ValidationError(
                    self.env._("A car is sold once: one line for each car.")
                )

    @api.constrains("vehicle_id", "order_id")
    def _check_vehicle_once(self):
        for order in self.order_id:
            lines = order.order_line.filtered("vehicle_id")
            if len(lines) != len(lines.vehicle_id):
                raise ValidationError(
                    self.env._("The same car is on the contract twice.")
                )

    @api.onchange("vehicle_id")
    def _onchange_vehicle_id(self):
        if self.vehicle_id and self.vehicle_id.product_id != self.product_id:
            self.product_id = self.vehicle_id.product_id

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("vehicle_id") and not vals.get("product_id"):
                vehicle = self.env["auto.vehicle"].browse(vals["vehicle_id"])
                vals["product_id"] = vehicle.product_id.id
        lines = super().create(vals_list)
        lines.filtered("vehicle_id").order_id._hold_if_confirmed()
        return lines

    def write(self, vals):
        before = {}
        if "vehicle_id" in vals:
            before = {line: line.vehicle_id for line in self}
            self._refuse_other_car(vals["vehicle_id"])
        result = super().write(vals)
        changed = self.filtered(
            lambda line: line in before and before[line] != line.vehicle_id
        )
        for line in changed.filtered(lambda one: one.order_id.state == "sale"):
            before[line]._keep_number()
            line.order_id._give_back_cars(before[line])
            line._tell_moves()
        changed.order_id._hold_if_confirmed()
        for line in changed:
            before[line]._drop_number()
        return result

    def unlink(self):
        confirmed = self.filtered(lambda line: line.order_id.state == "sale")
        released = [(line.order_id, line.vehicle_id) for line in confirmed]
        confirmed.vehicle_id._keep_number()
        vehicles = self.vehicle_id
        result = super().unlink()
        for order, vehicle in released:
            order._give_back_cars(vehicle)
        vehicles._drop_number()
        return result

    def _refuse_other_car(self, vehicle_id):
        """Refuse to name another car than the one that was delivered."""
        for line in self:
            if (
                line.vehicle_id
                and line.vehicle_id.id != (vehicle_id or False)
                and line.qty_delivered > 0
            ):
                raise UserError(
                    self.env._(
                        "%(vehicle)s is delivered on this contract. It comes back "
                        "first, then the contract can take another car.",
                        vehicle=line.vehicle_id.display_name,
                    )
                )

    def _prepare_procurement_values(self):
        return {
            **super()._prepare_procurement_values(),
            "vehicle_id": self.vehicle_id.id,
        }

    def _tell_moves(self):
        """Let the open deliveries of the line carry the car that it sells now."""
        for line in self:
            # Who changes the contract need not have rights in stock.
            moves = line.sudo().move_ids.filtered(
                lambda move: move.state not in ("done", "cancel")
            )
            moves._do_unreserve()
            moves.vehicle_id = line.vehicle_id
            moves._action_assign()
