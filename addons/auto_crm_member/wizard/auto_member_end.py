from odoo import fields, models
from odoo.exceptions import UserError


class AutoMemberEnd(models.TransientModel):
    """Ends a membership, with a reason."""

    _name = "auto.member.end"
    _inherit = ["auto.window.mixin"]
    _description = "End a membership"
    _document_field = "member_id"

    member_id = fields.Many2one(
        comodel_name="auto.member", string="Member", required=True, readonly=True
    )
    points = fields.Float(related="member_id.points", string="Points that rest")
    reason = fields.Char(required=True)

    def action_end(self):
        """End the membership.

        :raise AccessError: without the right
        :raise UserError: without a reason, or when it has ended already
        """
        self.ensure_one()
        self.member_id._check_may_manage()
        if self.member_id.state != "active":
            raise UserError(self.env._("The membership has ended."))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Please say why the membership ends."))
        self.member_id._end("ended", self.reason.strip())
        return {"type": "ir.actions.act_window_close"}
