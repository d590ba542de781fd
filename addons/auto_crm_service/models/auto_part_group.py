from odoo import fields, models


class AutoPartGroup(models.Model):
    """What a part is to the warranty: an engine, a main part, a wear part …"""

    _name = "auto.part.group"
    _inherit = ["auto.kept.mixin"]
    _description = "Part group"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=[
            ("unit", "Whole unit: engine, gearbox, traction battery, drive motor"),
            ("unit_part", "Main part of such a unit"),
            ("main", "Main part of a unit or system"),
            ("wear", "Wear part"),
            ("other", "Other part"),
        ],
        required=True,
        default="main",
        help="The three guarantees count replaced units and main parts; wear parts "
        "have a shorter warranty.",
    )
    product_ids = fields.One2many(
        comodel_name="product.template",
        inverse_name="auto_part_group_id",
        string="Parts",
    )
