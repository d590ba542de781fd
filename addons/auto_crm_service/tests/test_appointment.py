from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import ServiceCase

ZONE = ZoneInfo("Asia/Shanghai")
# A Monday, 7 o'clock in the stores.
NOW = datetime(2026, 6, 1, 7, tzinfo=ZONE)


class AppointmentCase(ServiceCase):
    """A store with two lifts, one technician, open from 8 to 12 and 13 to 17."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(cls.utc(NOW)))
        calendar = cls.env["resource.calendar"].create(
            {"name": "Workshop", "tz": ZONE.key, "company_id": cls.store.id}
        )
        cls.store.resource_calendar_id = calendar
        cls.calendar = calendar
        cls.setting = cls.env["auto.appointment.setting"].create(
            {"company_id": cls.store.id, "share": 100, "arrivals": 0, "step": "60"}
        )
        cls.kind = cls.env["auto.appointment.type"].create(
            {"name": "Test work", "skill_id": cls.mechanical.id, "hours": 1}
        )
        cls.reason = cls.env["auto.appointment.reason"].create({"name": "Test reason"})
        cls.callcentre = cls.users["callcentre", 1]
        cls.env.user.tz = ZONE.key

    @staticmethod
    def utc(moment):
        return moment.astimezone(UTC).replace(tzinfo=None)

    @classmethod
    def at(cls, hour, day=1, minute=0):
        """Return a moment in June in UTC."""
        return cls.utc(datetime(2026, 6, day, hour, minute, tzinfo=ZONE))

    def book(self, start=None, user=None, **values):
        user = user or self.adviser
        appointments = self.env["auto.appointment"].with_user(user)
        return appointments.with_company(user.company_id)._book(
            {
                "partner_id": self.owner.id,
                "vehicle_id": self.vehicle.id,
                "type_id": self.kind.id,
                "start": start or self.at(9, day=2),
                **values,
            }
        )

    def free(self, day=2, **options):
        [(_day, starts)] = self.env["auto.appointment"]._free_times(
            self.store,
            options.pop("kind", self.kind),
            datetime(2026, 6, day, tzinfo=ZONE).date(),
            days=1,
            **options,
        )
        return [
            start.replace(tzinfo=UTC).astimezone(ZONE).strftime("%H")
            for start in starts
        ]


@tagged("post_install", "-at_install")
class TestCapacity(AppointmentCase):
    """What can be booked follows from bays, technicians, trades and hours."""

    def test_whole_day_free(self):
        self.assertEqual(self.free(), ["08", "09", "10", "11", "13", "14", "15", "16"])

    def test_one_technician_is_the_limit(self):
        """Two lifts are free, but the one technician has work."""
        appointment = self.book()
        self.assertTrue(appointment.bay_id)
        self.assertNotIn("09", self.free())
        with self.assertRaisesRegex(UserError, "No technician"):
            self.book()

    def test_bays_are_the_limit_without_files(self):
        self.env["auto.technician"].search([]).active = False
        first = self.book()
        self.assertIn("09", self.free())
        second = self.book()
        self.assertNotEqual(first.bay_id, second.bay_id)
        self.assertNotIn("09", self.free())
        with self.assertRaisesRegex(UserError, "No bay"):
            self.book()

    def test_trade_of_bay(self):
        """Paint needs a bay fitted for it, and a painter."""
        kind = self.env["auto.appointment.type"].create(
            {"name": "Test spray", "skill_id": self.paint.id, "hours": 1}
        )
        self.assertFalse(self.free(kind=kind), "nobody paints")
        self.technician_files[1].skill_ids = self.paint
        self.assertTrue(self.free(kind=kind))
        self.bays[1].skill_ids = self.mechanical
        self.assertFalse(self.free(kind=kind), "no bay is fitted")

    def test_least_versatile_bay_is_taken(self):
        self.bays[1][1].skill_ids = self.mechanical
        self.assertEqual(self.book().bay_id, self.bays[1][1])

    def test_technicians_are_matched_by_trade(self):
        """Who can do both is kept for what only he can do."""
        both = self.technician_files[1]
        both.skill_ids = self.mechanical | self.paint
        self.env["auto.technician"].create(
            {
                "user_id": self.service_manager.id,
                "company_id": self.store.id,
                "skill_ids": [(6, 0, self.mechanical.ids)],
            }
        )
        paint = self.env["auto.appointment.type"].create(
            {"name": "Test spray", "skill_id": self.paint.id, "hours": 1}
        )
        self.book()
        self.assertIn("09", self.free(kind=paint))
        self.book(type_id=paint.id)
        with self.assertRaises(UserError):
            self.book(start=self.at(9, day=2))

    def test_lunch_and_night(self):
        """Work goes on after the break and on the next day."""
        appointment = self.book(self.at(11, day=2), hours=2)
        self.assertEqual(appointment.stop, self.at(14, day=2))
        appointment = self.book(self.at(16, day=2), hours=3)
        self.assertEqual(appointment.stop, self.at(10, day=3))
        self.assertNotIn("09", self.free(day=3))

    def test_over_night_only_when_it_must(self):
        self.assertEqual(self.free(hours=2)[-1], "15")
        self.assertIn("16", self.free(hours=10))

    def test_closed(self):
        with self.assertRaisesRegex(UserError, "closed"):
            self.book(self.at(12, day=2, minute=30))
        with self.assertRaisesRegex(UserError, "closed"):
            self.book(self.at(9, day=6))

    def test_holiday(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.store.id,
                "date_from": self.at(0, day=2),
                "date_to": self.at(0, day=3),
            }
        )
        self.assertFalse(self.free())

    def test_share_for_walk_ins(self):
        self.setting.share = 50
        for hour in (8, 9, 10, 11):
            self.book(self.at(hour, day=2))
        self.assertFalse(self.free(), "half of the technician's 8 hours are booked")
        with self.assertRaisesRegex(UserError, "kept for customers"):
            self.book(self.at(14, day=2))
        self.assertTrue(self.free(day=3))

    def test_planned_walk_in(self):
        """A car that came without an appointment holds its bay, not the share."""
        self.env["auto.technician"].search([]).active = False
        repair = self._receive()
        self._job(
            repair,
            bay_id=self.bays[1][0].id,
            planned_start=self.at(9, day=2),
            planned_stop=self.at(10, day=2),
        )
        self.assertEqual(self.book().bay_id, self.bays[1][1])
        with self.assertRaisesRegex(UserError, "No bay"):
            self.book()
        day = datetime(2026, 6, 2, tzinfo=ZONE).date()
        book = self.env["auto.appointment"]._capacity(self.setting, day, day)
        self.assertEqual(book.hours_of(*book.days[0]), (16, 1))

    def test_arrivals(self):
        self.env["auto.technician"].search([]).active = False
        self.setting.arrivals = 1
        self.book()
        with self.assertRaisesRegex(UserError, "Too many cars"):
            self.book()

    def test_no_show_and_cancelled_free_the_time(self):
        self.book()._cancel(self.reason)
        self.assertIn("09", self.free())
        self.book()

    def test_customers_have_a_window(self):
        self.setting.write({"lead_hours": 4, "horizon_days": 3})
        self.assertEqual(self.free(day=1, public=True), ["11", "13", "14", "15", "16"])
        self.assertFalse(self.free(day=5, public=True))
        with self.assertRaisesRegex(UserError, "any more, or not yet"):
            self.book(self.at(8, day=1), channel="portal")
        self.book(self.at(8, day=1))

    def test_past(self):
        with self.assertRaisesRegex(UserError, "any more"):
            self.book(self.at(9, day=1) - timedelta(days=3))

    def test_queries(self):
        """A week of a busy workshop is read at once."""
        for hour in (8, 9, 10, 11, 13, 14):
            self.book(self.at(hour, day=2))
        appointments = self.env["auto.appointment"].with_user(self.adviser)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(25):
            appointments._free_times(self.store, self.kind, NOW.date(), days=7)


@tagged("post_install", "-at_install")
class TestAppointment(AppointmentCase):
    """From the booking to the repair order."""

    def test_book_person_and_car(self):
        """Who is known is not made twice; a stranger's plate proves nothing."""
        appointment = self.book(
            partner_id=False,
            vehicle_id=False,
            name="Somebody",
            phone="138 0013 8000",
            vin=self.vehicle.vin,
        )
        self.assertEqual(appointment.partner_id, self.owner)
        self.assertEqual(appointment.vehicle_id, self.vehicle)
        stranger = self.book(
            self.at(10, day=2),
            partner_id=False,
            vehicle_id=False,
            name="Somebody else",
            phone="13900139222",
            vin=self.vehicle.vin,
        )
        self.assertFalse(stranger.vehicle_id)
        self.assertEqual(stranger.car_text, self.vehicle.vin)
        self.assertTrue(stranger.partner_id.sudo().is_auto_customer)

    def test_book_once(self):
        first = self.book(external_ref="abc", channel="system")
        self.assertEqual(self.book(external_ref="abc", channel="system"), first)

    def test_book_says_what_is_missing(self):
        for values, word in (
            ({"type_id": False}, "what work"),
            ({"start": False}, "Choose a time"),
            ({"partner_id": False}, "phone number"),
            ({"partner_id": False, "phone": "12"}, "no phone number"),
            ({"partner_id": False, "phone": "13900139222"}, "name"),
            ({"hours": -1}, "between 0 and 80"),
        ):
            with self.assertRaisesRegex(UserError, word):
                if "start" in values:
                    self.env["auto.appointment"].with_user(self.adviser)._book(
                        {"partner_id": self.owner.id, "type_id": self.kind.id}
                    )
                else:
                    self.book(**values)

    def test_fields_follow_from_buttons(self):
        appointment = self.book()
        for values in (
            {"state": "done"},
            {"start": self.at(14, day=2)},
            {"bay_id": self.bays[1][0].id},
            {"move_count": 5},
        ):
            with self.assertRaisesRegex(UserError, "by its buttons"):
                appointment.write(values)
        appointment.write({"concern": "Squeals"})
        with self.assertRaises(UserError):
            appointment.unlink()
        made = self.env["auto.appointment"].with_user(self.adviser)
        made = made.with_company(self.store).create(
            {
                "partner_id": self.owner.id,
                "type_id": self.kind.id,
                "start": self.at(14, day=2),
                "state": "done",
                "channel": "web",
            }
        )
        self.assertEqual((made.state, made.channel), ("booked", "phone"))
        self.assertEqual(made.user_id, self.adviser)

    def test_move(self):
        appointment = self.book()
        window = (
            self.env["auto.appointment.move"]
            .with_user(self.adviser)
            .create(
                {
                    "appointment_id": appointment.id,
                    "start": self.at(9, day=2, minute=30),
                    "reason_id": self.reason.id,
                    "note": "Dentist",
                }
            )
        )
        self.assertTrue(window.slots["days"])
        window.action_confirm()
        self.assertEqual(appointment.start, self.at(9, day=2, minute=30))
        self.assertEqual(appointment.first_start, self.at(9, day=2))
        self.assertEqual(appointment.move_count, 1)
        self.assertEqual(appointment.reason_note, "Dentist")
        self.assertIn("Dentist", "".join(appointment.message_ids.mapped("body")))

    def test_cancel_keeps_reason(self):
        appointment = self.book()
        window = (
            self.env["auto.appointment.cancel"]
            .with_user(self.adviser)
            .create({"appointment_id": appointment.id, "reason_id": self.reason.id})
        )
        window.action_confirm()
        self.assertEqual(appointment.state, "cancelled")
        self.assertEqual(appointment.changed_by, "customer")
        with self.assertRaisesRegex(UserError, "already"):
            appointment._cancel(self.reason)

    def test_reception_types_nothing_twice(self):
        appointment = self.book(concern="Squeals when braking")
        appointment.action_confirm()
        action = appointment.action_receive()
        reception = (
            self.env[action["res_model"]]
            .with_user(self.adviser)
            .browse(action["res_id"])
        )
        self.assertEqual(reception.vehicle_id, self.vehicle)
        self.assertEqual(reception.concern, "Squeals when braking")
        self.assertEqual(reception.promised_on, appointment.stop)
        reception.odometer = 30500
        reception.action_receive()
        repair = reception.repair_id
        self.assertEqual(repair.appointment_id, appointment)
        self.assertEqual(repair.user_id, self.adviser)
        self.assertEqual(repair.job_ids.bay_id, appointment.bay_id)
        self.assertEqual(repair.job_ids.planned_start, appointment.start)
        self.assertEqual(appointment.state, "arrived")
        again = appointment.action_receive()
        self.assertEqual(
            (again["res_model"], again["res_id"]), ("repair.order", repair.id)
        )
        repair._set_service_state("returned")
        self.assertEqual(appointment.state, "done")

    def test_reception_of_unknown_car(self):
        appointment = self.book(
            partner_id=False,
            vehicle_id=False,
            name="New Person",
            phone="13900139333",
            plate="浙A12345",
        )
        action = appointment.action_receive()
        reception = self.env["auto.reception"].with_user(self.adviser)
        reception = reception.browse(action["res_id"])
        self.assertEqual(reception.state, "new")
        self.assertEqual(reception.new_plate, "浙A12345")
        self.assertEqual(reception.partner_id, appointment.partner_id)
        reception.odometer = 12000
        reception.action_receive()
        self.assertEqual(
            appointment.vehicle_id, reception.repair_id.vehicle_id, "known from now on"
        )

    def test_no_show(self):
        appointment = self.book(self.at(8, day=1))
        late = self.book(self.at(9, day=1))
        with self.assertRaisesRegex(UserError, "still to come"):
            appointment.action_no_show()
        with freeze_time(self.at(9, day=1, minute=30)), self.enter_registry_test_mode():
            cron = self.env.ref("auto_crm_service.ir_cron_appointment_no_show")
            cron.method_direct_trigger()
        self.assertEqual(appointment.state, "no_show")
        self.assertEqual(late.state, "booked")
        self.assertEqual(self.owner.with_user(self.adviser).no_show_count, 1)
        # Who comes all the same is received, if not on the lift that was given away.
        with freeze_time(self.at(9, day=1, minute=30)):
            action = appointment.action_receive()
            reception = self.env["auto.reception"].browse(action["res_id"])
            reception = reception.with_user(self.adviser)
            reception.odometer = 30500
            reception.action_receive()
        self.assertEqual(appointment.state, "arrived")

    def test_followup(self):
        rule = self.env["auto.followup.rule"].search([], limit=1)
        followup = self.env["auto.followup"].create(
            {
                "rule_id": rule.id,
                "partner_id": self.owner.id,
                "vehicle_id": self.vehicle.id,
                "company_id": self.store.id,
                "user_id": self.adviser.id,
                "date_due": fields.Date.today(),
            }
        )
        mine = followup.with_user(self.adviser)
        action = mine.action_book_appointment()
        self.assertEqual(action["context"]["default_followup_id"], followup.id)
        appointment = (
            self.env["auto.appointment"]
            .with_user(self.adviser)
            .with_company(self.store)
            ._book({"type_id": self.kind.id, "start": self.at(9, day=2)}, origin=mine)
        )
        self.assertEqual(appointment.followup_id, mine)
        self.assertEqual(appointment.channel, "followup")
        self.assertEqual(
            (followup.state, followup.result), ("done", "appointment"), "no second call"
        )
        self.assertEqual(mine.appointment_count, 1)

    def test_same_car_twice(self):
        """The desk is told of another time of the car; customers are refused it."""
        first = self.book()
        self.assertFalse(first.same_car)
        second = self.book(self.at(10, day=2))
        self.assertIn("09:00", second.same_car)
        first.invalidate_recordset()
        self.assertIn("10:00", first.same_car)
        self.assertFalse(self.book(self.at(9, day=4)).same_car)
        with self.assertRaisesRegex(UserError, "booked already"):
            self.book(self.at(9, day=2), channel="web")
        first._cancel(self.reason)
        second.invalidate_recordset()
        self.assertFalse(second.same_car)

    def test_promise_after_the_start(self):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.book(promised_on="1999-01-01 00:00:00")

    def test_timeline_and_tile(self):
        appointment = self.book()
        event = self.vehicle.event_ids.filtered(lambda one: one.kind == "appointment")
        self.assertEqual(event.res_id, appointment.id)
        tiles = self.owner.with_user(self.adviser)._auto_360_counters()
        [tile] = [tile for tile in tiles if tile["key"] == "appointments"]
        self.assertEqual(tile["count"], 1)

    def test_call_screen(self):
        call = self.env["auto.call"].with_user(self.callcentre)
        call = call.with_company(self.store)._start("13800138000")
        action = call.action_book_appointment()
        self.assertEqual(action["context"]["default_partner_id"], self.owner.id)
        appointment = self.book(user=self.callcentre)
        self.assertIn("*", appointment.read(["phone"])[0]["phone"])


