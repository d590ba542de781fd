from odoo import fields, models


class AutoModelSpec(models.Model):
    """A line of the specification sheet: wheelbase, boot, consumption …

    What Odoo's catalogue has as a field of its own (body, seats, fuel …) is no such
    line; these are what a trade compares besides.
    """

    _name = "auto.model.spec"
    _inherit = ["auto.kept.mixin"]
    _description = "Line of the specification sheet"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    unit = fields.Char(translate=True, help="Written behind the value.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    better = fields.Selection(
        selection=[("high", "The higher value"), ("low", "The lower value")],
        string="What is better",
        help="That value stands out in a comparison; empty: none does.",
    )

    _name_uniq = models.Constraint("UNIQUE (name)", "There is such a line already.")
