from odoo import fields, models


class AutoComplaintClose(models.TransientModel):
    """Close a complaint without the customer's word, or reopen one."""

    _name = "auto.complaint.close"
    _description = "Close or reopen a complaint"

    complaint_id = fields.Many2one(
        comodel_name="auto.complaint", required=True, ondelete="cascade"
    )
    mode = fields.Selection(
        selection=[("close", "Close"), ("reopen", "Reopen")],
        required=True,
        default="close",
    )
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Do it, and keep the reason."""
        self.ensure_one()
        if self.mode == "close":
            self.complaint_id._close_by_manager(self.reason)
        else:
            self.complaint_id._check_may_work(("closed",))
            self.complaint_id._reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
