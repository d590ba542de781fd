from odoo import fields, models


class AutoAppointmentCancel(models.TransientModel):
    """Cancel an appointment, and keep why."""

    _name = "auto.appointment.cancel"
    _description = "Cancel an appointment"

    appointment_id = fields.Many2one(
        comodel_name="auto.appointment", required=True, ondelete="cascade"
    )
    reason_id = fields.Many2one(
        comodel_name="auto.appointment.reason",
        string="Reason",
        required=True,
        ondelete="cascade",
    )
    note = fields.Char(string="In words")

    def action_confirm(self):
        """Cancel it."""
        self.ensure_one()
        self.appointment_id._cancel(self.reason_id, self.note, self.reason_id.by)
        return {"type": "ir.actions.act_window_close"}
