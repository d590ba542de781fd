from odoo import api, fields, models
from odoo.fields import Command


class AutoPartSwap(models.TransientModel):
    """Shows what may stand in for a part, with stock and price."""

    _name = "auto.part.swap"
    _inherit = ["auto.window.mixin"]
    _description = "Substitutes of a part"
    _document_field = "line_id"

    line_id = fields.Many2one(
        comodel_name="auto.repair.line", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="line_id.product_id")
    quantity = fields.Float(related="line_id.quantity")
    qty_free = fields.Float(related="line_id.qty_free")
    choice_ids = fields.One2many(
        comodel_name="auto.part.swap.choice",
        inverse_name="swap_id",
        compute="_compute_choice_ids",
        store=True,
        readonly=False,
    )

    @api.depends("line_id")
    def _compute_choice_ids(self):
        for swap in self:
            line = swap.line_id
            found = self.env["auto.part.substitute"]._substitutes_of(line.product_id)
            warehouse = line._parts_warehouse(line.company_id)
            products = self.env["product.product"].union(*found)
            # Whether a part is there is told to all who offer it.
            stock = products.sudo().with_context(warehouse_id=warehouse.id)
            free = {product.id: product.free_qty for product in stock}
            rows = sorted(
                found.items(), key=lambda row: free[row[0].id] < line.quantity
            )
            swap.choice_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "product_id": product.id,
                            "kind": pair.kind,
                            "note": pair.note,
                            "qty_free": free[product.id],
                            "price": product.with_company(line.company_id).lst_price,
                        }
                    )
                    for product, pair in rows
                ),
            ]


class AutoPartSwapChoice(models.TransientModel):
    """One part that may stand in."""

    _name = "auto.part.swap.choice"
    _description = "Substitute to choose"

    swap_id = fields.Many2one(
        comodel_name="auto.part.swap", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        comodel_name="product.product", string="Part", ondelete="cascade"
    )
    kind = fields.Selection(
        selection=[
            ("superseded", "Superseded by"),
            ("alternative", "Alternative, both ways"),
        ]
    )
    note = fields.Char()
    currency_id = fields.Many2one(related="swap_id.line_id.currency_id")
    qty_free = fields.Float(string="In stock", digits="Product Unit")
    price = fields.Monetary()

    def action_take(self):
        """Take this part instead."""
        self.ensure_one()
        self.swap_id.line_id._substitute(self.product_id)
        return {"type": "ir.actions.act_window_close"}
