from odoo import api, fields, models


class AutoTestDriveKey(models.TransientModel):
    """Hand out the key of a demo car, or take it back."""

    _name = "auto.test.drive.key"
    _inherit = ["auto.window.mixin"]
    _description = "Key of a test drive"
    _document_field = "drive_id"

    drive_id = fields.Many2one(
        comodel_name="auto.test.drive",
        string="Test drive",
        required=True,
        ondelete="cascade",
    )
    state = fields.Selection(related="drive_id.state")
    vehicle_id = fields.Many2one(related="drive_id.vehicle_id")
    licence_warning = fields.Char(related="drive_id.licence_warning")
    odometer_before = fields.Integer(
        string="Last reading (km)", compute="_compute_odometer_before"
    )
    odometer = fields.Integer(
        string="Odometer (km)",
        compute="_compute_odometer",
        store=True,
        readonly=False,
        help="As on the meter.",
    )
    odometer_warning = fields.Char(compute="_compute_odometer_warning")
    moment = fields.Datetime(
        string="At", required=True, default=lambda self: fields.Datetime.now()
    )
    note = fields.Char(
        string="Condition of the car", help="New scratches, warning lamps, fuel."
    )

    @api.depends("drive_id")
    def _compute_odometer_before(self):
        for window in self:
            # What the meter of a demo car shows is no secret.
            drive = window.drive_id.sudo()
            window.odometer_before = drive.odometer_out or drive.vehicle_id.odometer

    @api.depends("drive_id")
    def _compute_odometer(self):
        for window in self:
            window.odometer = window.odometer_before

    @api.depends("odometer", "odometer_before")
    def _compute_odometer_warning(self):
        for window in self:
            missing = window.odometer_before - window.odometer
            window.odometer_warning = (
                self.env._("That is %s km less than the last reading.", missing)
                if window.odometer and missing > 0
                else False
            )

    def action_confirm(self):
        """Hand out the key, or take it back and ask for the feedback."""
        self.ensure_one()
        drive = self.drive_id
        if drive.state == "out":
            drive._key_in(self.odometer, self.moment, self.note)
            return drive.action_feedback()
        drive._key_out(self.odometer, self.moment)
        return {"type": "ir.actions.act_window_close"}
