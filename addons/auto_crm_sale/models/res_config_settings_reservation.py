from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """A store's rules of reservations, on the settings page."""

    _inherit = "res.config.settings"

    auto_reservation_days = fields.Integer(
        related="company_id.auto_reservation_days", readonly=False
    )
    auto_reservation_queue_hours = fields.Integer(
        related="company_id.auto_reservation_queue_hours", readonly=False
    )
    auto_deposit_min = fields.Monetary(
        related="company_id.auto_deposit_min",
        readonly=False,
        currency_field="company_currency_id",
    )
    auto_deposit_hours = fields.Integer(
        related="company_id.auto_deposit_hours", readonly=False
    )
    auto_arrival_email = fields.Boolean(
        related="company_id.auto_arrival_email", readonly=False
    )
    auto_arrival_sms = fields.Boolean(
        related="company_id.auto_arrival_sms", readonly=False
    )
