from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from .common import ServiceCase


class BoardCase(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Test hours", "tz": "Asia/Shanghai", "company_id": cls.store.id}
        )

    def _in_workshop(self, **values):
        """Return the job of an order that the customer has agreed to."""
        repair = self._receive(self._vehicle(self.owner), **values)
        job = self._job(repair)
        self._agree(repair)
        repair.action_to_workshop()
        return job

    def _board(self, user=None, day=None):
        user = user or self.service_manager
        self.env.flush_all()
        self.env.invalidate_all()
        return (
            self.env["auto.repair.job"]
            .with_user(user)
            .with_company(user.company_id)
            .workshop_board(day)
        )

    def _count(self, call):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestWorkshopBoard(BoardCase):
    """The plan of a day, by technician and bay."""

    def test_plan(self):
        """A job is put at a time of the store's clock, and taken off."""
        job = self._in_workshop()
        board = self._board()
        card = next(one for one in board["jobs"] if one["id"] == job.id)
        self.assertIsNone(card["start"])
        self.assertEqual(card["minutes"], 90, "its standard hours")
        self.assertEqual(card["plate"], job.vehicle_id.license_plate or card["plate"])
        told = job.plan("2030-05-06", 600, bay_id=self.bays[1][0].id)
        self.assertEqual(told, "")
        self.assertEqual(
            fields.Datetime.to_string(job.planned_start), "2030-05-06 02:00:00"
        )
        self.assertEqual(job.planned_stop - job.planned_start, timedelta(minutes=90))
        self.assertEqual(job.technician_id, self.technician, "as it was")
        board = self._board(day="2030-05-06")
        card = next(one for one in board["jobs"] if one["id"] == job.id)
        self.assertEqual((card["start"], card["minutes"]), (600, 90))
        self.assertEqual(card["bay"], "Lift 1")
        job.plan("2030-05-06", 660, minutes=30)
        self.assertEqual(job.planned_stop - job.planned_start, timedelta(minutes=30))
        job.unplan()
        self.assertFalse(job.planned_stop)
        self.assertFalse([one for one in self._board(day="2030-05-06")["jobs"]
                          if one["start"] is not None])  # fmt: skip

    def test_missed_comes_back(self):
        """What was planned for yesterday and is not done waits again."""
        job = self._in_workshop()
        day = self._board()["day"]
        yesterday = fields.Date.to_string(fields.Date.to_date(day) - timedelta(days=1))
        job.plan(yesterday, 600)
        card = next(one for one in self._board()["jobs"] if one["id"] == job.id)
        self.assertIsNone(card["start"])
        self.assertTrue(card["missed"])

    def test_clashes_are_told(self):
        """One technician, or one bay, twice at a time."""
        bay = self.bays[1][0].id
        first, second = self._in_workshop(), self._in_workshop()
        second.technician_id = False
        first.plan("2030-05-06", 600, bay_id=bay)
        self.assertIn("two cars", second.plan("2030-05-06", 630, bay_id=bay))
        first.invalidate_recordset(["plan_clash"])
        self.assertIn("two cars", first.plan_clash)
        told = second.plan("2030-05-06", 630, technician_id=self.technician.id)
        self.assertIn("two jobs", told)
        self.assertEqual(second.plan("2030-05-06", 690), "", "one after the other")
        first.invalidate_recordset(["plan_clash"])
        self.assertFalse(first.plan_clash)
        board = self._board(day="2030-05-06")
        self.assertFalse([one for one in board["jobs"] if one["clash"]])

    def test_refused(self):
        """Bad times, what is done, other stores, and who does not plan."""
        job = self._in_workshop()
        for minute, minutes in ((-1, 60), (1440, 60), (600, 5), (600, 9999)):
            with self.assertRaises(ValidationError):
                job.plan("2030-05-06", minute, minutes=minutes)
        for day in ("yesterday", "2030-13-01", 17):
            with self.assertRaises(UserError):
                job.plan(day, 600)
        with self.assertRaises(ValidationError):
            job.plan("2030-05-06", 600, bay_id=self.bays[2][0].id)
        with self.assertRaises(AccessError):
            job.with_user(self.technician).plan("2030-05-06", 600)
        self._work(job.repair_id)
        with self.assertRaisesRegex(UserError, "not planned any more"):
            job.plan("2030-05-06", 600)

    def test_own_store_only(self):
        """The board is that of the user's store; technicians see their own jobs."""
        job = self._in_workshop()
        other = self._board(self.users["service_manager", 2])
        self.assertNotIn(job.id, [one["id"] for one in other["jobs"]])
        self.assertFalse(self._board(self.users["auditor"])["may_plan"])
        job.with_user(self.adviser).technician_id = self.adviser
        self.assertNotIn(
            job.id, [one["id"] for one in self._board(self.technician)["jobs"]]
        )

    def test_queries_do_not_grow(self):
        """Ten cars more cost no query more."""
        for number in range(3):
            self._in_workshop().plan("2030-05-06", 540 + 30 * number)

        def look():
            self._board(day="2030-05-06")

        look()
        few = self._count(look)
        for number in range(10):
            self._in_workshop().plan("2030-05-06", 600 + 30 * number)
        self.assertLessEqual(self._count(look), few)
        self.assertLessEqual(few, 25)


