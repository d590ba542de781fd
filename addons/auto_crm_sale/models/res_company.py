from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    auto_reservation_days = fields.Integer(
        string="Reservation holds for (days)",
        default=7,
        help="How long a reserved car is kept when the reservation does not say.",
    )
    auto_reservation_queue_hours = fields.Integer(
        string="Next in line holds for (hours)",
        default=24,
        help="How long a car that became free is kept for the next in line.",
    )

    _auto_reservation_check = models.Constraint(
        "CHECK(auto_reservation_days BETWEEN 1 AND 365"
        " AND auto_reservation_queue_hours BETWEEN 1 AND 720)",
        "A car is held from 1 to 365 days, for the next in line from 1 to 720 hours.",
    )
