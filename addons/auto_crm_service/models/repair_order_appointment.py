from odoo import fields, models


class RepairOrder(models.Model):
    """The appointment that a repair order came from."""

    _inherit = "repair.order"

    appointment_id = fields.Many2one(
        comodel_name="auto.appointment",
        string="Appointment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    _appointment_uniq = models.UniqueIndex(
        "(appointment_id) WHERE appointment_id IS NOT NULL"
        " AND service_state != 'cancelled'",
        "This appointment was received already.",
    )

    def _set_service_state(self, state, **values):
        result = super()._set_service_state(state, **values)
        if state == "returned":
            # The appointment is over with its order, whoever returns the car.
            arrived = self.sudo().appointment_id.filtered(
                lambda one: one.state == "arrived"
            )
            arrived._set({"state": "done"})
        return result

    def action_open_appointment(self):
        """Open the appointment."""
        self.ensure_one()
        return self.appointment_id._get_records_action()

    def action_book_appointment(self):
        """Open a new appointment for the same car and customer."""
        self.ensure_one()
        return self.env["auto.appointment"]._action_book(
            partner=self.partner_id, vehicle=self.vehicle_id, company=self.company_id
        )
