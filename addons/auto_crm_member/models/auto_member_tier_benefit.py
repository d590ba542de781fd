from odoo import api, fields, models
from odoo.exceptions import ValidationError

PERCENT_KINDS = ("labour", "parts")


class AutoMemberTierBenefit(models.Model):
    """How much of a benefit a tier gives."""

    _name = "auto.member.tier.benefit"
    _description = "Benefit of a tier"
    _order = "tier_id, sequence, id"
    _rec_name = "benefit_id"

    tier_id = fields.Many2one(
        comodel_name="auto.member.tier",
        string="Tier",
        required=True,
        index=True,
        ondelete="cascade",
    )
    program_id = fields.Many2one(related="tier_id.program_id", string="Programme")
    benefit_id = fields.Many2one(
        comodel_name="auto.member.benefit",
        string="Benefit",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('program_id', '=', program_id)]",
    )
    sequence = fields.Integer(related="benefit_id.sequence", store=True)
    kind = fields.Selection(related="benefit_id.kind")
    quantity = fields.Integer(
        string="Times a year",
        aggregator=False,
        help="How often in a calendar year; 0: as often as wanted.",
    )
    percent = fields.Float(
        string="Discount (%)", digits=(5, 2), aggregator=False, help="For discounts."
    )

    _benefit_uniq = models.Constraint(
        "UNIQUE(tier_id, benefit_id)", "A tier names a benefit once."
    )
    _numbers_check = models.Constraint(
        "CHECK (COALESCE(quantity, 0) >= 0 AND COALESCE(percent, 0) BETWEEN 0 AND 100)",
        "A benefit is given 0 or more times a year, a discount is 0 to 100 %.",
    )

    @api.constrains("tier_id", "benefit_id")
    def _check_program(self):
        for line in self:
            if line.tier_id.program_id != line.benefit_id.program_id:
                raise ValidationError(
                    self.env._(
                        "%(benefit)s belongs to another programme than %(tier)s.",
                        benefit=line.benefit_id.name,
                        tier=line.tier_id.name,
                    )
                )

    @api.constrains("percent", "benefit_id")
    def _check_percent(self):
        for line in self:
            if line.kind in PERCENT_KINDS and not line.percent:
                raise ValidationError(
                    self.env._(
                        "%(benefit)s of %(tier)s: how many percent?",
                        benefit=line.benefit_id.name,
                        tier=line.tier_id.name,
                    )
                )
