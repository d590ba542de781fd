from odoo import api, fields, models
from odoo.exceptions import AccessError


class AutoMemberTierHistory(models.Model):
    """Which tier a member had from when, and why."""

    _name = "auto.member.tier.history"
    _inherit = ["auto.append.only.mixin"]
    _description = "Tier history"
    _order = "date desc, id desc"
    _rec_name = "tier_id"

    member_id = fields.Many2one(
        comodel_name="auto.member",
        string="Member",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        related="member_id.partner_id", string="Customer", store=True, index=True
    )
    program_id = fields.Many2one(related="member_id.program_id", string="Programme")
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    old_tier_id = fields.Many2one(
        comodel_name="auto.member.tier",
        string="From",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    tier_id = fields.Many2one(
        comodel_name="auto.member.tier",
        string="To",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    direction = fields.Selection(
        selection=[("start", "Joined"), ("up", "Up"), ("down", "Down")],
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True, help="What a person said; empty: by the rules.")
    currency_id = fields.Many2one(related="program_id.currency_id")
    spend = fields.Monetary(
        readonly=True, help="In the months that the tier counts.", aggregator=False
    )
    visits = fields.Integer(readonly=True, aggregator=False)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        readonly=True,
        default=lambda self: self.env.user,
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("Change the tier on the member; its history follows.")
            )
        return super().create(vals_list)

    @api.model
    def _append_only_open_fields(self):
        # Follows when two records of one person are made one.
        return frozenset({"partner_id"})
