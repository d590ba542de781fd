from datetime import timedelta
from unittest.mock import patch

import pytz

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.sms.tools.sms_api import SmsApi

from .bulk_common import BulkCase


@tagged("post_install", "-at_install")
class TestBulkSending(BulkCase):
    """Placeholders, quiet hours, and Odoo's own SMS providers."""

    def test_a_text_is_no_program(self):
        for text in (
            "{{ object.env['res.users'].sudo().search([]) }}",
            "Hello {{ object.phone }}",
            "{{ user.login }}",
        ):
            with self.subTest(text=text):
                with self.assertRaises(ValidationError):
                    self._message(body_text=text)
                with self.assertRaises(ValidationError):
                    self._message(channel="email", subject=text)
        message = self._message(body_text="Dear {{ object.name }}, come")
        mailing = self._send(message)
        sms = self.env["sms.sms"].search([("mailing_id", "=", mailing.id)])
        self.assertTrue(all("Dear Bulk" in one.body for one in sms))

    def _quiet(self, before, after):
        """Make the store quiet from some hours before until some after now."""
        zone = pytz.timezone(self.store.resource_calendar_id.tz or "UTC")
        local = pytz.utc.localize(fields.Datetime.now()).astimezone(zone)
        self.store.auto_quiet_from = (local - timedelta(hours=before)).hour
        self.store.auto_quiet_to = (local + timedelta(hours=after)).hour

    def test_quiet_hours(self):
        self.store.resource_calendar_id.tz = "Asia/Shanghai"
        self.store.write({"auto_quiet_from": 21, "auto_quiet_to": 8.5})
        until, at = self.store._auto_quiet_until, fields.Datetime.to_datetime
        morning = at("2026-03-02 00:30:00")
        self.assertEqual(until(at("2026-03-01 13:00:00")), morning)
        self.assertEqual(until(at("2026-03-01 22:00:00")), morning)
        self.assertFalse(until(at("2026-03-02 00:30:00")))
        self.assertFalse(until(at("2026-03-02 12:59:00")))
        self.store.auto_quiet_to = 21
        self.assertFalse(until(at("2026-03-01 22:00:00")))

    def test_nobody_is_woken(self):
        self._quiet(2, 3)
        message = self._message()
        message.action_start()
        self.assertTrue(message.wait_until)
        job = self.env.ref("auto_crm_campaign.cron_bulk_send")
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.assertEqual(len(self._lines(message, "planned")), 4)
        self.store.auto_quiet_to = self.store.auto_quiet_from
        message.invalidate_recordset(["wait_until"])
        self.assertFalse(message.wait_until)
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.assertEqual(len(self._lines(message, "queued")), 4)
        # Handed over in the evening, and still in the queue at night.
        sms = self.env["sms.sms"].search(
            [("mailing_id", "=", message.sudo().mailing_id.id)]
        )
        self._quiet(2, 3)
        self.env["sms.sms"]._rest_at_night()
        self.assertEqual(set(sms.mapped("state")), {"error"})
        self.assertEqual(message.failed_count, 0)
        sms.auto_retry_date = fields.Datetime.now()
        self.env["sms.sms"]._requeue_due()
        self.assertEqual(set(sms.mapped("state")), {"outgoing"})

    def test_other_providers_are_not_asked_twice(self):
        mailing = self._send(self._message())
        sms = self.env["sms.sms"].search([("mailing_id", "=", mailing.id)])
        self._commit_ledger(lambda: sms.mapped("uuid"))
        asked = []

        def send(api, messages, **_options):
            uuids = [one["uuid"] for text in messages for one in text["numbers"]]
            asked.extend(uuids)
            if len(asked) <= 4:
                raise KeyboardInterrupt  # the worker is killed
            return [{"uuid": one, "state": "success"} for one in uuids]

        job = sms.with_context(auto_sms_job=True)
        with patch.object(SmsApi, "_send_sms_batch", send):
            with self.assertRaises(KeyboardInterrupt), self.env.cr.savepoint():
                job._send()
            self.env.invalidate_all()
            # Another worker may still be at it.
            job._send()
            self.assertEqual(len(asked), 4)
            self.assertTrue(all(sms.mapped("auto_retry_date")))
            with self.env["auto.sms.attempt"]._ledger() as ledger:
                ledger.env.cr.execute(
                    "UPDATE auto_sms_attempt SET date = date - interval '1h'"
                    " WHERE key = ANY(%s)",
                    [sms.mapped("uuid")],
                )
            sms.write({"state": "outgoing", "auto_retry_date": False})
            job._send()
        self.assertEqual(len(asked), 4)
        self.assertEqual(set(sms.mapped("failure_type")), {"unknown"})