@tagged("post_install", "-at_install")
class TestWorkshopScreen(HttpCase, BoardCase):
    """The electronic board on the wall."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screen = (
            cls.env["auto.workshop.screen"]
            .with_user(cls.service_manager)
            .create({"name": "Wall", "company_id": cls.store.id})
        )
        cls.screen.lang_id = cls.env["res.lang"]._lang_get("en_US")

    def _rows(self):
        self.env.flush_all()
        answer = self.url_open(f"/auto/board/{self.screen.token}/data")
        return {row["plate"]: row for row in answer.json()["rows"]}

    def test_shows(self):
        """Plate, state, bay, technician and promise; no names, no prices."""
        promised = fields.Datetime.now() - timedelta(hours=1)
        job = self._in_workshop(
            date_in=promised - timedelta(hours=1), promised_on=promised
        )
        job.vehicle_id.sudo().license_plate = "浙A54321"
        job.bay_id = self.bays[1][0]
        row = self._rows()["浙A54321"]
        self.assertEqual(row["state"], "Waiting")
        self.assertEqual(row["bay"], "Lift 1")
        self.assertEqual(row["technician"], self.technician.name)
        self.assertTrue(row["is_late"])
        page = self.url_open(f"/auto/board/{self.screen.token}")
        self.assertEqual(page.status_code, 200)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        text = self.url_open(f"/auto/board/{self.screen.token}/data").text
        for secret in ("Car Owner", "13800138000", "300", job.concern):
            self.assertNotIn(secret, text)
        job.with_user(self.technician).action_start()
        self.assertEqual(self._rows()["浙A54321"]["state"], "In work")
        self.screen.write({"kind": "lounge", "plate_mask": "middle"})
        row = self._rows()["浙A5**21"]
        self.assertFalse(row["is_late"])
        self.screen.plate_mask = "end"
        self.assertIn("**321", self._rows())
        self.screen.lang_id = False
        self._rows()

    def test_expected(self):
        """Cars booked for today are on the wall of the workshop until they come."""
        kind = self.env["auto.appointment.type"].create({"name": "Test", "hours": 1})
        self.vehicle.license_plate = "浙A60001"
        start = fields.Datetime.now().replace(second=0)
        self.env["auto.appointment.setting"].create(
            {"company_id": self.store.id, "share": 100, "arrivals": 0}
        )
        # At any hour of the day on which the tests run.
        capacity = type(self.env["auto.appointment"])
        place = {"start": start, "stop": start + timedelta(hours=1), "bay_id": False}
        with patch.object(capacity, "_place", lambda *_args, **_options: place):
            known, told = (
                self.env["auto.appointment"]._book(
                    {
                        "partner_id": self.owner.id,
                        "type_id": kind.id,
                        "company_id": self.store.id,
                        "start": start,
                        **values,
                    }
                )
                for values in (
                    {"vehicle_id": self.vehicle.id},
                    {"car_text": "SHAME ON YOU"},
                )
            )
        rows = self._rows()
        self.assertIn("Expected", rows["浙A60001"]["state"])
        self.assertEqual(rows["浙A60001"]["step"], "expected")
        self.assertNotIn("SHAME", str(rows))
        self.assertIn(told.name.rsplit("/", 1)[-1], rows)
        told._cancel()
        known._arrive()
        self.assertNotIn("expected", [row["step"] for row in self._rows().values()])
        self.assertFalse(known.same_car)

    def test_not_long_ago(self):
        """No job is planned long before the car came."""
        job = self._in_workshop()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            job.with_user(self.service_manager).plan("1999-01-01", 600)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            job.with_user(self.service_manager).plan("2199-01-01", 600)

    def test_revoked(self):
        """A new address or the archive switches the old address off."""
        old = self.screen.token
        for bad in ("x", "%00", "../data", old[:-1], old + "x"):
            self.assertEqual(self.url_open(f"/auto/board/{bad}").status_code, 404)
        self.screen.action_new_address()
        self.env.flush_all()
        self.assertEqual(self.url_open(f"/auto/board/{old}/data").status_code, 404)
        self.assertEqual(len(self._rows()), len(self._rows()))
        self.screen.active = False
        self.env.flush_all()
        answer = self.url_open(f"/auto/board/{self.screen.token}/data")
        self.assertEqual(answer.status_code, 404)

    def test_rights(self):
        """Managers of the store keep its screens; the address is theirs to know."""
        screens = self.env["auto.workshop.screen"]
        with self.assertRaises(AccessError):
            screens.with_user(self.technician).search([])
        other = self.users["service_manager", 2]
        self.assertNotIn(self.screen.id, screens.with_user(other).search([]).ids)
        auditor = self.screen.with_user(self.users["auditor"])
        auditor.read(["name"])
        with self.assertRaises(AccessError):
            auditor.read(["token"])
        before = self.screen.token
        self.screen.write({"token": "guess-me", "name": "New"})
        self.assertEqual(self.screen.token, before)
        made = screens.with_user(self.service_manager).create(
            {"name": "Mine", "token": "guess-me"}
        )
        self.assertNotEqual(made.token, "guess-me")

    def test_channels(self):
        """The bus tells who has the token, or works in the store."""
        websocket = self.env["ir.websocket"]

        def heard(user, channel):
            found = websocket.with_user(user)._auto_channels([channel])
            return self.store in [one[0] for one in found if isinstance(one, tuple)]

        public = self.env.ref("base.public_user")
        self.assertTrue(heard(public, f"auto_screen_{self.screen.token}"))
        self.assertFalse(heard(public, "auto_screen_x"))
        self.assertFalse(heard(public, f"auto_workshop_{self.store.id}"))
        board = f"auto_workshop_{self.store.id}"
        self.assertTrue(heard(self.adviser, board))
        self.assertFalse(heard(self.users["adviser", 2], board))
        told = self.env.cr.precommit.data
        told.pop("auto_workshop_told", None)
        told.pop("bus.bus.values", None)
        job = self._in_workshop()
        job.bay_id = self.bays[1][0]
        mine = [
            value for value in told["bus.bus.values"] if "auto_workshop" in str(value)
        ]
        self.assertEqual(len(mine), 1, "once a transaction")

    def test_queries_do_not_grow(self):
        """Ten cars more cost no query more."""
        for _number in range(3):
            self._in_workshop()
        screen = self.screen.sudo()
        screen._board()
        few = self._count(screen._board)
        for _number in range(10):
            self._in_workshop()
        self.assertLessEqual(self._count(screen._board), few)
        self.assertLessEqual(few, 18)
