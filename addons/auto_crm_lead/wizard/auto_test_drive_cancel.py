from odoo import fields, models


class AutoTestDriveCancel(models.TransientModel):
    """Cancel a test drive, and keep why."""

    _name = "auto.test.drive.cancel"
    _inherit = ["auto.window.mixin"]
    _description = "Cancel a test drive"
    _document_field = "drive_id"

    drive_id = fields.Many2one(
        comodel_name="auto.test.drive",
        string="Test drive",
        required=True,
        ondelete="cascade",
    )
    reason_id = fields.Many2one(
        comodel_name="auto.test.drive.reason",
        string="Reason",
        required=True,
        ondelete="cascade",
    )
    note = fields.Char(string="In words")

    def action_confirm(self):
        """Cancel it."""
        self.ensure_one()
        self.drive_id._cancel(self.reason_id, self.note)
        return {"type": "ir.actions.act_window_close"}
