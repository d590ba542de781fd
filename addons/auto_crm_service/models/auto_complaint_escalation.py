from odoo import fields, models


class AutoComplaintEscalation(models.Model):
    """Who is told, and when, that a complaint takes too long."""

    _name = "auto.complaint.escalation"
    _inherit = ["auto.kept.mixin"]
    _description = "Complaint escalation level"
    _order = "level, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    level = fields.Integer(required=True, default=1)
    clock = fields.Selection(
        selection=[
            ("first", "First answer"),
            ("solution", "Solution"),
            ("callback", "Call-back"),
        ],
        string="Limit",
        required=True,
        default="solution",
    )
    hours_after = fields.Float(
        string="Hours late",
        help="How long after the limit, in working hours of the store.",
    )
    target = fields.Selection(
        selection=[
            ("department", "Manager of the department"),
            ("store", "Store manager"),
            ("head_office", "Head office"),
        ],
        string="Tells",
        required=True,
        default="department",
    )

    _hours_positive = models.Constraint(
        "CHECK(hours_after >= 0)", "A level is reached after the limit, not before it."
    )
    _level_positive = models.Constraint(
        "CHECK(level BETWEEN 1 AND 9)", "Levels go from 1 to 9."
    )
