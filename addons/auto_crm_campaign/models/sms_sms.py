from datetime import timedelta

from odoo import api, fields, models

from ..tools.sms_gateway import SmsApiGateway

MAX_TRIES = 30
LONGEST_WAIT = 60  # minutes


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
        return super()._process_queue()

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
            return super()._send_with_api(sms_api, **options)
        # A message that failed may have to be tried again.
        options["unlink_failed"] = False
        result = super()._send_with_api(sms_api, **options)
        for sms in self.filtered(
            lambda one: one.state == "error" and one.failure_type == "sms_server"
        ):
            if sms.auto_tries < MAX_TRIES:
                sms._plan_retry()
        return result

    def _plan_retry(self):
        """Try again later, each time after a longer wait."""
        wait = min(2 ** (self.auto_tries + 1), LONGEST_WAIT)
        date = fields.Datetime.now() + timedelta(minutes=wait)
        self.write({"auto_tries": self.auto_tries + 1, "auto_retry_date": date})
        # Asks only for the run of the job that sends.
        self.env.ref("sms.ir_cron_sms_scheduler_action").sudo()._trigger(date)
