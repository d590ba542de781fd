from odoo import fields, models


class AutoCustomerInterest(models.Model):
    """Something a customer likes, to choose gifts and events by."""

    _name = "auto.customer.interest"
    _inherit = ["auto.kept.mixin"]
    _description = "Customer interest"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()

    _name_uniq = models.UniqueIndex(
        "((name->>'en_US'))", "This interest exists already."
    )
