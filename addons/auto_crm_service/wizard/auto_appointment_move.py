from odoo import api, fields, models
from odoo.exceptions import UserError


class AutoAppointmentMove(models.TransientModel):
    """Give an appointment another time, and keep why."""

    _name = "auto.appointment.move"
    _inherit = ["auto.window.mixin"]
    _description = "Move an appointment"
    _document_field = "appointment_id"

    appointment_id = fields.Many2one(
        comodel_name="auto.appointment", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="appointment_id.company_id")
    old_start = fields.Datetime(related="appointment_id.start", string="Booked for")
    slot_day = fields.Date(
        string="Look from", required=True, default=fields.Date.context_today
    )
    hours = fields.Float(
        string="Hours in the bay",
        compute="_compute_hours",
        store=True,
        readonly=False,
    )
    bay_id = fields.Many2one(
        comodel_name="auto.bay",
        string="Bay",
        ondelete="cascade",
        domain="[('company_id', '=', company_id)]",
        help="Empty: any free one.",
    )
    slots = fields.Json(string="Free times", compute="_compute_slots")
    start = fields.Datetime(string="New time")
    reason_id = fields.Many2one(
        comodel_name="auto.appointment.reason",
        string="Reason",
        required=True,
        ondelete="cascade",
    )
    note = fields.Char(string="In words")

    @api.depends("appointment_id")
    def _compute_hours(self):
        for window in self:
            window.hours = window.appointment_id.hours

    @api.depends("appointment_id", "slot_day", "hours", "bay_id")
    def _compute_slots(self):
        for window in self:
            appointment = window.appointment_id
            window.slots = appointment._slots_json(
                appointment.company_id,
                appointment.type_id,
                window.slot_day,
                hours=window.hours,
                bay=window.bay_id,
                ignore=appointment,
            )

    def action_confirm(self):
        """Move it.

        :raise UserError: when no time was chosen, or it cannot be had
        """
        self.ensure_one()
        if not self.start:
            raise UserError(self.env._("Choose a time."))
        self.appointment_id._move(
            self.start,
            self.reason_id,
            self.note,
            self.reason_id.by,
            hours=self.hours,
            bay_id=self.bay_id.id,
        )
        return {"type": "ir.actions.act_window_close"}
