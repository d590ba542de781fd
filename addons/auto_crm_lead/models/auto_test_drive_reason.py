from odoo import fields, models


class AutoTestDriveReason(models.Model):
    """Why test drives are cancelled."""

    _name = "auto.test.drive.reason"
    _inherit = ["auto.kept.mixin"]
    _description = "Reason to cancel a test drive"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    by = fields.Selection(
        selection=[("customer", "The customer"), ("store", "The store")],
        string="On the side of",
        required=True,
        default="customer",
    )

    _name_uniq = models.Constraint("UNIQUE (name)", "There is such a reason already.")
