from odoo import api, fields, models


class AutoServicePackageLine(models.Model):
    """An operation or a part of a service package."""

    _name = "auto.service.package.line"
    _description = "Content of a service package"
    _order = "package_id, sequence, id"

    package_id = fields.Many2one(
        comodel_name="auto.service.package",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
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
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
        digits="Product Unit",
        help="Hours of labour, or pieces.",
    )

    _one_check = models.Constraint(
        "CHECK ((operation_id IS NULL) != (product_id IS NULL))",
        "Each line is an operation or a part.",
    )
    _quantity_check = models.Constraint(
        "CHECK (quantity > 0 AND quantity <= 1000)",
        "A quantity is more than 0 and at most 1,000.",
    )

    @api.depends("operation_id")
    def _compute_quantity(self):
        for line in self:
            line.quantity = line.operation_id.standard_hours or line.quantity or 1

    def _job_line_values(self):
        """Return the values of the line of a repair job."""
        self.ensure_one()
        return {
            "sequence": self.sequence,
            "kind": "labour" if self.operation_id else "part",
            "operation_id": self.operation_id.id,
            "product_id": self.product_id.id,
            "quantity": self.quantity,
        }
