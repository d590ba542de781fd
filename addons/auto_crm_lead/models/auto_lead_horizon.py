from odoo import fields, models


class AutoLeadHorizon(models.Model):
    """When a prospect intends to buy, and the treatment that follows from it."""

    _name = "auto.lead.horizon"
    _inherit = ["auto.kept.mixin"]
    _description = "Purchase horizon"
    _order = "months, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    active = fields.Boolean(default=True)
    months = fields.Integer(help="Within how many months; 0: now.")
    kind = fields.Selection(
        selection=[
            ("call", "Salesperson at once"),
            ("bring_forward", "Bring the purchase forward"),
            ("detailed", "Send detailed material"),
            ("general", "Send general material"),
        ],
        string="Treatment",
        required=True,
        default="call",
    )
    treatment = fields.Text(
        string="What to do",
        translate=True,
        help="Shown to the consultant with the task.",
    )
    expected_conversion = fields.Float(
        string="Expected conversion",
        digits=(5, 4),
        aggregator=False,
        help="The share of such prospects that is expected to buy.",
    )
    grade_id = fields.Many2one(
        comodel_name="auto.lead.grade",
        string="Proposed grade",
        index="btree_not_null",
        domain="[('is_lost', '=', False), ('is_won', '=', False)]",
        ondelete="restrict",
    )
    activity_type_id = fields.Many2one(
        comodel_name="mail.activity.type",
        string="Task",
        index="btree_not_null",
        help="The task proposed to the consultant; its e-mail templates are offered "
        "where the customer accepts e-mail.",
    )
    activity_days = fields.Integer(
        string="Task due after (days)",
    )

    _code_uniq = models.UniqueIndex("(code)", "A horizon with this code exists.")
    _conversion_range = models.Constraint(
        "CHECK (expected_conversion BETWEEN 0 AND 1)",
        "An expected conversion is between 0 and 100 %.",
    )
    _numbers_positive = models.Constraint(
        "CHECK (months >= 0 AND activity_days >= 0)",
        "Months and days are not negative.",
    )
