from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..models.auto_labour_time import CLOCK
from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestLabourTime(ServiceCase):
    """The technician's clock."""

    def setUp(self):
        super().setUp()
        repair = self._receive()
        self.job = self._job(repair).with_user(self.technician)
        self._agree(repair)
        repair.action_to_workshop()

    def _second_job(self):
        repair = self._receive(self._vehicle(self.owner))
        job = self._job(repair).with_user(self.technician)
        self._agree(repair)
        repair.action_to_workshop()
        return job

    def test_start_pause_start(self):
        """Hours are those between start and stop, over all turns."""
        with freeze_time("2026-03-02 08:00:00"):
            self.job.action_start()
        self.assertEqual(self.job.service_state, "working")
        self.assertTrue(self.job.is_mine_running)
        with freeze_time("2026-03-02 08:45:00"):
            self.job.action_pause()
        with freeze_time("2026-03-02 10:00:00"):
            self.job.action_start()
        with freeze_time("2026-03-02 10:30:00"):
            self.job.write({"cause": "Worn", "correction": "Replaced"})
            self.job.action_finish()
        self.assertEqual(self.job.clocked_hours, 1.25)
        self.assertEqual(self.job.repair_id.clocked_hours, 1.25)

    def test_one_job_at_a_time(self):
        """Whoever is on a job is told so before starting another."""
        other = self._second_job()
        self.job.action_start()
        with self.assertRaisesRegex(UserError, "Stop that first"):
            other.action_start()
        self.job.action_pause()
        other.action_start()

    @mute_logger("odoo.sql_db")
    def test_the_database_sees_to_it(self):
        """Not even code that does not look first makes two running clocks."""
        other = self._second_job()
        self.job.action_start()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env["auto.labour.time"].sudo().with_context(auto_clock=CLOCK).create(
                {
                    "job_id": other.id,
                    "user_id": self.technician.id,
                    "start": fields.Datetime.now(),
                }
            )

    def test_parts_stop_the_clock(self):
        """Waiting for parts is no labour time."""
        self.job.action_start()
        repair = self.job.repair_id.with_user(self.adviser)
        repair.parts_reason = "Pads from the maker"
        repair.action_wait_for_parts()
        self.assertFalse(self.job.running_user_ids)
        self.assertEqual(self.job.sudo().time_ids.pause_reason, "parts")

    def test_corrected_with_a_reason(self):
        """The service manager corrects times, and says why; nobody makes them up."""
        self.job.action_start()
        self.job.action_pause()
        time = self.job.sudo().time_ids.with_user(self.service_manager)
        earlier = time.stop - timedelta(hours=3)
        with self.assertRaisesRegex(UserError, "why"):
            time.start = earlier
        time.write({"start": earlier, "note": "Forgot to clock"})
        with self.assertRaisesRegex(ValidationError, "a day"):
            time.write({"start": time.stop - timedelta(hours=25), "note": "Typo"})
        with self.assertRaises(ValidationError):
            time.write({"stop": "2199-01-01 00:00:00", "note": "Typo"})
        with self.assertRaises(UserError):
            time.unlink()
        with self.assertRaises(UserError):
            time.write({"user_id": self.adviser.id})

    def test_forgotten_over_the_weekend(self):
        """A clock nobody stopped ends after a day, and says that it was forgotten."""
        self.job.action_start()
        time = self.job.sudo().time_ids
        start = fields.Datetime.now() - timedelta(days=3)
        time.with_context(auto_clock=CLOCK).start = start
        self.job.action_pause()
        self.assertEqual(time.stop, start + timedelta(hours=24))
        self.assertIn("forgotten", time.note)

    def test_not_done_by_hand(self):
        """A job is done by its button."""
        with self.assertRaises(UserError):
            self.job.is_done = True

    def test_given_to_another(self):
        """Whose job is given to another is free for the next one."""
        other = self._second_job()
        self.job.action_start()
        self.job.with_user(self.adviser).technician_id = self.service_manager
        other.action_start()
        self.assertTrue(other.is_mine_running)

    def test_done_is_not_started(self):
        """A job that is done is opened by the quality check, not by the clock."""
        self.job.write({"cause": "Worn", "correction": "Replaced"})
        self.job.action_finish()
        with self.assertRaisesRegex(UserError, "done already"):
            self.job.action_start()

    def test_what_technicians_write(self):
        """Cause and correction are theirs; who pays and who works is not."""
        for values in (
            {"pay_type": "internal"},
            {"kind": "maintenance"},
            {"technician_id": self.adviser.id},
        ):
            with self.assertRaises(AccessError):
                self.job.write(values)
