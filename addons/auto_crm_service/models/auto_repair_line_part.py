from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, float_is_zero


class AutoRepairLine(models.Model):
    """Parts come from stock: planned when approved, issued, given back."""

    _inherit = "auto.repair.line"

    move_ids = fields.One2many(
        comodel_name="stock.move", inverse_name="auto_line_id", string="Stock moves"
    )
    qty_issued = fields.Float(
        string="Issued",
        compute="_compute_qty_issued",
        compute_sudo=True,
        store=True,
        digits="Product Unit",
        help="What has left the parts store for this line and was not given back.",
    )
    qty_free = fields.Float(
        string="In stock",
        compute="_compute_qty_free",
        digits="Product Unit",
        help="Pieces in the store's stock that nobody has reserved.",
    )
    is_short = fields.Boolean(
        string="Missing",
        compute="_compute_qty_free",
        help="There are not enough pieces for this line.",
    )

    @api.depends("move_ids.state", "move_ids.quantity", "move_ids.repair_line_type")
    def _compute_qty_issued(self):
        for line in self:
            done = line.move_ids.filtered(lambda move: move.state == "done")
            line.qty_issued = sum(
                move.quantity if move.repair_line_type == "add" else -move.quantity
                for move in done
            )

    @api.depends("product_id", "quantity", "qty_issued", "decision")
    def _compute_qty_free(self):
        self.qty_free = 0
        self.is_short = False
        for company, lines in self.grouped("company_id").items():
            parts = lines.filtered(lambda line: line.kind == "part")
            if not parts or not company:
                continue
            warehouse = self._parts_warehouse(company)
            # Whether a part is there is told to all who offer it.
            stock = parts.product_id.sudo().with_context(warehouse_id=warehouse.id)
            free = {product.id: product.free_qty for product in stock}
            for line in parts:
                planned = sum(
                    line.sudo()
                    .move_ids.filtered(
                        lambda move: (
                            move.state not in ("done", "cancel", "draft")
                            and move.repair_line_type == "add"
                        )
                    )
                    .mapped("quantity")
                )
                # What is reserved for the line itself is there for it.
                line.qty_free = free.get(line.product_id.id, 0) + planned
                line.is_short = (
                    line.decision != "declined"
                    and line.product_id.is_storable
                    and line._compare(line.quantity - line.qty_issued, line.qty_free)
                    > 0
                )

    @api.model
    def _parts_warehouse(self, company):
        """Return the warehouse of a store, whose existence is no secret."""
        return (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "=", company.id)], limit=1)
        )

    def _compare(self, one, other):
        return float_compare(
            one, other, precision_rounding=self.product_id.uom_id.rounding or 0.01
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_issue(self):
        """Take the parts out of stock for the job.

        :raise UserError: for what is not approved, or not in stock
        """
        self._check_may_issue()
        self._check_approved()
        self.repair_id._check_not_over()
        parts = self.filtered(
            lambda line: (
                line.kind == "part"
                and line._compare(line.quantity, line.qty_issued) > 0
            )
        )
        if not parts:
            raise UserError(self.env._("There is nothing to issue."))
        for line in parts:
            if line.is_short:
                raise UserError(
                    self.env._(
                        "Only %(free)g of “%(part)s” in stock, %(wanted)g are needed.",
                        free=max(line.qty_free, 0),
                        part=line.product_id.display_name,
                        wanted=line.quantity - line.qty_issued,
                    )
                )
        # Stock is moved by the system for those who may issue parts.
        parts.sudo()._issue()
        return True

    def action_give_back(self):
        """Bring all that was issued for these lines back to stock.

        :raise UserError: when nothing was issued
        """
        self._check_may_issue()
        self.repair_id._check_not_over()
        issued = self.filtered(lambda line: not line._is_zero(line.qty_issued))
        if not issued:
            raise UserError(self.env._("Nothing was issued."))
        # As above.
        issued.sudo()._give_back()
        return True

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _is_zero(self, quantity):
        return float_is_zero(
            quantity, precision_rounding=self.product_id.uom_id.rounding or 0.01
        )

    def _check_may_issue(self):
        """Refuse those who neither keep the parts nor receive the cars.

        :raise UserError: for everybody else
        """
        self.check_access("read")
        groups = (
            "stock.group_stock_user,auto_crm_base.group_adviser,"
            "auto_crm_base.group_service_manager,auto_crm_base.group_store_manager"
        )
        if not self.env.user.has_groups(groups):
            raise UserError(
                self.env._("Parts are issued by the parts store or the adviser.")
            )

    def _check_not_worked(self, names):
        for line in self:
            if names & {"kind", "product_id"} and not line._is_zero(line.qty_issued):
                raise UserError(
                    self.env._(
                        "“%(part)s” was issued; give it back first.", part=line.name
                    )
                )
        return super()._check_not_worked(names)

    def _plan_moves(self):
        """Bring the planned stock moves in step with the approved lines.

        Called as superuser.
        """
        vals_list = []
        for line in self.filtered(lambda one: one.kind == "part"):
            wanted = line.quantity if line.decision == "approved" else 0
            wanted -= line.qty_issued
            open_moves = line.move_ids.filtered(
                lambda move: move.state not in ("done", "cancel")
            )
            if line._compare(wanted, 0) <= 0:
                open_moves._action_cancel()
            elif not open_moves:
                vals_list.append(line._move_values(wanted, "add"))
            elif line._compare(sum(open_moves.mapped("product_uom_qty")), wanted):
                open_moves[1:]._action_cancel()
                open_moves[:1].product_uom_qty = wanted
                open_moves[:1]._action_assign()
        if vals_list:
            self.env["stock.move"].create(vals_list)

    def _move_values(self, quantity, line_type):
        """Return the values of a stock move for this line.

        :param float quantity: in the part's unit
        :param str line_type: "add" to issue, "recycle" to give back
        """
        self.ensure_one()
        return {
            "repair_id": self.repair_id.id,
            "repair_line_type": line_type,
            "auto_line_id": self.id,
            "product_id": self.product_id.id,
            "product_uom_qty": quantity,
            "product_uom": self.product_id.uom_id.id,
            "company_id": self.company_id.id,
        }

    def _issue(self):
        """Move the missing quantity out of stock. Called as superuser."""
        self._plan_moves()
        moves = self.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        for move in moves:
            move.quantity = move.product_uom_qty
            move.picked = True
        moves._action_done()

    def _give_back(self):
        """Move back what was issued. Called as superuser."""
        moves = self.env["stock.move"].create(
            [line._move_values(line.qty_issued, "recycle") for line in self]
        )
        for move in moves:
            move.quantity = move.product_uom_qty
            move.picked = True
        moves._action_done()
        self._plan_moves()
