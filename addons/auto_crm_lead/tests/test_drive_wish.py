from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_test_drive import TestDriveCase


@tagged("post_install", "-at_install")
class TestDriveWish(TestDriveCase):
    """A test drive that the customer asked for is confirmed with one click."""

    def setUp(self):
        super().setUp()
        self.lead._wish_drive(self.noon, self.model)

    def _drives(self):
        return self.env["auto.test.drive"].search([("lead_id", "=", self.lead.id)])

    def _others_drive(self, **values):
        """Somebody else drives the car, with the manager."""
        person = self.env["res.partner"].create({"name": "Somebody else"})
        return self._drive(
            lead_id=False, partner_id=person.id, user_id=self.manager.id, **values
        )

    def test_confirmed_once(self):
        mine = self.lead.with_user(self.consultant)
        row = mine.my_day()["drives"][0]
        self.assertEqual((row["lead_id"], row["state"]), (self.lead.id, "wished"))
        mine.action_confirm_drive_wish()
        drive = self._drives()
        self.assertEqual(
            (drive.start, drive.vehicle_id, drive.user_id, drive.partner_id),
            (self.noon, self.car, self.consultant, self.customer),
        )
        self.assertFalse(self.lead.drive_wish_start)
        self.assertFalse(self.lead.drive_wish_model_id)
        with self.assertRaisesRegex(UserError, "no wish"):
            mine.action_confirm_drive_wish()
        self.assertEqual(self._drives(), drive)

    def test_a_free_car_of_the_model(self):
        other = self._demo_car("DRIVE9", self.store)
        self._others_drive(hours=2.0)
        self.lead._wish_drive(self.noon + timedelta(hours=1), self.model)
        self.lead.with_user(self.consultant).action_confirm_drive_wish()
        self.assertEqual(self._drives().vehicle_id, other)

    def test_taken_or_no_such_car(self):
        self._others_drive()
        mine = self.lead.with_user(self.consultant)
        with self.assertRaisesRegex(UserError, "taken"), self.env.cr.savepoint():
            mine.action_confirm_drive_wish()
        self.assertEqual(self.lead.drive_wish_start, self.noon, "still open")
        brand = self.model.brand_id.id
        rare = self.model.create({"name": "No such demo car", "brand_id": brand})
        self.lead._wish_drive(self.noon, rare)
        action = mine.action_confirm_drive_wish()
        self.assertEqual(action["res_model"], "auto.test.drive")
        self.assertEqual(
            action["context"]["default_start"], fields.Datetime.to_string(self.noon)
        )
        self.assertFalse(self._drives())

    def test_put_aside(self):
        self.lead.with_user(self.manager).action_drop_drive_wish()
        self.assertFalse(self.lead.drive_wish_start)
        self.assertIn("Wish for a test drive", self.lead.message_ids[0].body)
        self.assertFalse(self.lead.with_user(self.consultant).my_day()["drives"])

    def test_who_may(self):
        for user in (
            self.users["callcentre", 1],
            self.users["auditor"],
            self.users["consultant", 2],
        ):
            lead = self.lead.with_user(user)
            for step in (lead.action_confirm_drive_wish, lead.action_drop_drive_wish):
                with self.assertRaises(AccessError):
                    step()
        self.assertFalse(self._drives())

    def test_goes_along_when_merged(self):
        other = self._lead(partner_id=self.customer.id)
        other._merge_dependences(self.lead)
        self.assertEqual(other.drive_wish_start, self.noon)
