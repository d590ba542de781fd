from odoo import fields, models


class ResCompany(models.Model):
    """What a store calls a comeback, and how it keeps its parts."""

    _inherit = "res.company"

    auto_comeback_days = fields.Integer(
        string="Comeback within (days)",
        default=30,
        help="A car that comes back with the same within so many days is a comeback. "
        "Zero: nothing is one.",
    )
    auto_comeback_km = fields.Integer(
        string="Comeback within (km)",
        default=2000,
        help="And within so many kilometres. Zero: whatever the distance.",
    )
    auto_parts_lead_days = fields.Integer(
        string="Lead time of parts (days)",
        default=5,
        help="Where the supplier's record of the part says nothing.",
    )
    auto_parts_slow_days = fields.Integer(
        string="Slow mover after (days)",
        default=180,
        help="A part in stock that was not used for so long.",
    )

    _auto_workshop_days_check = models.Constraint(
        "CHECK (auto_comeback_days BETWEEN 0 AND 365"
        " AND auto_comeback_km BETWEEN 0 AND 100000"
        " AND auto_parts_lead_days BETWEEN 0 AND 365"
        " AND auto_parts_slow_days BETWEEN 1 AND 3650)",
        "Days and kilometres of the workshop's settings are out of range.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    auto_comeback_days = fields.Integer(
        related="company_id.auto_comeback_days", readonly=False
    )
    auto_comeback_km = fields.Integer(
        related="company_id.auto_comeback_km", readonly=False
    )
    auto_parts_lead_days = fields.Integer(
        related="company_id.auto_parts_lead_days", readonly=False
    )
    auto_parts_slow_days = fields.Integer(
        related="company_id.auto_parts_slow_days", readonly=False
    )
