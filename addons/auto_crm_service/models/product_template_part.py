from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    auto_part_group_id = fields.Many2one(
        comodel_name="auto.part.group",
        string="Part group",
        index="btree_not_null",
        ondelete="restrict",
        help="Which warranty the part has, and whether replacing it counts for the "
        "three guarantees.",
    )
