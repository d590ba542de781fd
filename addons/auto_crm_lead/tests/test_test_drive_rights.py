from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_test_drive import TestDriveCase


@tagged("post_install", "-at_install")
class TestTestDriveRights(TestDriveCase):
    """Who reads, books and changes test drives, in two stores."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drives = cls.env["auto.test.drive"]
        second = cls.users["consultant", 2]
        cls.own = drives.create(
            {
                "lead_id": cls.lead.id,
                "vehicle_id": cls.car.id,
                "start": cls.noon,
                "hours": 1,
            }
        )
        # Of somebody who is nobody's prospect.
        stranger = cls.env["res.partner"].create(
            {
                "name": "Mei Hua",
                "is_auto_customer": True,
                "store_ids": [Command.set(cls.store.ids)],
            }
        )
        cls.colleague = drives.create(
            {
                "partner_id": stranger.id,
                "company_id": cls.store.id,
                "vehicle_id": cls.car.id,
                "user_id": cls.manager.id,
                "start": cls.noon + timedelta(hours=2),
                "hours": 1,
            }
        )
        cls.other = drives.create(
            {
                "lead_id": cls._lead(
                    user=second, store=cls.stores[2], partner_id=cls.customer.id
                ).id,
                "vehicle_id": cls.cars[2].id,
                "start": cls.noon,
                "hours": 1,
            }
        )

    def test_matrix(self):
        # role: own, a colleague's in the store, in the other store
        matrix = {
            "consultant": ("rw", "r", ""),
            "sales_manager": ("rw", "rw", ""),
            "store_manager": ("rw", "rw", ""),
            "head_office": ("rw", "rw", "rw"),
            "auditor": ("r", "r", "r"),
            "adviser": ("", "", ""),
            "technician": ("", "", ""),
            "service_manager": ("", "", ""),
            "complaint": ("", "", ""),
            "callcentre": ("", "", ""),
        }
        for role, expected in matrix.items():
            user = self.users.get(role) or self.users[role, 1]
            targets = (self.own, self.colleague, self.other)
            for drive, rights in zip(targets, expected, strict=True):
                seen = drive.with_user(user).with_context(
                    allowed_company_ids=user.company_ids.ids
                )
                with self.subTest(role=role, drive=drive.display_name):
                    self.assertEqual(seen.has_access("read"), "r" in rights)
                    self.assertEqual(seen.has_access("write"), "w" in rights)
                    self.assertFalse(seen.has_access("unlink"))

    def test_call_centre_books_and_sees_what_it_booked(self):
        user = self.users["callcentre", 1]
        self.env["auto.access.log"].with_user(user)._log("lookup", self.customer)
        self.assertFalse(self.cars[2].with_user(user).has_access("read"))
        plain = self._demo_car("PLAIN2", self.store, is_demo=False)
        self.assertFalse(plain.with_user(user).has_access("read"))
        drive = (
            self.env["auto.test.drive"]
            .with_user(user)
            .with_company(self.store)
            .create(
                {
                    "partner_id": self.customer.id,
                    "vehicle_id": self.car.id,
                    "user_id": self.consultant.id,
                    "start": self.noon + timedelta(days=1),
                    "hours": 1,
                }
            )
        )
        self.assertTrue(drive.has_access("write"))
        self.assertEqual(drive.registered_by_id, user)

    def test_states_are_closed_to_clients(self):
        drive = self.own.with_user(self.consultant)
        for values in (
            {"state": "done"},
            {"odometer_out": 1},
            {"date_in": self.noon},
            {"rating_driving": "5"},
            {"driver_signed_on": self.noon},
            {"terms_signed": "<p>Mine</p>"},
            {"order_count": 1},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                drive.write(values)
        drive = (
            self.env["auto.test.drive"]
            .with_user(self.consultant)
            .with_company(self.store)
            .create(
                {
                    "lead_id": self.lead.id,
                    "vehicle_id": self.car.id,
                    "start": self.noon + timedelta(days=1),
                    "hours": 1,
                    "state": "done",
                    "odometer_out": 5,
                    "order_count": 1,
                    "name": "MINE",
                }
            )
        )
        self.assertEqual((drive.state, drive.odometer_out), ("booked", 0))
        self.assertEqual(drive.order_count, 0)
        self.assertTrue(drive.name.startswith("TD/"))

    def test_prospect_of_somebody_else(self):
        foreign = self._lead(user=self.manager, partner_id=self.customer.id)
        with self.assertRaises(AccessError):
            self._drive(lead_id=foreign.id, start=self.noon + timedelta(days=2))

    def test_windows_check_their_document(self):
        for model in (
            "auto.test.drive.key",
            "auto.test.drive.feedback",
            "auto.test.drive.cancel",
        ):
            window = self.env[model].with_user(self.consultant)
            with self.subTest(model=model), self.assertRaises(AccessError):
                window.create({"drive_id": self.other.id})

    def test_nobody_deletes(self):
        with self.assertRaisesRegex(UserError, "kept"):
            self.own.unlink()