@tagged("post_install", "-at_install")
class TestAppointmentMessages(AppointmentCase):
    """What the customer is told, and how often."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner.write({"email": "owner@example.com", "lang": "en_US"})

    def _mails(self, appointment):
        return self.env["mail.mail"].search(
            [("model", "=", "auto.appointment"), ("res_id", "=", appointment.id)],
            order="id",
        )

    def test_confirmation_with_calendar_file(self):
        appointment = self.book()
        mail = self._mails(appointment)
        self.assertEqual(mail.recipient_ids, self.owner)
        self.assertIn("/auto/appointment/mine/", mail.body_html)
        text = mail.attachment_ids.raw.decode()
        self.assertTrue(mail.attachment_ids.name.endswith(".ics"))
        self.assertIn("DTSTART:20260602T010000Z", text)
        self.assertIn("BEGIN:VEVENT", text)
        for line in text.encode().split(b"\r\n"):
            self.assertLessEqual(len(line), 75)

    def test_refusal_holds(self):
        self.env["auto.consent"].create(
            {
                "partner_id": self.owner.id,
                "channel": "email",
                "purpose": "service",
                "state": "withdrawn",
                "wording": "No mails",
            }
        )
        self.assertFalse(self._mails(self.book()))

    def test_reminder_once(self):
        appointment = self.book(self.at(9, day=3))
        self.assertEqual(appointment.date_remind, self.at(10, day=2))
        cron = self.env.ref("auto_crm_service.ir_cron_appointment_remind")
        with self.enter_registry_test_mode():
            with freeze_time(self.at(9, day=2)):
                cron.method_direct_trigger()
            self.assertEqual(len(self._mails(appointment)), 1, "not yet")
            with freeze_time(self.at(11, day=2)):
                cron.method_direct_trigger()
                cron.method_direct_trigger()
        self.assertEqual(len(self._mails(appointment)), 2)
        sms = self.env["sms.sms"].search([("partner_id", "=", self.owner.id)])
        self.assertEqual(len(sms), 1)
        self.assertIn("Test work", sms.body)

    def test_moved_is_reminded_again(self):
        appointment = self.book(self.at(9, day=3))
        appointment._remind(self.at(10, day=2))
        appointment._move(self.at(9, day=5), self.reason)
        self.assertFalse(appointment.date_reminded)
        self.assertEqual(appointment.date_remind, self.at(10, day=4))

    def test_too_near_for_a_reminder(self):
        self.assertFalse(self.book(self.at(9, day=1)).date_remind)

    def test_cancelled_by_mail(self):
        appointment = self.book()
        appointment._cancel(self.reason)
        mail = self._mails(appointment)[-1]
        self.assertIn(b"METHOD:CANCEL", mail.attachment_ids.raw)


@tagged("post_install", "-at_install")
class TestAppointmentRights(AppointmentCase):
    """Who may do what, in two stores."""

    def test_roles(self):
        appointment = self.book()
        for role, user in self._role_users().items():
            seen = appointment.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids
            )
            readers = {
                "adviser", "service_manager", "store_manager", "sales_manager",
                "head_office", "auditor",
            }  # fmt: skip
            writers = {"adviser", "service_manager", "store_manager"}
            self.assertEqual(seen.has_access("read"), role in readers, role)
            self.assertEqual(seen.has_access("write"), role in writers, role)
            self.assertFalse(seen.has_access("unlink"), role)

    def test_found_by_call_centre(self):
        appointment = self.book()
        seen = appointment.with_user(self.callcentre)
        self.assertFalse(seen.has_access("read"))
        call = self.env["auto.call"].with_user(self.callcentre)
        call.with_company(self.store)._start("13800138000")
        self.env.invalidate_all()
        self.assertTrue(seen.has_access("read"))
        seen.action_confirm()
        self.assertEqual(appointment.state, "confirmed")

    def test_other_store(self):
        appointment = self.book()
        for role in ("adviser", "service_manager", "store_manager"):
            user = self.users[role, 2]
            seen = appointment.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids
            )
            self.assertFalse(seen.has_access("read"), role)
        other = self.users["adviser", 2]
        with self.assertRaises(AccessError):
            self.book(user=other)
        customer = self.env["res.partner"].create(
            {"name": "Other", "store_ids": [(6, 0, self.stores[2].ids)]}
        )
        with self.assertRaises(UserError):
            self.book(user=other, partner_id=customer.id, company_id=self.store.id)

    def test_erase(self):
        """What an erased customer said and the link go; the appointment stays."""
        appointment = self.book(concern="Call my wife, 13900139000")
        appointment._cancel(self.reason, "Moves to the coast")
        wizard = self.env["auto.erase.person"].create(
            {"partner_id": self.owner.id, "reason": "Asked for it"}
        )
        wizard.action_erase()
        self.assertFalse(appointment.concern)
        self.assertFalse(appointment.reason_note)
        self.assertFalse(appointment.sudo().access_token)
        self.assertFalse(appointment.sudo().message_ids)

    def test_settings(self):
        for role in ("adviser", "auditor"):
            user = self._role_users()[role]
            with self.assertRaises(AccessError):
                self.setting.with_user(user).share = 10
        manager = self.users["store_manager", 1]
        self.setting.with_user(manager).share = 70
        with self.assertRaises(AccessError):
            self.setting.with_user(self.users["store_manager", 2]).share = 10
        with self.assertRaises(AccessError):
            self.setting.with_user(manager).read(["token"])

    def test_read_whole(self):
        appointment = self.book()
        for user in self._role_users().values():
            self._read_whole(user, appointment)
