from odoo import api, fields, models


class AutoReception(models.TransientModel):
    """The counter, opened from an appointment: nothing is typed twice."""

    _inherit = "auto.reception"

    appointment_id = fields.Many2one(
        comodel_name="auto.appointment",
        string="Appointment",
        readonly=True,
        ondelete="cascade",
    )

    @api.model
    def _from_appointment(self, appointment):
        """Open the counter with what the appointment says.

        :return: the action
        """
        vehicle = appointment.vehicle_id
        promised = appointment.promised_on or appointment.stop
        values = {
            "appointment_id": appointment.id,
            "partner_id": appointment.partner_id.id,
            "concern": (appointment.concern or "").strip() or appointment.type_id.name,
            "kind": appointment.type_id.kind,
            # A promise that is past is no promise any more.
            "promised_on": promised if promised > fields.Datetime.now() else False,
            "query": vehicle.license_plate or vehicle.vin or appointment.car_text,
        }
        if vehicle:
            values.update(state="found", vehicle_id=vehicle.id)
        reception = self.with_company(appointment.company_id).create(values)
        if not vehicle:
            reception._find_told_car()
        return reception._reopen()

    def _find_told_car(self):
        """Find the car by what the customer said of it, else register it."""
        self.ensure_one()
        partner = self.partner_id
        vehicles = self._find(self.query)[0] if self.query else self.vehicle_id
        if len(vehicles) == 1:
            self._take(vehicles)
        else:
            self._prepare_new(self.query or "", partner)
        self.partner_id = partner

    def action_receive(self):
        appointment = self.appointment_id
        if appointment and not self.repair_id:
            appointment._check_step(("booked", "confirmed", "no_show"))
        action = super().action_receive()
        if appointment and self.repair_id and not self.repair_id.appointment_id:
            self._link_appointment()
        return action

    def _link_appointment(self):
        """Tell the repair order and the appointment of each other."""
        appointment, repair = self.appointment_id, self.repair_id
        appointment._arrive()
        values = {"appointment_id": appointment.id}
        if appointment.user_id:
            values["user_id"] = appointment.user_id.id
        repair.write(values)
        if appointment.bay_id and appointment.stop > fields.Datetime.now():
            # On the board of the workshop it stands where it was booked.
            repair.job_ids[:1].write(
                {
                    "bay_id": appointment.bay_id.id,
                    "planned_start": appointment.start,
                    "planned_stop": appointment.stop,
                }
            )
        if not appointment.vehicle_id:
            # What was only told is certain now.
            appointment.sudo().write({"vehicle_id": repair.vehicle_id.id})
