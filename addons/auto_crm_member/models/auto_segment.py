from odoo import api, fields, models
from odoo.fields import Domain


class AutoSegment(models.Model):
    """Criteria of the membership: whether there is one, its tier, its points."""

    _inherit = "auto.segment"

    member_state = fields.Selection(
        selection=[("yes", "Member"), ("no", "No member")], string="Membership"
    )
    member_tier_ids = fields.Many2many(
        comodel_name="auto.member.tier",
        relation="auto_segment_member_tier_rel",
        string="Tiers",
    )
    member_points_min = fields.Integer(string="Points at least")
    member_expiry_days = fields.Integer(string="Points expire within (days)")

    @api.model
    def _criteria_fields(self):
        return [
            *super()._criteria_fields(),
            "member_state",
            "member_tier_ids",
            "member_points_min",
            "member_expiry_days",
        ]

    def _criteria(self):
        criteria = super()._criteria()
        active = Domain("state", "=", "active")
        if self.member_state == "no":
            criteria["customer"].append(~Domain("member_ids", "any", active))
        wanted = []
        if self.member_tier_ids:
            wanted.append(Domain("tier_id", "in", self.member_tier_ids.ids))
        if self.member_points_min:
            wanted.append(Domain("points", ">=", self.member_points_min))
        if self.member_expiry_days:
            today = fields.Date.context_today(self)
            last = fields.Date.add(today, days=self.member_expiry_days)
            wanted.append(Domain("points_expiry_date", ">=", today))
            wanted.append(Domain("points_expiry_date", "<=", last))
        if wanted or self.member_state == "yes":
            criteria["customer"].append(
                Domain("member_ids", "any", Domain.AND([active, *wanted]))
            )
        return criteria
