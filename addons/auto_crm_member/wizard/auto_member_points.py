import math

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_is_zero

# Beyond this somebody has slipped; and sums of such numbers are not exact.
MAX_CHANGE = 10_000_000


class AutoMemberPoints(models.TransientModel):
    """Corrects the points of a member, with a reason."""

    _name = "auto.member.points"
    _inherit = ["auto.window.mixin"]
    _description = "Correct points"
    _document_field = "member_id"

    member_id = fields.Many2one(
        comodel_name="auto.member", string="Member", required=True, readonly=True
    )
    points = fields.Float(related="member_id.points", string="Points now")
    change = fields.Float(
        required=True, help="What is added; with a minus, what is taken away."
    )
    points_after = fields.Float(
        string="Points then", compute="_compute_points_after", digits=(16, 2)
    )
    reason = fields.Char(required=True)

    @api.depends("points", "change")
    def _compute_points_after(self):
        for wizard in self:
            wizard.points_after = wizard.points + wizard.change

    def action_correct(self):
        """Change the points; kept in their history and on the member.

        :raise AccessError: without the right
        :raise UserError: without a reason or a change, or when fewer are there
        """
        self.ensure_one()
        member = self.member_id
        member._check_may_manage()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Please say why the points change."))
        if not math.isfinite(self.change) or float_is_zero(
            self.change, precision_digits=2
        ):
            raise UserError(self.env._("How many points are added or taken away?"))
        if abs(self.change) > MAX_CHANGE:
            raise UserError(
                self.env._("At most %(limit)s points at once.", limit=f"{MAX_CHANGE:,}")
            )
        if member.state != "active":
            raise UserError(self.env._("The membership has ended."))
        member._add_points(
            self.change,
            self.env._(
                "Corrected by %(user)s: %(reason)s",
                user=self.env.user.name,
                reason=reason,
            ),
        )
        member._message_log(
            body=self.env._(
                "Points corrected by %(change)s: %(reason)s",
                change=f"{self.change:+g}",
                reason=reason,
            )
        )
        return {"type": "ir.actions.act_window_close"}
