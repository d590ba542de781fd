from odoo import fields, models


class AutoAppointmentReason(models.Model):
    """Why an appointment was moved or cancelled."""

    _name = "auto.appointment.reason"
    _inherit = ["auto.kept.mixin"]
    _description = "Reason for a change of an appointment"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    by = fields.Selection(
        selection=[("customer", "The customer"), ("store", "The store")],
        string="Comes from",
        required=True,
        default="customer",
    )

    _name_uniq = models.Constraint("UNIQUE (name)", "There is such a reason already.")
