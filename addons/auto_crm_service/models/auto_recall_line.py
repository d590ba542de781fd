from odoo import api, fields, models


class AutoRecallLine(models.Model):
    """A labour operation or a part that a recall needs on each car."""

    _name = "auto.recall.line"
    _description = "Work of a recall"
    _order = "recall_id, sequence, id"

    recall_id = fields.Many2one(
        comodel_name="auto.recall",
        string="Recall",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[("labour", "Labour"), ("part", "Part")],
        required=True,
        default="labour",
    )
    operation_id = fields.Many2one(
        comodel_name="auto.labour.operation",
        string="Operation",
        index="btree_not_null",
        ondelete="restrict",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Part",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('type', '=', 'consu'), ('is_vehicle', '=', False)]",
    )
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
        help="Hours of labour, or pieces.",
    )

    _item_check = models.Constraint(
        "CHECK (kind = 'labour' AND operation_id IS NOT NULL"
        " OR kind = 'part' AND product_id IS NOT NULL)",
        "Please say which operation, or which part.",
    )
    _quantity_check = models.Constraint(
        "CHECK (quantity > 0 AND quantity <= 1000)",
        "A quantity is above 0 and at most 1,000.",
    )

    @api.depends("operation_id")
    def _compute_quantity(self):
        for line in self:
            hours = line.operation_id.standard_hours if line.kind == "labour" else 0
            line.quantity = hours or line.quantity or 1

    def _repair_line_values(self):
        """Return the values of the lines of a repair job."""
        return [
            {
                "kind": line.kind,
                "operation_id": line.operation_id.id,
                "product_id": line.product_id.id,
                "quantity": line.quantity,
                "pay_type": "warranty",
            }
            for line in self
        ]
