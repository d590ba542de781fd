from odoo import fields, models


class AutoQualification(models.Model):
    """What a salesperson can be certified for."""

    _name = "auto.qualification"
    _inherit = ["auto.kept.mixin"]
    _description = "Qualification"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    brand_id = fields.Many2one(
        comodel_name="fleet.vehicle.model.brand",
        string="Brand",
        help="The maker that certifies it, where it is one's.",
    )
    validity_months = fields.Integer(
        string="Valid for (months)", help="0: it does not expire.", aggregator=None
    )
    warn_days = fields.Integer(
        string="Warn before (days)",
        default=30,
        aggregator=None,
        help="So many days before it expires the manager gets an activity.",
    )

    _numbers_check = models.Constraint(
        "CHECK(validity_months >= 0 AND warn_days >= 0)",
        "Validity and warning cannot be negative.",
    )
