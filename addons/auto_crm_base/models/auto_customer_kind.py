from odoo import fields, models


class AutoCustomerKind(models.Model):
    """What a customer is to us: prospect, sales, service, VIP, corporate, member."""

    _name = "auto.customer.kind"
    _inherit = ["auto.kept.mixin"]
    _description = "Customer kind"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Stable name by which other parts set this kind."
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "This kind of customer exists already.")
