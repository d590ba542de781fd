import smtplib
from contextlib import contextmanager, suppress
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from .bulk_common import BulkCase

LOGGERS = (
    "odoo.addons.mail.models.mail_mail",
    "odoo.addons.base.models.ir_mail_server",
)


class Session:
    """A connection to a mail server, with faults to order."""

    def __init__(self):
        self.sent, self.fault = [], None

    def noop(self):
        return 250, b"ok"

    def send_message(self, message, smtp_from, smtp_to_list):
        if isinstance(self.fault, smtplib.SMTPException):
            raise self.fault
        self.sent += smtp_to_list
        if self.fault:
            raise self.fault

    def quit(self):
        """Say goodbye."""


class WorkerDied(BaseException):
    """Nobody catches it."""


@tagged("post_install", "-at_install")
class TestBulkMail(BulkCase):
    """A mail server that is down, slow, or asked by a worker that dies."""

    def setUp(self):
        super().setUp()
        self.session = Session()
        message = self._message(channel="email")
        mailing = self._send(message)
        self.lines = self._lines(message, "queued")
        self.mails = self.env["mail.mail"].search([("mailing_id", "=", mailing.id)])
        self.message = message
        self._commit_ledger(lambda: [one._attempt_key() for one in self.mails])

    @contextmanager
    def _server(self, down=False):
        def connect(server, **_options):
            if down:
                raise ConnectionRefusedError("no mail server")
            return self.session

        def prepare(server, message, smtp):
            return "store@example.com", [message["To"]], message

        with (
            patch.object(IrMail_Server, "_disable_send", lambda *_args: False),
            patch.object(IrMail_Server, "_connect__", connect),
            patch.object(IrMail_Server, "_prepare_email_message__", prepare),
            mute_logger(*LOGGERS),
        ):
            yield

    def _due(self):
        self.env["mail.mail"]._cron_auto_retry()
        self.mails.filtered("auto_retry_date").auto_retry_date = fields.Datetime.now()
        self.env["mail.mail"]._cron_auto_retry()

    def test_each_goes_out_once(self):
        with self._server():
            self.mails.send()
            self.mails.write({"state": "outgoing"})  # what was kept got lost
            self.mails.send()
        self.assertEqual(len(self.session.sent), 4)
        self.assertEqual(set(self.mails.mapped("state")), {"sent"})
        self.assertEqual(set(self.lines.mapped("trace_status")), {"sent"})

    def test_a_server_out_of_reach_loses_nothing(self):
        with self._server(down=True):
            self.mails.send()
        self.assertEqual(set(self.mails.mapped("state")), {"exception"})
        self.assertEqual(self.message.failed_count, 4)
        self.assertIn("no mail server", self.lines[0].failure_reason)
        self._due()
        with self._server():
            self.mails.send()
        self.assertEqual(len(self.session.sent), 4)
        self.env.invalidate_all()
        self.assertEqual(self.message.failed_count, 0)

    def test_asked_to_come_back_later(self):
        self.session.fault = smtplib.SMTPDataError(451, b"later")
        with self._server():
            self.mails.send()
            self._due()
            self.session.fault = None
            self.mails.send()
        self.assertEqual(len(self.session.sent), 4)
        self.assertEqual(set(self.mails.mapped("state")), {"sent"})

    def test_refused_for_good_is_for_a_person(self):
        self.session.fault = smtplib.SMTPDataError(554, b"spam")
        with self._server():
            self.mails.send()
            self._due()
            self.assertEqual(set(self.mails.mapped("state")), {"exception"})
            self.session.fault = None
            self.lines.with_user(self.manager).action_send_again()
            self.mails.send()
        self.assertEqual(len(self.session.sent), 4)

    def test_a_worker_that_dies_sends_nothing_twice(self):
        first = self.mails[0]
        self.session.fault = WorkerDied()
        with self._server(), self.assertRaises(WorkerDied), self.env.cr.savepoint():
            first.send()
        self.env.invalidate_all()
        self.assertEqual(first.state, "outgoing", "as if it had never been sent")
        self.session.fault = None
        # The job that comes after it is sure that the first one is dead.
        with self.env["auto.sms.attempt"]._ledger() as ledger:
            ledger.env.cr.execute(
                "UPDATE auto_sms_attempt SET date = date - interval '1h'"
                " WHERE key = %s",
                [first._attempt_key()],
            )
        with self._server():
            self.mails.send()
        self.assertEqual(len(self.session.sent), len(set(self.session.sent)))
        self.assertEqual((first.state, first.failure_type), ("exception", "unknown"))
        line = self.lines.filtered(lambda one: one.trace_id in first.mailing_trace_ids)
        self.assertEqual((line.trace_status, line.failure_type), ("error", "unknown"))
        # Nobody tries that by itself; a person may.
        self._due()
        self.message.action_retry()
        self.assertEqual(first.state, "exception")
        line.with_user(self.manager).action_send_again()
        self.assertEqual(first.state, "outgoing")
        with self._server():
            first.send()
        self.assertEqual(len(self.session.sent), 5)

    def test_a_broken_connection_is_told(self):
        self.session.fault = smtplib.SMTPServerDisconnected("closed")
        with (
            self._server(),
            # The queue logs it, and keeps what was noted.
            suppress(smtplib.SMTPServerDisconnected),
        ):
            self.mails.send()
        states = self.mails.mapped("state")
        self.assertEqual(sorted(states), ["exception", *["outgoing"] * 3])
        self.assertEqual(self.message.failed_count, 1)
        self.session.fault = None
        with self._server():
            self.mails.send()
        self.assertEqual(len(self.session.sent), 3)

    def test_who_refused_meanwhile_gets_nothing_again(self):
        with self._server(down=True):
            self.mails.send()
        self.people[0].action_auto_opt_out()
        self.message.action_retry()
        with self._server():
            self.mails.send()
        self.assertEqual(len(self.session.sent), 3)

    def test_each_has_a_link_to_opt_out(self):
        mail = self.mails[0]
        body = mail._prepare_outgoing_list()[0]["body"]
        self.assertIn(f"/mailing/{mail.mailing_id.id}/confirm_unsubscribe", body)
        service = self._send(self._message(channel="email", purpose="service"))
        self.assertNotIn("unsubscribe", service.body_html)
