import smtplib
from datetime import timedelta

from odoo import api, fields, models

MAX_TRIES = 12
LONGEST_WAIT = 240  # minutes
# So long another worker may be busy with one e-mail.
BUSY_SECONDS = 300
# Failures after which the e-mail has surely not gone out, and may well the next time.
RETRIED = ("mail_smtp", "mail_from_invalid")


class SmtpAnswer:
    """The code with which the mail server answered, where it did."""

    code = None


class MailMail(models.Model):
    """Bulk e-mails go out once, and those that the mail server did not take again.

    Odoo keeps that an e-mail went out after it did: a worker that dies in between
    would send it again. The ledger, which is committed before and after, knows.
    """

    _inherit = "mail.mail"

    auto_tries = fields.Integer(string="Tries", readonly=True)
    auto_retry_date = fields.Datetime(string="Tried again on", readonly=True)

    # ------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------

    def _send(self, auto_commit=False, **options):
        bulk = self._of_bulk()
        if not bulk or self.env["ir.mail_server"]._disable_send():
            return super()._send(auto_commit=auto_commit, **options)
        if self - bulk:
            super(MailMail, self - bulk)._send(auto_commit=auto_commit, **options)
        ledger = self.env["auto.sms.attempt"]
        for mail in bulk:
            if mail.state != "outgoing":
                continue
            self._check_session(options.get("smtp_session"))
            key = mail._attempt_key()
            may = ledger._begin(key, False, BUSY_SECONDS)
            if may == "go":
                answer = SmtpAnswer()
                try:
                    super(MailMail, mail.with_context(auto_smtp_answer=answer))._send(
                        auto_commit=auto_commit, **options
                    )
                except smtplib.SMTPServerDisconnected:
                    ledger._end(key, "open", "disconnected")
                    mail._note_doubt(auto_commit)
                    raise
                ledger._end(key, mail._note_outcome(answer), mail.failure_reason)
            elif may == "accepted":
                mail._note_sent()
            elif may != "busy":
                mail._note_doubt(auto_commit)
        return True

    @api.model
    def _check_session(self, session):
        """Stop before an e-mail is begun on a connection that is gone.

        :raise SMTPServerDisconnected: the job begins anew with the next run
        """
        if session and hasattr(session, "noop"):
            session.noop()

    def _attempt_key(self):
        return f"mail:{self.id}"

    def _note_outcome(self, answer):
        """Say what came of the e-mail, as a state of the ledger."""
        self.ensure_one()
        if self.state == "sent":
            return "accepted"
        sure = answer.code or self.failure_type != "unknown"
        if answer.code and 400 <= answer.code < 500:
            # The server asks to try again later.
            self.failure_type = "mail_smtp"
            self.mailing_trace_ids.failure_type = "mail_smtp"
        self.mailing_trace_ids.failure_reason = self.failure_reason
        return "failed" if sure else "open"

    def _note_sent(self):
        """Keep that the e-mail went out, which a worker that died could not."""
        self.write({"state": "sent", "failure_type": False, "failure_reason": False})
        self._postprocess_sent_message(success_pids=[], success_emails=[])

    def _note_doubt(self, auto_commit):
        """Keep that nobody knows whether the e-mail went out."""
        reason = self.env._(
            "The connection broke while it was being sent: it may have gone out."
        )
        self.write(
            {
                "state": "exception",
                "failure_type": "unknown",
                "failure_reason": reason,
            }
        )
        self._postprocess_sent_message(
            success_pids=[],
            success_emails=[],
            failure_reason=reason,
            failure_type="unknown",
        )
        self.mailing_trace_ids.failure_reason = reason
        if auto_commit:
            # As Odoo does after each e-mail of its queue.
            self.env.cr.commit()  # pylint: disable=invalid-commit

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        if failure_type == "mail_smtp":
            # Odoo tells a server that is out of reach to the statistics only.
            lost = self.filtered(
                lambda mail: mail.mailing_id and mail.state == "exception"
            )
            lost.write({"failure_type": failure_type})
            for reason, mails in lost.grouped("failure_reason").items():
                mails.mailing_trace_ids.write({"failure_reason": reason})
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )

    # ------------------------------------------------------------
    # Trying again
    # ------------------------------------------------------------

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
                ("failure_type", "in", RETRIED),
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
            mail._queue_again(mail.auto_tries + 1)

    def _queue_again(self, tries):
        """Put e-mails back into Odoo's queue.

        :param int tries: how often they were tried by now
        """
        self.write(
            {
                "state": "outgoing",
                "failure_type": False,
                "failure_reason": False,
                "auto_retry_date": False,
                "auto_tries": tries,
            }
        )
        self.mailing_trace_ids.write(
            {"trace_status": "outgoing", "failure_type": False, "failure_reason": False}
        )

    @api.model
    def _bulk_mailings(self):
        return (
            self.env["auto.bulk.message"]
            ._search([("mailing_id", "!=", False), ("channel", "=", "email")])
            .subselect("mailing_id")
        )

    def _of_bulk(self):
        """Return those that are of bulk messages."""
        if not self.mailing_id:
            return self.browse()
        # Whoever sends: what a bulk message is, is no secret to the queue.
        messages = self.env["auto.bulk.message"].sudo()
        bulk = messages.search([("mailing_id", "in", self.mailing_id.ids)]).mailing_id
        return self.filtered(lambda mail: mail.mailing_id.id in bulk.ids)
