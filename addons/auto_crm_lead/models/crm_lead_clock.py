from odoo import api, fields, models

# Upper bounds of the bands, in working minutes.
BANDS = (
    ("m15", 15),
    ("h1", 60),
    ("h4", 240),
    ("d1", 480),
)


class CrmLead(models.Model):
    """The response clock: from received to the first human contact.

    Events are append-only. An automatic reply is kept but never stops the clock.
    """

    _inherit = "crm.lead"

    received_date = fields.Datetime(
        string="Received on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When the prospect reached us: the start of the response clock.",
    )
    seen_date = fields.Datetime(
        string="Seen on",
        readonly=True,
        copy=False,
        help="When the consultant first opened it.",
    )
    first_touch_date = fields.Datetime(
        string="First human contact",
        readonly=True,
        copy=False,
        help="When a person first contacted the customer; stops the clock.",
    )
    response_minutes = fields.Integer(
        string="Response time (working minutes)",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Working minutes of the store between received and the first human "
        "contact; 0 while nobody has answered.",
    )
    response_band = fields.Selection(
        selection=[
            ("m15", "Within 15 minutes"),
            ("h1", "Within an hour"),
            ("h4", "Within 4 hours"),
            ("d1", "Within a working day"),
            ("late", "Later"),
            ("never", "Never answered"),
        ],
        string="Response",
        readonly=True,
        copy=False,
        help="In working hours of the store.",
    )
    clock_ids = fields.One2many(
        comodel_name="auto.lead.event", inverse_name="lead_id", string="Response clock"
    )
    response_text = fields.Char(
        string="First answer", compute="_compute_response_text", compute_sudo=False
    )

    @api.depends("first_touch_date", "response_minutes", "received_date")
    @api.depends_context("lang")
    def _compute_response_text(self):
        self.response_text = False
        for lead in self:
            if lead.first_touch_date:
                lead.response_text = self.env._(
                    "after %(time)s", time=lead._duration_text(lead.response_minutes)
                )
        waiting = self.filtered(
            lambda lead: lead.received_date and not lead.first_touch_date
        )
        for lead, minutes in waiting._waiting_minutes().items():
            lead.response_text = self.env._(
                "not yet, waiting for %(time)s", time=lead._duration_text(minutes)
            )

    @api.model
    def _duration_text(self, minutes):
        """Return working minutes as people say them."""
        if minutes < 60:
            return self.env._("%s min", minutes)
        hours, rest = divmod(minutes, 60)
        if hours >= 10 or not rest:
            return self.env._("%s h", hours)
        return self.env._("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)

    def _waiting_minutes(self):
        """Return the working minutes since each prospect was received, as a dict."""
        now = fields.Datetime.now()
        return {
            lead: minutes
            for company, leads in self.grouped("company_id").items()
            for lead, minutes in zip(
                leads,
                company._auto_working_minutes(
                    [
                        (lead.received_date, max(now, lead.received_date))
                        for lead in leads
                    ]
                ),
                strict=True,
            )
        }

    @api.model
    def _response_band(self, minutes):
        return next((band for band, limit in BANDS if minutes <= limit), "late")

    def _log_clock(self, kind, detail="", date=None):
        """Add an event to the response clock of each prospect.

        The first human contact also stops the clock; later ones change nothing.

        :param str kind: a key of ``auto.lead.event.kind``
        :param str detail: in words
        :param datetime date: when it happened, if not now
        """
        date = date or fields.Datetime.now()
        leads = self
        if kind == "first_touch":
            leads = self.filtered(lambda lead: not lead.first_touch_date)
        elif kind == "seen":
            leads = self.filtered(lambda lead: not lead.seen_date)
        if not leads:
            return
        self._log_events(leads._clock_values(kind, detail, date))
        if kind == "first_touch":
            leads._stop_clock(date)
        elif kind == "seen":
            leads.sudo()._write_clock({"seen_date": date})

    def _write_clock(self, vals):
        """Write what the clock itself keeps, past the write() of this file."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _clock_values(self, kind, detail="", date=None):
        """Return the values of one ``auto.lead.event`` for each prospect."""
        date = date or fields.Datetime.now()
        return [
            {
                "lead_id": lead.id,
                "company_id": lead.company_id.id,
                "kind": kind,
                "date": lead.received_date or date if kind == "received" else date,
                "user_id": self.env.uid,
                "assigned_id": lead.user_id.id,
                "detail": detail,
            }
            for lead in self
        ]

    @api.model
    def _log_events(self, vals_list):
        """Write events of the response clock, from :meth:`_clock_values`."""
        # Nobody may write the clock by hand, so that nobody can improve it.
        self.env["auto.lead.event"].sudo()._log_many(vals_list)

    def _stop_clock(self, date):
        for company, leads in self.grouped("company_id").items():
            spans = [(min(lead.received_date or date, date), date) for lead in leads]
            minutes = company._auto_working_minutes(spans)
            for lead, value in zip(leads, minutes, strict=True):
                # A colleague who may only read the prospect can have called.
                lead.sudo()._write_clock(
                    {
                        "first_touch_date": date,
                        "response_minutes": value,
                        "response_band": self._response_band(value),
                    }
                )

    def _clock_assignment(self, users):
        """Keep who got the prospect, lost it or had it taken away.

        :param dict users: prospect → consultant before the change
        """
        changed = self.filtered(
            lambda lead: lead in users and lead.user_id != users[lead]
        ).filtered("received_date")
        changed.filtered(lambda lead: not users[lead])._log_clock("dispatched")
        for lead in changed.filtered(lambda lead: users[lead] and lead.user_id):
            lead._log_clock("reassigned", detail=users[lead].sudo().name)
        for lead in changed.filtered(lambda lead: not lead.user_id):
            lead._log_clock("recalled", detail=users[lead].sudo().name)

    def web_read(self, specification):
        """Note that the consultant has seen the prospect, when its form is opened.

        The form asks for ``seen_date``; lists do not.
        """
        result = super().web_read(specification)
        if "seen_date" in specification and len(self) == 1:
            lead = self
            if (
                lead.received_date
                and not lead.seen_date
                and lead.user_id == self.env.user
            ):
                lead._log_clock("seen")
        return result

    # Unlike what it extends, it may write, so it must not run on a replica.
    web_read._readonly = False
