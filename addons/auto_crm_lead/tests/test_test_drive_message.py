from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_test_drive import TestDriveCase


@tagged("post_install", "-at_install")
class TestTestDriveMessage(TestDriveCase):
    """What the customer is told, once, and only who wants it."""

    def _mails(self):
        return self.env["mail.mail"].search(
            [("recipient_ids", "in", self.customer.ids)], order="id"
        )

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "auto_crm_lead.ir_cron_test_drive_remind"
            ).method_direct_trigger()

    def test_booked_and_moved(self):
        before = self._mails()
        drive = self._drive()
        [mail] = self._mails() - before
        self.assertIn("Your test drive", mail.subject)
        drive.note = "Wants to park"
        self.assertEqual(len(self._mails() - before), 1)
        drive.start = self.noon + timedelta(days=1)
        self.assertEqual(len(self._mails() - before), 2)
        self.assertEqual(drive.date_remind, self.noon)

    def test_calendar_file(self):
        before = self._mails()
        drive = self._drive()
        [mail] = self._mails() - before
        file = mail.attachment_ids
        self.assertTrue(file.name.endswith(".ics"))
        text = file.raw.decode()
        start = f"DTSTART:{self.noon:%Y%m%dT%H%M%SZ}"
        for words in (start, "SEQUENCE:0", "METHOD:PUBLISH", "Drive One"):
            self.assertIn(words, text)
        drive.start = self.noon + timedelta(days=1)
        drive._cancel(self.reason)
        moved, off = (one.attachment_ids.raw.decode() for one in self._mails()[-2:])
        self.assertIn("SEQUENCE:1", moved)
        self.assertIn("METHOD:CANCEL", off)
        [uid] = {
            line
            for file in (text, moved, off)
            for line in file.split("\r\n")
            if line.startswith("UID:")
        }
        self.assertIn(f"auto-test-drive-{drive.id}@", uid)

    def test_another_car_or_person_is_told(self):
        drive = self._drive()
        before = self._mails()
        drive.vehicle_id = self._demo_car("DRIVE8", self.store)
        self.assertEqual(self._mails(), before, "the same model")
        model = self.model.create(
            {"name": "Drive Two", "brand_id": self.model.brand_id.id}
        )
        drive.vehicle_id = self._demo_car("DRIVE9", self.store, model_id=model.id)
        self.assertEqual(len(self._mails() - before), 1)
        drive.user_id = self.manager
        self.assertEqual(len(self._mails() - before), 2)

    def test_reminded_once(self):
        drive = self._drive()
        self.assertEqual(drive.date_remind, self.noon - timedelta(hours=24))
        drive._set({"date_remind": fields.Datetime.now() - timedelta(minutes=1)})
        before = self._mails()
        self._run()
        self._run()
        self.assertEqual(len(self._mails() - before), 1)
        self.assertTrue(drive.date_reminded)

    def test_who_refused_is_not_reminded(self):
        drive = self._drive()
        drive._set({"date_remind": fields.Datetime.now() - timedelta(minutes=1)})
        self.env["auto.consent"].create(
            {
                "partner_id": self.customer.id,
                "channel": "email",
                "purpose": "service",
                "state": "withdrawn",
            }
        )
        before = self._mails()
        self._run()
        self.assertEqual(self._mails(), before)

    def test_one_that_fails_does_not_stop_the_others(self):
        first = self._drive()
        second = self._drive(start=self.noon + timedelta(hours=2))
        for drive in (first, second):
            drive._set({"date_remind": fields.Datetime.now() - timedelta(minutes=1)})
        model = type(self.env["auto.test.drive"])
        send = model._send_letters

        def fail(drives, template):
            if first in drives:
                raise ValueError("provider is down")
            return send(drives, template)

        with (
            patch.object(model, "_send_letters", fail),
            mute_logger("odoo.addons.auto_crm_lead.models.auto_test_drive_message"),
        ):
            self._run()
        self.assertFalse(first.date_reminded)
        self.assertTrue(second.date_reminded)
        self._run()
        self.assertTrue(first.date_reminded)

    def test_near_or_switched_off(self):
        self.assertFalse(
            self._drive(start=fields.Datetime.now() + timedelta(hours=3)).date_remind
        )
        self.store.auto_drive_remind_hours = 0
        self.assertFalse(self._drive().date_remind)
