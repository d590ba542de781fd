from odoo import models

from .auto_sms_gateway import STOP_WORDS


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    def set_replied(self, domain=None):
        """Keep the e-mail answer of a bulk message in the contact log."""
        traces = super().set_replied(domain=domain)
        if not self.env.context.get("auto_bulk_answered"):
            # Mail comes in as nobody; what it says is kept with the customer.
            lines = (
                self.env["auto.bulk.recipient"]
                .sudo()
                .search([("trace_id", "in", traces.ids)])
            )
            ref, text = self.env.context.get("auto_bulk_answer") or (None, "")
            if not text:
                # Each mail with a text is told; that there was one, once.
                lines = lines.filtered(lambda line: not line.reply_date)
            first = (text.splitlines() or [""])[0].strip().lower()
            lines._log_answer(
                "email",
                text or self.env._("Answered by e-mail"),
                opt_out=len(first) > 1 and first in STOP_WORDS,
                ref=ref and f"mail:{ref}"[:200],
            )
        return traces

    def _auto_queue_again(self):
        """Put the messages of these traces back into the queues.

        :return: those of which there was still a message
        """
        mails = self.mail_mail_id.filtered(lambda mail: mail.state == "exception")
        messages = self.sms_id.filtered(lambda sms: sms.state == "error")
        ledger = self.env["auto.sms.attempt"]
        ledger._forget(
            [*(mail._attempt_key() for mail in mails), *messages.mapped("uuid")]
        )
        mails._queue_again(0)
        messages._queue_again()
        return mails.mailing_trace_ids | messages.mailing_trace_ids
