from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AutoMemberTier(models.Model):
    """A tier of a programme: what it asks for and what it gives."""

    _name = "auto.member.tier"
    _inherit = ["auto.kept.mixin"]
    _description = "Member tier"
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
    sequence = fields.Integer(
        default=10, help="The lowest number is the tier that everybody begins with."
    )
    active = fields.Boolean(default=True)
    color = fields.Integer()
    currency_id = fields.Many2one(related="program_id.currency_id")
    spend_min = fields.Monetary(
        string="Spend from",
        help="Net of tax, in the months counted; 0: spend does not matter.",
    )
    visits_min = fields.Integer(
        string="Visits from",
        aggregator=False,
        help="Days with an invoice, in the months counted; 0: visits do not matter.",
    )
    match = fields.Selection(
        selection=[("any", "Either is enough"), ("all", "Both are needed")],
        string="If both are given",
        required=True,
        default="any",
    )
    period_months = fields.Integer(
        string="Months counted",
        required=True,
        default=12,
        aggregator=False,
        help="Spend and visits of so many months back count.",
    )
    keep_months = fields.Integer(
        string="Kept for (months)",
        required=True,
        default=12,
        aggregator=False,
        help="Who has reached the tier keeps it at least this long.",
    )
    points_factor = fields.Float(
        string="Points times",
        required=True,
        default=1.0,
        digits=(6, 2),
        aggregator=False,
        help="The points of an order are multiplied by it.",
    )
    benefit_line_ids = fields.One2many(
        comodel_name="auto.member.tier.benefit",
        inverse_name="tier_id",
        string="Benefits",
        copy=True,
    )
    member_count = fields.Integer(string="Members", compute="_compute_member_count")

    _numbers_check = models.Constraint(
        "CHECK (COALESCE(spend_min, 0) >= 0 AND COALESCE(visits_min, 0) >= 0"
        " AND period_months BETWEEN 1 AND 120 AND keep_months BETWEEN 0 AND 120"
        " AND points_factor >= 0)",
        "A tier counts 1 to 120 months and is kept 0 to 120 months; what it asks for "
        "and its factor of points are not negative.",
    )

    def _compute_member_count(self):
        counts = dict(
            self.env["auto.member"]._read_group(
                [("tier_id", "in", self.ids), ("state", "=", "active")],
                ["tier_id"],
                ["__count"],
            )
        )
        for tier in self:
            tier.member_count = counts.get(tier, 0)

    @api.constrains("spend_min", "visits_min", "sequence", "active", "program_id")
    def _check_entry_tier(self):
        for program in self.program_id:
            entry = program._entry_tier()
            if entry.spend_min or entry.visits_min:
                raise ValidationError(
                    self.env._(
                        "%(tier)s is the lowest tier of “%(program)s”: it asks for "
                        "neither spend nor visits, since everybody begins with it.",
                        tier=entry.name,
                        program=program.name,
                    )
                )

    def _is_reached(self, spend, visits):
        """Return whether a member with so much spend and so many visits is in it.

        :param float spend: in the programme's currency, over ``period_months``
        :param int visits: over ``period_months``
        """
        self.ensure_one()
        tests = []
        if self.spend_min:
            tests.append(self.currency_id.compare_amounts(spend, self.spend_min) >= 0)
        if self.visits_min:
            tests.append(visits >= self.visits_min)
        return all(tests) if self.match == "all" else not tests or any(tests)

    def action_open_members(self):
        """Open the members of the tier."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_member.auto_member_action"
        )
        action["domain"] = [("tier_id", "=", self.id)]
        return action
