from datetime import timedelta

from odoo import api, fields, models

from ..tools.sms_gateway import SmsApiGateway

MAX_TRIES = 30
LONGEST_WAIT = 60  # minutes
# So long another worker may be busy with a batch of Odoo's own providers.
BUSY_SECONDS = 900


class SmsSms(models.Model):
    """Which store sends, and when what the provider did not take is tried again."""

    _inherit = "sms.sms"

    auto_company_id = fields.Many2one(
        comodel_name="res.company", string="Store", ondelete="set null"
    )
    auto_tries = fields.Integer(string="Tries", readonly=True)
    auto_retry_date = fields.Datetime(
        string="Tried again on", readonly=True, index="btree_not_null"
    )

    @api.model_create_multi
    def create(self, vals_list):
        company = self.env.context.get("auto_sms_company_id") or self.env.company.id
        for vals in vals_list:
            vals.setdefault("auto_company_id", company)
        return super().create(vals_list)

    def _get_sms_company(self):
        company = super()._get_sms_company()
        if self.mail_message_id.record_company_id or not self.auto_company_id:
            return company
        return self.auto_company_id

    @api.model
    def _process_queue(self):
        self._requeue_due()
        self._rest_at_night()
        # What Odoo's other providers were asked for is in the ledger, too.
        return super(SmsSms, self.with_context(auto_sms_job=True))._process_queue()

    @api.model
    def _rest_at_night(self):
        """Let bulk messages of stores that have quiet hours now wait for the morning.

        They may have been handed over before, or were tried again all night.
        """
        now = fields.Datetime.now()
        groups = self._read_group(
            [
                ("state", "=", "outgoing"),
                ("mailing_id", "!=", False),
                ("auto_company_id", "!=", False),
            ],
            ["auto_company_id"],
            ["id:recordset"],
        )
        for company, messages in groups:
            morning = company._auto_quiet_until(now)
            if morning:
                messages.try_lock_for_update()._wait(morning)

    @api.model
    def _requeue_due(self):
        """Put back into the queue what is to be tried again by now."""
        due = self.search(
            [
                ("state", "=", "error"),
                ("auto_retry_date", "<=", fields.Datetime.now()),
            ],
            limit=1000,
        ).try_lock_for_update()
        due.filtered(lambda sms: sms.state == "error").write(
            {"state": "outgoing", "failure_type": False, "auto_retry_date": False}
        )

    def _split_by_api(self):
        gateways = self.env["auto.sms.gateway"]
        rest = self.browse()
        for company, messages in self.grouped(
            lambda sms: sms._get_sms_company()
        ).items():
            if gateways._of(company):
                yield company._get_sms_api_class()(self.env), messages
            else:
                rest |= messages
        if rest:
            yield from super(SmsSms, rest)._split_by_api()

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        options = {
            "unlink_failed": unlink_failed,
            "unlink_sent": unlink_sent,
            "raise_exception": raise_exception,
        }
        if self.env.context.get("sms_api"):
            return super()._send(**options)
        # Odoo's job takes the messages of all stores together.
        for sms_api, messages in self._split_by_api():
            if isinstance(sms_api, SmsApiGateway):
                messages = messages.with_context(sms_api=sms_api)
            super(SmsSms, messages)._send(**options)
        return None

    def _send_with_api(self, sms_api, **options):
        if not isinstance(sms_api, SmsApiGateway):
            if not self.env.context.get("auto_sms_job"):
                return super()._send_with_api(sms_api, **options)
            going = self._begin_once()
            if not going:
                return None
            result = super(SmsSms, going)._send_with_api(sms_api, **options)
            going._end_once()
            return result
        # A message that failed may have to be tried again.
        options["unlink_failed"] = False
        result = super()._send_with_api(sms_api, **options)
        for sms in self.filtered(
            lambda one: one.state == "error" and one.failure_type == "sms_server"
        ):
            if sms.auto_tries < MAX_TRIES:
                sms._plan_retry()
        return result

    def _begin_once(self):
        """Note what a provider is asked for that would send it again, asked again.

        A worker that died may have asked for some already: those are left to a
        person.

        :return: those that may be sent now
        """
        ledger = self.env["auto.sms.attempt"]
        groups = self.grouped(
            lambda sms: (
                ledger._begin(sms.uuid, False, BUSY_SECONDS) if sms.mailing_id else "go"
            )
        )
        going = groups.pop("go", self.browse())
        for may, messages in groups.items():
            if may == "accepted":
                messages._update_sms_state_and_trackers("pending")
                messages.write({"to_delete": True})
            elif may == "busy":
                later = fields.Datetime.now() + timedelta(seconds=BUSY_SECONDS)
                messages._wait(later)
            else:
                messages._note_doubt()
        return going

    def _end_once(self):
        """Note what came of it."""
        ledger = self.env["auto.sms.attempt"]
        for sms in self.filtered("mailing_id"):
            # Whether a provider that could not be asked sent it, nobody knows.
            sure = sms.state != "error" or sms.failure_type != "sms_server"
            state = "failed" if sms.state == "error" else "accepted"
            ledger._end(sms.uuid, state if sure else "open", sms.failure_type)

    def _wait(self, date):
        """Take messages out of the queue until ``date``.

        They have not failed: their statistics go on saying that they wait.
        """
        self.write({"state": "error", "auto_retry_date": date})
        self._trigger_queue(date)

    def _note_doubt(self):
        """Keep that nobody knows whether these went out."""
        self._update_sms_state_and_trackers("error", failure_type="unknown")
        self.mailing_trace_ids.failure_reason = self.env._(
            "The connection broke while it was being sent: it may have gone out."
        )

    def _queue_again(self):
        """Put messages back into the queue, as if they had never been tried."""
        self.write(
            {
                "state": "outgoing",
                "failure_type": False,
                "auto_retry_date": False,
                "auto_tries": 0,
            }
        )
        self.mailing_trace_ids.write(
            {"trace_status": "outgoing", "failure_type": False, "failure_reason": False}
        )
        self._trigger_queue()

    @api.model
    def _trigger_queue(self, date=None):
        # Asks only for the run of the job that sends.
        self.env.ref("sms.ir_cron_sms_scheduler_action").sudo()._trigger(date)

    def _plan_retry(self):
        """Try again later, each time after a longer wait."""
        wait = min(2 ** (self.auto_tries + 1), LONGEST_WAIT)
        date = fields.Datetime.now() + timedelta(minutes=wait)
        self.write({"auto_tries": self.auto_tries + 1, "auto_retry_date": date})
        self._trigger_queue(date)
