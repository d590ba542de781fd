import logging
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import hmac

_logger = logging.getLogger(__name__)

# A job that stood still makes up for so many days.
GRACE_DAYS = 14
SCOPE = "auto_crm_service-satisfaction"


class AutoSatisfactionRule(models.Model):
    """Who is asked: a share of the visits, drawn by lot, some days later.

    The lot and the day follow from a secret of the database, so that they are the
    same whenever the job runs, and nobody can foresee or choose them.
    """

    _name = "auto.satisfaction.rule"
    _description = "Sampling rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    survey_id = fields.Many2one(
        comodel_name="survey.survey",
        string="Questionnaire",
        required=True,
        ondelete="restrict",
        domain="[('auto_kind', 'in', ('sales', 'service'))]",
    )
    event_kind = fields.Selection(
        selection=lambda self: self.env["auto.followup.rule"]._event_kinds(),
        string="After",
        required=True,
        help="What happened in the car's timeline.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        index=True,
        help="Only for this store; empty: for all stores.",
    )
    share = fields.Integer(
        string="Share (%)", default=30, required=True, help="Of all visits."
    )
    delay_min = fields.Integer(
        string="Not before (days)", default=3, required=True, aggregator=None
    )
    delay_max = fields.Integer(
        string="Not after (days)", default=14, required=True, aggregator=None
    )
    gap_months = fields.Integer(
        string="Same customer again after (months)", default=6, required=True
    )
    channel = fields.Selection(
        selection=[("email", "E-mail"), ("sms", "SMS"), ("phone", "Phone")],
        required=True,
        default="email",
        help="Customers who forbade it are left out. Who has no e-mail address is "
        "called.",
    )
    deadline_days = fields.Integer(
        string="Time to answer (days)", default=14, required=True
    )
    contact_days = fields.Integer(
        string="Doubt a change of contact within (days)",
        default=30,
        help="Number or address changed so shortly before the survey: the answer is "
        "not counted until head office has checked it.",
    )
    shared_limit = fields.Integer(
        string="Doubt a contact of (customers)",
        default=3,
        help="So many customers with one number or address.",
    )

    _numbers_check = models.Constraint(
        "CHECK (share BETWEEN 1 AND 100 AND delay_min >= 0 AND delay_max <= 90"
        " AND delay_min < delay_max AND gap_months BETWEEN 0 AND 60"
        " AND deadline_days BETWEEN 1 AND 90 AND contact_days BETWEEN 0 AND 366"
        " AND shared_limit >= 2)",
        "A share is between 1 and 100 %; the survey goes out on a day that nobody can "
        "tell, so the last day lies after the first one, within 90 days.",
    )

    @api.constrains("survey_id", "channel")
    def _check_survey(self):
        for rule in self:
            if rule.survey_id.sudo().auto_kind not in ("sales", "service"):
                raise ValidationError(
                    self.env._(
                        "%(survey)s is no questionnaire for customers.",
                        survey=rule.survey_id.sudo().title,
                    )
                )
            if rule.channel == "sms" and "sms.sms" not in self.env:
                raise ValidationError(self.env._("Install Odoo's SMS first."))

    # ------------------------------------------------------------------
    # Sampling
    # ------------------------------------------------------------------

    @api.model
    def _cron_sample(self):
        """Ask those whose turn has come; commit after each visit."""
        cron = self.env["ir.cron"]
        for rule in self.search([]):  # pylint: disable=no-search-all
            for event, key in rule._due_events():
                try:
                    with self.env.cr.savepoint():
                        rule._ask(event, key)
                        self.env.flush_all()
                except (UserError, ValueError) as error:
                    # The others are asked; this one is tried again tomorrow.
                    _logger.warning("Event %s is not asked about: %s", event.id, error)
                if not cron._commit_progress(1):
                    return
        self.env["auto.satisfaction"]._cron_expire()

    def _draw(self, event):
        """Return whether an event is drawn, and after how many days it is asked."""
        digest = hmac(self.env(su=True), SCOPE, f"{self.id}:{event.id}")
        lot, part = (int(digest[i : i + 12], 16) / 16**12 for i in (0, 12))
        delay = self.delay_min + part * (self.delay_max - self.delay_min)
        return lot < self.share / 100, delay

    def _due_events(self):
        """Return the ``(event, key)`` drawn whose day has come and that are new."""
        self.ensure_one()
        now = fields.Datetime.now()
        domain = [
            ("kind", "=", self.event_kind),
            ("date", ">=", now - timedelta(days=self.delay_max + GRACE_DAYS)),
            ("date", "<=", now - timedelta(days=self.delay_min)),
            ("date", ">=", self.create_date - timedelta(days=self.delay_max)),
            ("partner_id", "!=", False),
        ]
        if self.company_id:
            domain.append(("company_id", "child_of", self.company_id.id))
        # All stores alike, whoever starts the job.
        events = self.env["auto.vehicle.event"].sudo().search(domain, order="date, id")
        due = {}
        for event in events:
            drawn, delay = self._draw(event)
            if drawn and event.date + timedelta(days=delay) <= now:
                key = hmac(self.env(su=True), SCOPE, f"key:{self.id}:{event.id}")
                due[key] = event
        known = set(
            self.env["auto.satisfaction"]
            .sudo()
            .search([("occurrence_key", "in", list(due))])
            .mapped("occurrence_key")
        )
        return [(event, key) for key, event in due.items() if key not in known]

    def _ask(self, event, key):
        """Ask about one visit, unless the customer is to be left alone.

        :return: the ``auto.satisfaction``, empty when nobody was asked
        """
        self.ensure_one()
        requests = self.env["auto.satisfaction"]
        partner = event.partner_id
        channel = self._channel_for(partner)
        partner_key = requests._partner_key(partner)
        since = fields.Datetime.now() - relativedelta(months=self.gap_months)
        lately = requests.sudo().search_count(
            [("partner_key", "=", partner_key), ("date_sent", ">=", since)], limit=1
        )
        consent = {"phone": "phone", "sms": "sms", "email": "email"}.get(channel)
        if not channel or lately or not partner._may_contact(consent, "survey"):
            return requests
        document = (
            self.env[event.res_model].sudo().browse(event.res_id).exists()
            if event.res_model in self.env and event.res_id
            else None
        )
        values = {
            "rule_id": self.id,
            "survey_id": self.survey_id.id,
            "kind": self.survey_id.sudo().auto_kind,
            "occurrence_key": key,
            "partner_key": partner_key,
            "partner_id": partner.id,
            "vehicle_id": event.vehicle_id.id,
            "company_id": (event.company_id or event.vehicle_id.company_id).id,
            "res_model": event.res_model,
            "res_id": event.res_id,
            "date_event": event.date.date(),
            "channel": channel,
            "flag": requests._doubt(partner, self.contact_days, self.shared_limit),
            **(requests._people(document) if document else {}),
        }
        return requests._send(values, self.deadline_days)

    def _channel_for(self, partner):
        """Return by which channel a customer is asked, or False."""
        if self.channel == "email" and partner.email_normalized:
            return "email"
        if self.channel == "sms" and partner.phone_sanitized and "sms.sms" in self.env:
            return "sms"
        return "phone" if partner.phone else False
