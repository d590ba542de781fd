import contextlib
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from odoo import Command
from odoo.sql_db import db_connect

from odoo.addons.auto_crm_base.tests.common import AutoCase
from odoo.addons.auto_crm_campaign.models.auto_sms_attempt import AutoSmsAttempt


class FakeGateway:
    """An SMS provider on this machine, with faults to order.

    ``mode``: ``ok``, ``down`` (503), ``hang`` (accepts, then answers too late),
    ``refuse`` (HTTP 400). It knows a key again and sends no second time.
    """

    def __init__(self):
        self.mode, self.sent, self.requests = "ok", {}, []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                gateway._answer(self)

            def log_message(self, *args):
                """Keep the log of the tests clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _answer(self, handler):
        length = int(handler.headers.get("Content-Length") or 0)
        body = json.loads(handler.rfile.read(length))
        self.requests.append((dict(handler.headers), body))
        status = {"down": 503, "refuse": 400}.get(self.mode, 200)
        if status == 200:
            self.sent.setdefault(body["id"], []).append(body)
        if self.mode == "hang":
            time.sleep(2)
        # The caller may not have waited.
        with contextlib.suppress(OSError):
            handler.send_response(status)
            handler.end_headers()
            handler.wfile.write(b'{"code": 0}')

    @property
    def numbers(self):
        """The numbers that got a message; a repeated key counts once."""
        return sorted(bodies[0]["phone"] for bodies in self.sent.values())

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class BulkCase(AutoCase):
    """Customers of store 1 in a segment, and one of store 2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = cls.stores[1]
        cls.manager = cls.users["store_manager", 1]
        cls.store.write(
            {
                "auto_contact_cap": 2,
                "auto_consent_required": False,
                # Whatever the hour of the day is.
                "auto_quiet_from": 0,
                "auto_quiet_to": 0,
            }
        )
        cls.interest = cls.env["auto.customer.interest"].create({"name": "Bulk (T)"})
        cls.people = cls._people(cls.store, 4, "138001390")
        cls.stranger = cls._people(cls.stores[2], 1, "138001391")
        cls.segment = cls.env["auto.segment"].create(
            {
                "name": "Bulk",
                "scope": "group",
                "company_id": cls.group.id,
                "interest_ids": [Command.set(cls.interest.ids)],
            }
        )

    @classmethod
    def _people(cls, store, count, prefix):
        return cls.env["res.partner"].create(
            [
                {
                    "name": f"Bulk {prefix} {at}",
                    "phone": f"+86{prefix}{at:02d}",
                    "email": f"bulk{prefix}{at}@example.com",
                    "is_auto_customer": True,
                    "auto_store_id": store.id,
                    "store_ids": [Command.set(store.ids)],
                    "auto_interest_ids": [Command.set(cls.interest.ids)],
                }
                for at in range(count)
            ]
        )

    def _commit_ledger(self, keys):
        """Let the ledger be really committed, as in production.

        :param keys: a function that gives the keys to remove afterwards
        """
        database = self.env.cr.dbname

        @contextmanager
        def ledger(model):
            with db_connect(database).cursor() as cr:
                yield model.with_env(model.env(cr=cr))

        def forget():
            with db_connect(database).cursor() as cr:
                cr.execute(
                    "DELETE FROM auto_sms_attempt WHERE key = ANY(%s)", [list(keys())]
                )

        patcher = patch.object(AutoSmsAttempt, "_ledger", ledger)
        patcher.start()
        self.addCleanup(patcher.stop)
        self.addCleanup(forget)

    def _message(self, user=None, **values):
        user = user or self.manager
        return (
            self.env["auto.bulk.message"]
            .with_user(user)
            .create(
                {
                    "name": "Autumn",
                    "segment_id": self.segment.id,
                    "company_id": user.company_id.id,
                    "subject": "Autumn",
                    "body_text": "Come and see",
                    "body_html": "<p>Come and see</p>",
                    **values,
                }
            )
        )

    def _gateway(self, url, **values):
        return self.env["auto.sms.gateway"].create(
            {
                "name": "Fake",
                "company_id": self.store.id,
                "url": url,
                "secret_new": "s3cret",
                "timeout": 1,
                "success_path": "code",
                "success_value": "0",
                **values,
            }
        )

    def _lines(self, message, state):
        return message.sudo().recipient_ids.filtered(lambda one: one.state == state)

    def _send(self, message):
        """Start a message and hand it over, as the job does."""
        message.action_start()
        system = message.sudo().with_user(self.env.ref("base.user_root"))
        while system.state == "queued":
            system._send_batch(3)
        return message.sudo().mailing_id
