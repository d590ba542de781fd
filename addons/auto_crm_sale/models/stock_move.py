from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# A delivery has three steps at most, and a car goes through a transit between stores.
STEPS = 8

# Only validating passes this object: a client that writes the state of a move would
# deliver a car on paper, past everything that stock checks.
VALIDATED = object()


class StockMove(models.Model):
    _inherit = "stock.move"

    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Car",
        index="btree_not_null",
        ondelete="restrict",
        help="The one car that this move is for.",
    )

    def write(self, vals):
        if (
            vals.get("state") == "done"
            and self.env.context.get("auto_stock_move") is not VALIDATED
            and any(move.state != "done" for move in self)
            and any(self.product_id.mapped("is_vehicle"))
        ):
            raise UserError(
                self.env._("A car is moved by validating its transfer, not by hand.")
            )
        return super().write(vals)

    def _prepare_procurement_values(self):
        return {
            **super()._prepare_procurement_values(),
            "vehicle_id": self.vehicle_id.id,
        }

    def _prepare_merge_moves_distinct_fields(self):
        return [*super()._prepare_merge_moves_distinct_fields(), "vehicle_id"]

    def _update_reserved_quantity_vals(
        self,
        need,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=True,
    ):
        # The lot is the car's own, which who reserves need not be allowed to see.
        lot_id = lot_id or self.vehicle_id.sudo().lot_id
        return super()._update_reserved_quantity_vals(
            need, location_id, lot_id, package_id, owner_id, strict
        )

    def _get_upstream_documents_and_responsibles(self, visited):
        # Who cancels a contract need not see the purchase that would tell the buyer.
        return super(StockMove, self.sudo())._get_upstream_documents_and_responsibles(
            visited
        )

    def _action_done(self, cancel_backorder=False):
        self._check_cars_may_leave()
        moves = self.with_context(auto_stock_move=VALIDATED)
        done = super(StockMove, moves)._action_done(cancel_backorder=cancel_backorder)
        return done.with_env(self.env)

    def _get_value_from_quotation(self, quantity, at_date=None):
        data = super()._get_value_from_quotation(quantity, at_date)
        transfer = self.picking_id.auto_transfer_id
        if (
            data["quantity"]
            or not transfer
            or self.product_id.cost_method == "standard"
        ):
            return data
        # Costs are kept by store: without this, a car from another one arrives at 0.
        shipped = transfer.picking_ids.move_ids.filtered("is_out")
        if not shipped:
            return data
        return {
            "value": sum(shipped.mapped("value")) * quantity / len(shipped),
            "quantity": quantity,
            "description": self.env._(
                "Cost in %(store)s", store=transfer.source_company_id.name
            ),
        }

    def _leaving_car_lines(self):
        """Return the lines by which cars leave our stock, for a customer or for good.

        A car that is scrapped, counted as missing or sent back to the supplier is gone
        as well.
        """
        return self.move_line_ids.filtered(
            lambda line: (
                line.picked
                and line.lot_id
                and line.product_id.is_vehicle
                and line.location_id.usage in ("internal", "transit")
                and line.location_dest_id.usage not in ("internal", "transit")
            )
        )

    def _check_cars_may_leave(self):
        """Refuse to deliver a car to anybody but the one for whom it is held.

        Nor does a car leave on a contract whose last change is not approved.
        """
        lines = self._leaving_car_lines()
        # Whoever issues goods need not see the contract.
        lines.move_id.sale_line_id.order_id.sudo()._check_contract_approved()
        lines._check_cars_are_free()
        delivered = lines.filtered(
            lambda line: line.location_dest_id.usage == "customer"
        )
        delivered.lot_id.sudo().vehicle_ids._check_may_leave()

    def _until_customer(self):
        """Return these moves with those that take the goods on."""
        moves = following = self
        for _step in range(STEPS):
            following = following.move_dest_ids - moves
            moves |= following
        return moves

    def _adopt_vehicle(self, sold, vehicle):
        """Name the car on the order line and on its moves, past what a change of car
        does to a delivery."""
        self.env.flush_all()
        for records in (sold, self):
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET vehicle_id = %s WHERE id IN %s RETURNING id",
                    SQL.identifier(records._table),
                    vehicle.id,
                    tuple(records.ids),
                )
            )
            records.invalidate_recordset(["vehicle_id"])
