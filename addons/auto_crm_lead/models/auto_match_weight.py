from odoo import fields, models


class AutoMatchWeight(models.Model):
    """How much a criterion counts when cars are ranked for a prospect."""

    _name = "auto.match.weight"
    _description = "Weight of a matching criterion"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        selection=[
            ("model", "Model"),
            ("brand", "Brand"),
            ("category", "Body"),
            ("budget", "Budget"),
            ("condition", "New or used"),
            ("color", "Colour"),
            ("feature", "Must have"),
            ("seats", "Seats"),
            ("use", "Use"),
            ("date", "Available in time"),
            ("store", "In the own store"),
        ],
        string="Criterion",
        required=True,
    )
    weight = fields.Float(
        default=10,
        help="Relative to the other criteria. Criteria that the customer said "
        "nothing about do not count; 0 switches a criterion off.",
    )
    sequence = fields.Integer(default=10)

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "This criterion already has a weight."
    )
    _weight_positive = models.Constraint(
        "CHECK(weight >= 0)", "A weight cannot be negative."
    )
