from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AutoReferralRule(models.Model):
    """Members get points for a recommended friend who buys."""

    _inherit = "auto.referral.rule"

    reward_kind = fields.Selection(
        selection_add=[("points", "Points of the programme")],
        ondelete={"points": lambda rules: rules.write({"reward_kind": "none"})},
    )
    reward_points = fields.Integer(string="Points")

    @api.constrains("reward_kind", "reward_points")
    def _check_reward_points(self):
        for rule in self:
            if rule.reward_kind == "points" and rule.reward_points <= 0:
                raise ValidationError(
                    self.env._("“%s” gives points: say how many.", rule.name)
                )


class AutoReferral(models.Model):
    """The points that a rule gives go to the member's card."""

    _inherit = "auto.referral"

    reward_points = fields.Integer(
        string="Points of the reward",
        readonly=True,
        help="As the rule said when the friend bought.",
    )

    def _reward_words(self):
        if self.rule_id.reward_kind != "points":
            return super()._reward_words()
        return self.env._("%s points", self.rule_id.reward_points)

    def _bought(self):
        due = self.filtered(
            lambda one: one.state == "received" and one.rule_id.reward_kind == "points"
        )
        for referral in due:
            referral._step(reward_points=referral.rule_id.reward_points)
        return super()._bought()

    def _give_reward(self):
        result = super()._give_reward()
        if self.reward_points:
            # The referrer may be another store's member; the programme is the group's.
            member = self.env["auto.member"].sudo()
            member = member.search(
                [("partner_id", "=", self.referrer_id.id), ("state", "=", "active")],
                limit=1,
            )
            if not member:
                raise UserError(
                    self.env._(
                        "%s is no member: make the customer one first.",
                        self.display_name.partition(" → ")[0],
                    )
                )
            member._add_points(
                self.reward_points, self.env._("Recommended a friend who bought")
            )
        return result
