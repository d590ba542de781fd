import contextlib
import hashlib
import hmac
import json
import threading
import uuid

from odoo.exceptions import AccessError, ValidationError
from odoo.sql_db import db_connect
from odoo.tests import HttpCase, tagged
from odoo.tests.common import _super_send
from odoo.tools import mute_logger

from .bulk_common import BulkCase, FakeGateway


@tagged("post_install", "-at_install")
class TestSmsGateway(BulkCase, HttpCase):
    """A provider that is slow, down, or asked twice: nothing lost, nothing twice."""

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # Odoo's tests wait longer than asked; here the timeout is what is tested.
        return _super_send(s, r, **kw)

    def setUp(self):
        super().setUp()
        self.fake = FakeGateway()
        self.addCleanup(self.fake.close)
        self._commit_ledger(lambda: [body["id"] for _head, body in self.fake.requests])

    def _queue(self):
        message = self._message(is_stop_line=False)
        mailing = self._send(message)
        return message, self.env["sms.sms"].search([("mailing_id", "=", mailing.id)])

    def _run(self, sms):
        """Send what is due, as Odoo's job does."""
        sms.filtered("auto_retry_date").auto_retry_date = "2020-01-01 00:00:00"
        self.env["sms.sms"]._requeue_due()
        sms.filtered(lambda one: one.state == "outgoing")._send(unlink_sent=False)

    def test_signed_request(self):
        gateway = self._gateway(self.fake.url, sign_name="【HX】")
        message, sms = self._queue()
        self._run(sms)
        self.assertEqual(
            self.fake.numbers, sorted(self.people.mapped("phone_sanitized"))
        )
        headers, body = self.fake.requests[0]
        self.assertEqual(headers["Idempotency-Key"], body["id"])
        self.assertEqual(body["text"], "【HX】Come and see")
        text = body["time"] + body["id"] + body["phone"] + body["text"]
        signature = hmac.new(b"s3cret", text.encode(), hashlib.sha256).hexdigest()
        self.assertEqual(body["sign"], signature)
        self.assertEqual(set(sms.mapped("state")), {"pending"})
        self.assertEqual(
            set(self._lines(message, "queued").mapped("trace_status")), {"pending"}
        )
        self.assertTrue(gateway.has_secret)

    @mute_logger("odoo.addons.sms.models.sms_sms")
    def test_an_outage_loses_nothing(self):
        self._gateway(self.fake.url)
        _message, sms = self._queue()
        self.fake.mode = "down"
        self._run(sms)
        self.assertEqual(set(sms.mapped("state")), {"error"})
        self.assertTrue(all(sms.mapped("auto_retry_date")))
        self.assertLess(len(self.fake.requests), 4, "it stops asking")
        self._run(sms)
        self.assertEqual(set(sms.mapped("auto_tries")), {2})
        self.fake.mode = "ok"
        self._run(sms)
        self.assertEqual(
            self.fake.numbers, sorted(self.people.mapped("phone_sanitized"))
        )
        self.assertEqual(set(sms.mapped("state")), {"pending"})

    def test_accepted_but_not_answered(self):
        self._gateway(self.fake.url, is_repeatable=True)
        _message, sms = self._queue()
        self.fake.mode = "hang"
        self._run(sms)
        self.assertEqual(set(sms.mapped("state")), {"error"})
        self.fake.mode = "ok"
        self._run(sms)
        self.assertEqual(set(sms.mapped("state")), {"pending"})
        # Asked again with the same key, which the provider knows.
        self.assertEqual(len(self.fake.sent), 4)
        self.assertGreater(len(self.fake.requests), 4)

    def test_without_repeatable_keys_nobody_is_asked_twice(self):
        self._gateway(self.fake.url, is_repeatable=False)
        _message, sms = self._queue()
        self.fake.mode = "hang"
        self._run(sms)
        self.fake.mode = "ok"
        self._run(sms)
        self._run(sms)
        keys = [body["id"] for _headers, body in self.fake.requests]
        self.assertEqual((len(keys), len(set(keys))), (4, 4))
        # After three without answer the fourth had not been asked.
        self.assertEqual(
            sorted(sms.mapped("state")), ["error", "error", "error", "pending"]
        )
        self.assertEqual(set(sms.mapped("failure_type")), {"unknown", False})

    def test_a_rolled_back_transaction_sends_nothing_twice(self):
        gateway = self._gateway(self.fake.url)
        key = uuid.uuid4().hex
        with contextlib.suppress(ZeroDivisionError), self.env.cr.savepoint():
            state, _reason = gateway.sudo()._deliver(key, "+8613800139000", "Hello")
            self.assertEqual(state, "success")
            1 / 0  # noqa: B018 the worker dies
        state, _reason = gateway.sudo()._deliver(key, "+8613800139000", "Hello")
        self.assertEqual(state, "success")
        self.assertEqual(len(self.fake.requests), 1)

    @mute_logger("odoo.sql_db")
    def test_two_workers_at_once(self):
        gateway = self._gateway(self.fake.url, timeout=5).sudo()
        key = uuid.uuid4().hex
        self.fake.mode = "hang"
        arguments = gateway._request(key, "+8613800139000", "Hello")
        database, states = self.env.cr.dbname, []

        def begin():
            with db_connect(database).cursor() as cr:
                ledger = self.env["auto.sms.attempt"].with_env(self.env(cr=cr))
                states.append(ledger._begin(key, True, 60))

        workers = [threading.Thread(target=begin) for _worker in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(sorted(states), ["busy", "go"])
        self.assertEqual(arguments["json"]["id"], key)
        self.fake.requests.append(({}, {"id": key}))  # forgotten at the end

    def test_refused_is_final(self):
        self._gateway(self.fake.url)
        _message, sms = self._queue()
        self.fake.mode = "refuse"
        self._run(sms)
        self.assertEqual(set(sms.mapped("state")), {"error"})
        self.assertFalse(any(sms.mapped("auto_retry_date")))

    def test_the_secret_is_not_read(self):
        gateway = self._gateway(self.fake.url)
        admin = self.env.ref("base.user_admin")
        for user in (self.users["head_office"], admin):
            seen = gateway.with_user(user).with_context(
                allowed_company_ids=self.store.ids
            )
            with self.assertRaises(AccessError):
                seen.read(["secret"])
        head = gateway.with_user(self.users["head_office"])
        self.assertFalse(head.secret_new)
        self.assertFalse(gateway.with_user(self.manager).has_access("read"))
        with self.assertRaises(ValidationError):
            gateway.url = "file:///etc/passwd"
        with self.assertRaises(ValidationError):
            gateway.body_template = "[1]"

    def test_text_cannot_break_the_request(self):
        gateway = self._gateway(self.fake.url)
        body = gateway.sudo()._request("k", "+86138", '","phone":"{secret}')["json"]
        self.assertEqual(body["phone"], "+86138")
        self.assertEqual(body["text"], '","phone":"{secret}')

    def _post(self, gateway, **values):
        return self.url_open(
            f"/auto_sms/{gateway.token}",
            data=json.dumps(values),
            headers={"Content-Type": "application/json"},
        )

    def test_answers_come_back(self):
        gateway = self._gateway(self.fake.url)
        message, _sms = self._queue()
        person = self.people[0]
        values = {"number": person.phone, "text": "Call me", "id": "a1"}
        for _time in range(2):
            self.assertEqual(self._post(gateway, **values).status_code, 200)
        contacts = self.env["auto.contact"].search(
            [("partner_id", "=", person.id), ("direction", "=", "in")]
        )
        self.assertEqual(contacts.mapped("summary"), ["Call me"])
        self.assertEqual(message.reply_count, 1)
        self.assertEqual(
            self._post(gateway, number=person.phone, text="退订", id="a2").status_code,
            200,
        )
        self.env.invalidate_all()
        self.assertFalse(person._may_contact("email"))
        for bad in ({}, {"number": "1", "text": "x"}):
            self.assertEqual(self._post(gateway, **bad).status_code, 400)
        self.assertEqual(self.url_open("/auto_sms/wrong", data="{}").status_code, 404)
