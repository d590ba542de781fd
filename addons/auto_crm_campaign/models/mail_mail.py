from datetime import timedelta

from odoo import api, fields, models

MAX_TRIES = 12
LONGEST_WAIT = 240  # minutes


class MailMail(models.Model):
    """Bulk e-mails that the mail server did not take are tried again."""

    _inherit = "mail.mail"

    auto_tries = fields.Integer(string="Tries", readonly=True)
    auto_retry_date = fields.Datetime(string="Tried again on", readonly=True)

    @api.model
    def _cron_auto_retry(self, batch_size=500):
        """Queue again the bulk e-mails whose server refused or could not be reached.

        What failed without saying so (a worker that died while it was sending) may
        have gone out, and is left to a person.
        """
        now = fields.Datetime.now()
        failed = self.search(
            [
                ("state", "=", "exception"),
                ("failure_type", "in", ("mail_smtp", "mail_from_invalid")),
                ("auto_tries", "<", MAX_TRIES),
                ("mailing_id", "in", self._bulk_mailings()),
                "|",
                ("auto_retry_date", "=", False),
                ("auto_retry_date", "<=", now),
            ],
            limit=batch_size,
        ).try_lock_for_update()
        waiting = failed.filtered(lambda mail: not mail.auto_retry_date)
        for mail in waiting:
            minutes = min(2 ** (mail.auto_tries + 2), LONGEST_WAIT)
            mail.auto_retry_date = now + timedelta(minutes=minutes)
        for mail in failed - waiting:
            mail.write(
                {
                    "state": "outgoing",
                    "failure_type": False,
                    "failure_reason": False,
                    "auto_retry_date": False,
                    "auto_tries": mail.auto_tries + 1,
                }
            )
        (failed - waiting).mailing_trace_ids.write({"trace_status": "outgoing"})

    @api.model
    def _bulk_mailings(self):
        return (
            self.env["auto.bulk.message"]
            ._search([("mailing_id", "!=", False), ("channel", "=", "email")])
            .subselect("mailing_id")
        )
