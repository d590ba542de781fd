import hmac
import secrets
from zoneinfo import ZoneInfo

from odoo import api, fields, models


class AutoAppointmentSetting(models.Model):
    """How a store takes appointments: how much, how early, and its public page."""

    _name = "auto.appointment.setting"
    _description = "Appointment settings of a store"
    _order = "company_id"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    share = fields.Integer(
        string="Bookable share (%)",
        required=True,
        default=80,
        help="How much of a day's capacity, of the store and of each trade, may be "
        "booked. The rest is kept for customers who come without an appointment.",
    )
    step = fields.Selection(
        selection=[("15", "15 minutes"), ("30", "30 minutes"), ("60", "60 minutes")],
        string="A time every",
        required=True,
        default="30",
    )
    arrivals = fields.Integer(
        string="Cars at a time",
        required=True,
        default=3,
        help="How many cars may be booked for one of these times, so that each finds "
        "an adviser; 0: as many as the workshop takes.",
    )
    lead_hours = fields.Float(
        string="Not sooner than (hours)",
        default=2.0,
        help="Customers book at least so long ahead; the store's people book any time.",
    )
    horizon_days = fields.Integer(
        string="Not later than (days)", required=True, default=30
    )
    change_hours = fields.Float(
        string="Changes until (hours before)",
        default=4.0,
        help="Until then customers move or cancel it themselves; later they call.",
    )
    grace_minutes = fields.Integer(
        string="No-show after (minutes)",
        required=True,
        default=60,
        help="Who has not come by then is noted as not having come, and the time is "
        "free again. 0: only by hand.",
    )
    remind_days = fields.Integer(
        string="Reminder (days before)",
        required=True,
        default=1,
        help="0: no reminder.",
    )
    remind_hour = fields.Float(string="Reminder at", default=10.0)
    has_form = fields.Boolean(
        string="Public page",
        default=True,
        help="Whether strangers can book on the page.",
    )
    token = fields.Char(
        required=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(12),
        groups="auto_crm_base.group_config",
        help="The part of the address that names this store.",
    )
    rate_limit = fields.Integer(
        string="Bookings a minute",
        required=True,
        default=5,
        help="At most so many from one address on the internet.",
    )
    open_limit = fields.Integer(
        string="Open bookings of one customer",
        required=True,
        default=3,
        help="Who has booked so many on the page or the portal that are still to come "
        "is asked to call; so nobody takes all the times.",
    )
    consent_text = fields.Text(
        string="Text of the consent",
        translate=True,
        help="What the customer agrees to on the page. Empty: the general text.",
    )
    form_url = fields.Char(
        string="Address of the page", compute="_compute_form_url", compute_sudo=True
    )

    _company_uniq = models.Constraint(
        "UNIQUE (company_id)", "The store has its appointment settings already."
    )
    _token_uniq = models.Constraint(
        "UNIQUE (token)", "Another store has this token already."
    )
    _limits_check = models.Constraint(
        "CHECK (share BETWEEN 0 AND 100 AND arrivals >= 0 AND lead_hours >= 0"
        " AND horizon_days BETWEEN 1 AND 365 AND change_hours >= 0"
        " AND grace_minutes >= 0 AND remind_days BETWEEN 0 AND 14"
        " AND remind_hour >= 0 AND remind_hour < 24 AND rate_limit > 0"
        " AND open_limit > 0)",
        "The share is between 0 and 100 %, days ahead are between 1 and 365, the "
        "reminder comes at most 14 days before; hours and minutes are not negative, "
        "and at least one booking is let in.",
    )

    @api.depends("token")
    def _compute_form_url(self):
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        for setting in self:
            setting.form_url = f"{base}/auto/appointment/{setting.token}"

    @api.model
    def _of_store(self, company):
        """Return the settings of a store as superuser, the usual ones without any."""
        # How a store books is no secret; who books need not read the settings.
        settings = self.sudo()
        return settings.search([("company_id", "=", company.id)]) or settings.new(
            {"company_id": company.id}
        )

    @api.model
    def _by_token(self, token):
        """Return the settings with an open page as superuser, else an empty one."""
        # The visitor is nobody in Odoo: the token is what lets him in.
        settings = self.sudo()
        if not token or len(token) > 200 or "\x00" in token:
            return settings.browse()
        setting = settings.search([("token", "=", token)], limit=1)
        same = hmac.compare_digest((setting.token or "").encode(), token.encode())
        return setting if same and setting.has_form else settings.browse()

    def _zone(self):
        """Return the time zone of the store."""
        self.ensure_one()
        # When the store is open is no secret.
        company = self.sudo().company_id
        name = company.resource_calendar_id.tz or company.partner_id.tz or "UTC"
        return ZoneInfo(name)

    def action_open_form(self):
        """Open the page as a customer sees it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.form_url, "target": "new"}
