from odoo import fields, models


class ResCompany(models.Model):
    """A store's rules of deposits and of arriving cars."""

    _inherit = "res.company"

    auto_deposit_min = fields.Monetary(
        string="Smallest deposit",
        help="A car is reserved with at least this deposit. 0: none is asked for.",
    )
    auto_deposit_hours = fields.Integer(
        string="Deposit within (hours)",
        help="A reservation whose deposit is not paid by then expires. 0: it is kept.",
    )
    auto_arrival_email = fields.Boolean(
        string="Arrival notice by e-mail",
        default=True,
        help="The customer is told of the car, unless that was forbidden.",
    )
    auto_arrival_sms = fields.Boolean(
        string="Arrival notice by SMS",
        help="The same as a text message, which the provider charges for.",
    )

    _auto_deposit_check = models.Constraint(
        "CHECK((auto_deposit_min IS NULL OR auto_deposit_min >= 0)"
        " AND (auto_deposit_hours IS NULL OR auto_deposit_hours BETWEEN 0 AND 8760))",
        "A deposit is not negative, and is asked for within a year.",
    )
