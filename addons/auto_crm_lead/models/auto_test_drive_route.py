from odoo import fields, models


class AutoTestDriveRoute(models.Model):
    """A way that test drives take from a store."""

    _name = "auto.test.drive.route"
    _inherit = ["auto.kept.mixin"]
    _description = "Route of test drives"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        index="btree_not_null",
        help="Empty: any store.",
    )
    distance = fields.Float(string="Distance (km)", digits=(6, 1))
    hours = fields.Float(
        string="Duration",
        default=0.75,
        help="How long the car is held, with the time for papers and questions.",
    )
    description = fields.Text(
        translate=True, help="Where it goes, and what the customer can try there."
    )

    _figures_check = models.Constraint(
        "CHECK (hours > 0 AND hours <= 72 AND COALESCE(distance, 0) >= 0)",
        "A route takes between 0 and 72 hours, and its distance is not negative.",
    )
