from odoo import api, fields, models


class AutoTrim(models.Model):
    """An equipment level of a model."""

    _name = "auto.trim"
    _description = "Vehicle trim"
    _order = "model_id, sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="The maker's code.")
    sequence = fields.Integer(default=10)
    model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model",
        string="Model",
        required=True,
        index=True,
        ondelete="cascade",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Product",
        index="btree_not_null",
        ondelete="set null",
        help="The variant under which cars of this trim are bought and sold.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        string="Currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    list_price = fields.Monetary(
        string="Guide price", help="The maker's recommended price."
    )
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint(
        "UNIQUE (model_id, name)", "This model has a trim of that name already."
    )
    _list_price_check = models.Constraint(
        "CHECK (list_price IS NULL OR list_price >= 0)",
        "A guide price cannot be negative.",
    )

    @api.depends("name", "model_id.name")
    @api.depends_context("auto_trim_with_model")
    def _compute_display_name(self):
        with_model = self.env.context.get("auto_trim_with_model")
        for trim in self:
            trim.display_name = (
                f"{trim.model_id.name} {trim.name}" if with_model else trim.name
            )
