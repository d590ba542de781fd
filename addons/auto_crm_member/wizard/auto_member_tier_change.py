from odoo import fields, models


class AutoMemberTierChange(models.TransientModel):
    """Gives a member another tier by a person's decision."""

    _name = "auto.member.tier.change"
    _inherit = ["auto.window.mixin"]
    _description = "Change tier"
    _document_field = "member_id"

    member_id = fields.Many2one(
        comodel_name="auto.member", string="Member", required=True, readonly=True
    )
    program_id = fields.Many2one(related="member_id.program_id")
    present_tier_id = fields.Many2one(related="member_id.tier_id", string="Tier now")
    tier_id = fields.Many2one(
        comodel_name="auto.member.tier",
        string="New tier",
        required=True,
        domain="[('program_id', '=', program_id)]",
    )
    until = fields.Date(
        string="Kept until", help="Empty: as long as the tier is kept by the rules."
    )
    reason = fields.Char(required=True)

    def action_change(self):
        """Give the tier; see ``auto.member._change_tier()``."""
        self.ensure_one()
        self.member_id._change_tier(self.tier_id, self.reason, until=self.until)
        return {"type": "ir.actions.act_window_close"}
