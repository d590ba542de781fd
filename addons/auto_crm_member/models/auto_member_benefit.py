from odoo import fields, models


class AutoMemberBenefit(models.Model):
    """Something a programme gives its members: a wash, a discount, a priority."""

    _name = "auto.member.benefit"
    _inherit = ["auto.kept.mixin"]
    _description = "Member benefit"
    _order = "program_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    program_id = fields.Many2one(
        comodel_name="loyalty.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("is_member_program", "=", True)],
        default=lambda self: self.env["loyalty.program"].search(
            [("is_member_program", "=", True)], limit=1
        ),
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=[
            ("wash", "Free wash"),
            ("check", "Free check"),
            ("labour", "Discount on labour"),
            ("parts", "Discount on parts"),
            ("priority", "Priority"),
            ("loan_car", "Loan car"),
            ("pickup", "Fetching and bringing"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    description = fields.Text(
        translate=True, help="What the reception says and does about it."
    )
    tier_line_ids = fields.One2many(
        comodel_name="auto.member.tier.benefit",
        inverse_name="benefit_id",
        string="Tiers",
    )
