from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, warmup

from .common_test_drive import SIGNATURE, TestDriveCase


@tagged("post_install", "-at_install")
class TestTestDrive(TestDriveCase):
    """Booking, licence, key, feedback."""

    # ------------------------------------------------------------
    # Booking
    # ------------------------------------------------------------

    def test_booked_from_the_prospect(self):
        """The button on the prospect fills in what is known."""
        self.lead.need_model_ids = self.model
        lead = self.lead.with_user(self.consultant).with_company(self.store)
        action = lead.action_book_test_drive()
        form = Form(
            self.env["auto.test.drive"]
            .with_user(self.consultant)
            .with_company(self.store)
            .with_context(**action["context"])
        )
        drive = form.save()
        self.assertEqual(drive.lead_id, self.lead)
        self.assertEqual(drive.partner_id, self.customer)
        self.assertEqual(drive.vehicle_id, self.car)
        self.assertEqual(drive.user_id, self.consultant)
        self.assertEqual(drive.driver_name, "Wei Lan")
        self.assertEqual(drive.hours, self.store.auto_drive_hours)
        self.assertTrue(drive.name.startswith("TD/"))
        self.assertEqual(lead.test_drive_count, 1)
        self.assertIn("Booked", lead.test_drive_text)
        self.assertEqual(self.car.event_ids[:1].kind, "test_drive")
        self.assertEqual(self.car.event_ids[:1].document_name, drive.display_name)

    def test_closed_prospect_books_nothing(self):
        self.lead.with_context(active_test=False).sudo()._close_erased()
        with self.assertRaisesRegex(UserError, "closed"):
            self.lead.action_book_test_drive()

    def test_route_sets_the_duration(self):
        route = self.env.ref("auto_crm_lead.test_drive_route_short")
        drive = self._drive(route_id=route.id, hours=route.hours)
        self.assertEqual(drive.stop, self.noon + timedelta(minutes=30))

    def test_car_is_taken(self):
        self._drive()
        other = self.users["sales_manager", 1]
        later = self.noon + timedelta(minutes=30)
        with self.assertRaisesRegex(UserError, "DRIVE1.* is taken from"):
            self._drive(
                user_id=other.id,
                start=later,
                lead_id=False,
                partner_id=self.customer.id,
            )
        # One behind the other is no clash.
        self._drive(start=self.noon + timedelta(hours=1))

    def test_consultant_is_taken(self):
        self._drive()
        second = self._demo_car("DRIVE9", self.store)
        with self.assertRaisesRegex(UserError, "has another test drive"):
            self._drive(vehicle_id=second.id)

    def test_moving_into_another_drive(self):
        self._drive()
        drive = self._drive(start=self.noon + timedelta(hours=2))
        with self.assertRaisesRegex(UserError, "is taken from"):
            drive.start = self.noon + timedelta(minutes=30)
        drive.invalidate_recordset()
        self.assertEqual(drive.start, self.noon + timedelta(hours=2))
        # It does not stand in its own way.
        drive.start = self.noon + timedelta(hours=2, minutes=15)
        self.assertEqual(drive.stop, self.noon + timedelta(hours=3, minutes=15))

    def test_cancelled_time_is_free_again(self):
        self._drive()._cancel(self.reason)
        self.assertEqual(self._drive().state, "booked")

    def test_busy_times_are_shown_before_booking(self):
        self._drive()
        drive = (
            self.env["auto.test.drive"]
            .with_user(self.manager)
            .with_company(self.store)
            .new(
                {
                    "vehicle_id": self.car.id,
                    "start": self.noon,
                    "company_id": self.store.id,
                    "user_id": self.manager.id,
                    "hours": 1,
                }
            )
        )
        self.assertIn("DRIVE1", drive.busy_text)
        self.assertIn("12:00–13:00", drive.busy_text)
        self.assertNotIn("Wei Lan", drive.busy_text)

    def test_bad_bookings(self):
        plain = self._demo_car("PLAIN1", self.store, is_demo=False)
        sold = self._demo_car("SOLD1", self.store, sale_state="sold")
        stranger = self.users["consultant", 2]
        for values, words in (
            ({"vehicle_id": plain.id}, "no demo car"),
            ({"vehicle_id": sold.id}, "has been sold"),
            ({"user_id": stranger.id}, "does not work in"),
            ({"start": fields.Datetime.now() - timedelta(days=1)}, "in the past"),
        ):
            with (
                self.subTest(words=words),
                self.assertRaisesRegex(UserError, words),
                self.env.cr.savepoint(),
            ):
                self._drive(**values)
        self.assertFalse(
            self.env["auto.test.drive"].search([("vehicle_id", "=", plain.id)])
        )

    def test_car_of_another_store(self):
        with self.assertRaises(AccessError):
            self._drive(vehicle_id=self.cars[2].id)

    # ------------------------------------------------------------
    # Licence
    # ------------------------------------------------------------

    def test_expired_licence_is_refused(self):
        """What counts is the day of the drive, not today."""
        with self.assertRaisesRegex(ValidationError, "valid until"):
            self._drive(**self._licence(licence_expiry_date=self.in_days(2)))

    def test_expired_licence_by_moving_the_drive(self):
        drive = self._drive(**self._licence(licence_expiry_date=self.in_days(4)))
        with self.assertRaisesRegex(ValidationError, "valid until"):
            drive.start = self.noon + timedelta(days=5)

    def test_class_of_the_licence(self):
        with (
            self.assertRaisesRegex(ValidationError, "nobody drives a car"),
            self.env.cr.savepoint(),
        ):
            self._drive(**self._licence(licence_class_id=self.classes["D"].id))
        manual = self.model.copy({"transmission": "manual"})
        car = self._demo_car("MANUAL1", self.store, model_id=manual.id)
        with self.assertRaisesRegex(ValidationError, "automatic gearboxes"):
            self._drive(
                vehicle_id=car.id,
                **self._licence(licence_class_id=self.classes["C2"].id),
            )

    def test_young_licence_warns(self):
        drive = self._drive(**self._licence(licence_issue_date=self.in_days(-100)))
        self.assertIn("younger than 1 years", drive.licence_warning)
        self.store.auto_drive_licence_years = 0
        drive.invalidate_recordset()
        self.assertFalse(drive.licence_warning)

    def test_number_is_masked_and_its_reading_logged(self):
        drive = self._drive(**self._licence())
        [seen] = drive.with_user(self.consultant).read(["licence_number"])
        self.assertEqual(seen["licence_number"], "*" * 14 + "1234")
        boss = self.users["store_manager", 1]
        [whole] = drive.with_user(boss).read(["licence_number"])
        self.assertEqual(whole["licence_number"], "330106199001011234")
        log = self.env["auto.access.log"].search(
            [
                ("kind", "=", "restricted_read"),
                ("res_model", "=", "auto.test.drive"),
                ("res_id", "=", drive.id),
            ]
        )
        self.assertEqual(log.user_id, boss)
        with self.assertRaisesRegex(UserError, "masked"):
            drive.with_user(self.consultant).licence_number = "****1234"

    def test_licence_known_from_the_last_drive(self):
        self._drive(**self._licence())._cancel(self.reason)
        drive = self._drive()
        self.assertEqual(drive.licence_number, "330106199001011234")
        self.assertEqual(drive.licence_class_id, self.classes["C1"])
        self.assertFalse(drive.is_licence_seen)
        # Another driver shows another licence.
        other = self._drive(start=self.noon + timedelta(days=1), driver_name="Wife")
        self.assertFalse(other.licence_number)

    def test_licence_known_from_the_documents(self):
        self.env["auto.customer.document"].create(
            {
                "partner_id": self.customer.id,
                "kind": "driving_licence",
                "number": "DOC1234567",
                "expiry_date": self.in_days(100),
            }
        )
        drive = self._drive()
        self.assertEqual(drive.licence_number, "DOC1234567")
        self.assertEqual(drive.licence_expiry_date, self.in_days(100))

    # ------------------------------------------------------------
    # Agreement
    # ------------------------------------------------------------

    def test_signature_keeps_the_words(self):
        self.store.auto_drive_terms = "<p>Our words</p>"
        drive = self._drive(**self._licence())
        drive.driver_signature = SIGNATURE
        self.assertTrue(drive.driver_signed_on)
        self.store.auto_drive_terms = "<p>New words</p>"
        drive.invalidate_recordset()
        self.assertIn("Our words", drive.terms)
        # Another driver signs again, for the words of then.
        drive.driver_name = "Wife"
        self.assertFalse(drive.driver_signature)
        self.assertFalse(drive.driver_signed_on)
        self.assertIn("New words", drive.terms)

    def test_agreement_is_printed_with_the_end_of_the_number(self):
        drive = self._ready()
        report = self.env["ir.actions.report"].with_user(self.consultant)
        html, _kind = report._render_qweb_html(
            "auto_crm_lead.report_test_drive", drive.ids
        )
        text = html.decode()
        self.assertIn("1234", text)
        self.assertNotIn("330106199001011234", text)
        self.assertIn("Wei Lan", text)
        self.assertIn("DRIVE1", text)

    # ------------------------------------------------------------
    # Key
    # ------------------------------------------------------------

    def test_key_needs_licence_and_signature(self):
        drive = self._drive()
        with self.assertRaisesRegex(UserError, "lacks") as caught:
            drive.action_key_out()
        self.assertIn("signed", str(caught.exception))
        self.assertIn("original", str(caught.exception))
        with self.assertRaises(UserError):
            drive._key_out(1010)
        self.assertEqual(drive.state, "booked")

    def test_out_and_back(self):
        """The odometer goes to the ledger, planned and actual are kept."""
        drive = self._ready()
        action = drive.action_key_out()
        window = Form(
            self.env[action["res_model"]]
            .with_user(self.consultant)
            .with_company(self.store)
            .with_context(**action["context"])
        )
        self.assertEqual(window.odometer, 1000)
        window.odometer = 1010
        window.save().action_confirm()
        self.assertEqual(drive.state, "out")
        action = drive.action_key_in()
        window = Form(
            self.env[action["res_model"]]
            .with_user(self.consultant)
            .with_company(self.store)
            .with_context(**action["context"])
        )
        window.odometer = 1025
        window.note = "Scratch on the left"
        answer = window.save().action_confirm()
        self.assertEqual(answer["res_model"], "auto.test.drive.feedback")
        self.assertEqual((drive.state, drive.distance), ("back", 15))
        self.assertEqual(drive.condition_note, "Scratch on the left")
        self.assertEqual(self.car.odometer, 1025)
        readings = self.car.odometer_ids.filtered(lambda r: r.source == "test_drive")
        self.assertEqual(sorted(readings.mapped("value")), [1010, 1025])
        self.assertEqual(set(readings.mapped("res_id")), {drive.id})

    def test_one_key_is_out_once(self):
        self._ready()._key_out(1010)
        second = self._ready(start=self.noon + timedelta(hours=2))
        with self.assertRaisesRegex(UserError, "is out with"):
            second._key_out(1010)

    def test_bad_odometers(self):
        drive = self._ready()
        with self.assertRaisesRegex(ValidationError, "odometer shows"):
            drive._key_out(0)
        drive._key_out(1010)
        with self.assertRaisesRegex(ValidationError, "cannot come back"):
            drive._key_in(1009)
        with self.assertRaisesRegex(ValidationError, "read the meter again"):
            drive._key_in(9999)
        self.assertEqual(drive.state, "out")

    def test_what_took_place_is_not_changed(self):
        drive = self._driven()
        for values in (
            {"start": self.noon + timedelta(days=1)},
            {"driver_name": "Somebody"},
            {"licence_number": "1"},
        ):
            with self.assertRaises(UserError):
                drive.write(values)

    # ------------------------------------------------------------
    # Feedback
    # ------------------------------------------------------------

    def test_feedback_becomes_a_contact(self):
        drive = self._driven()
        window = self.env["auto.test.drive.feedback"].with_user(self.consultant)
        window = window.with_company(self.store).create(
            {
                "drive_id": drive.id,
                "rating_driving": "5",
                "rating_space": "4",
                "liked": "Quiet",
                "disliked": "Boot",
                "intent": "offer",
                "grade_id": self.grades["H"].id,
                "next_step": "Send the offer",
                "next_date": self.in_days(2),
            }
        )
        window.action_confirm()
        self.assertEqual((drive.state, drive.rating), ("done", 4.5))
        contact = drive.contact_id
        self.assertEqual(contact.lead_id, self.lead)
        self.assertIn("Quiet", contact.summary)
        self.assertEqual(contact.next_step, "Send the offer")
        self.assertEqual(self.lead.grade_id, self.grades["H"])
        self.assertEqual(self.lead.next_followup_date, self.in_days(2))

    def test_unrated_drives_do_not_lower_the_mean(self):
        self._driven()._give_feedback({"rating_driving": "4"})
        self._driven(start=self.noon + timedelta(hours=2))
        drives = self.env["auto.test.drive"]
        [(mean,)] = drives._read_group(
            [("vehicle_id", "=", self.car.id)], [], ["rating:avg"]
        )
        self.assertEqual(mean, 4)

    def test_empty_feedback(self):
        window = self.env["auto.test.drive.feedback"].create(
            {"drive_id": self._driven().id}
        )
        with self.assertRaisesRegex(UserError, "what the customer said"):
            window.action_confirm()

    def test_feedback_without_prospect(self):
        drive = self._driven(lead_id=False, partner_id=self.customer.id)
        drive._give_feedback({"liked": "All"})
        self.assertEqual(drive.contact_id.partner_id, self.customer)

    def test_order_is_shown_everywhere(self):
        drive = self._driven()
        drive._give_feedback({"liked": "All"})
        self.assertEqual(drive.order_count, 0)
        self.lead.action_set_won()
        self.assertEqual((drive.order_count, drive.conversion), (1, 1.0))
        self.assertIn("led to an order", self.lead.test_drive_text)
        self.assertEqual(self.car.test_drive_orders, 1)
        person = self.env["auto.salesperson"].search(
            [("user_id", "=", self.consultant.id), ("company_id", "=", self.store.id)]
        ) or self.env["auto.salesperson"].create(
            {"user_id": self.consultant.id, "company_id": self.store.id}
        )
        person.invalidate_recordset()
        self.assertEqual((person.test_drive_count, person.test_drive_orders), (1, 1))

    # ------------------------------------------------------------
    # Not come, cancelled
    # ------------------------------------------------------------

    def test_no_show_makes_the_prospect_due(self):
        drive = self._drive()
        with self.assertRaisesRegex(UserError, "still to come"):
            drive.action_no_show()
        drive._set({"start": fields.Datetime.now() - timedelta(hours=1)})
        self.lead.next_followup_date = self.in_days(9)
        drive.action_no_show()
        self.assertEqual(drive.state, "no_show")
        self.assertEqual(self.lead.next_followup_date, self.today)

    def test_cancelled_with_reason(self):
        drive = self._drive()
        window = self.env["auto.test.drive.cancel"].with_user(self.consultant)
        window.create(
            {"drive_id": drive.id, "reason_id": self.reason.id, "note": "Ill"}
        ).action_confirm()
        self.assertEqual(drive.state, "cancelled")
        self.assertEqual(drive.changed_by, "customer")
        with self.assertRaisesRegex(UserError, "already"):
            drive._key_out(1010)

    # ------------------------------------------------------------
    # Other records
    # ------------------------------------------------------------

    def test_merged_prospects_keep_their_drives(self):
        other = self._lead(partner_id=self.customer.id)
        drive = self._drive(lead_id=other.id)
        (self.lead | other).merge_opportunity()
        kept = (self.lead | other).exists()
        self.assertEqual(drive.lead_id, kept)

    def test_erased_person(self):
        drive = self._ready()
        wizard = self.env["auto.erase.person"].create(
            {"partner_id": self.customer.id, "reason": "Asked"}
        )
        wizard.action_erase()
        drive.invalidate_recordset()
        self.assertFalse(drive.licence_number)
        self.assertFalse(drive.driver_signature)
        self.assertEqual(drive.driver_name, "Erased person")

    def test_my_day_shows_the_drives_of_today(self):
        drive = self._drive(start=fields.Datetime.now() + timedelta(minutes=1))
        later = self._drive(start=self.noon)
        day = self.env["crm.lead"].with_user(self.consultant).my_day()
        ids = [row["id"] for row in day["drives"]]
        self.assertIn(drive.id, ids)
        self.assertNotIn(later.id, ids)
        row = day["drives"][ids.index(drive.id)]
        self.assertEqual((row["name"], row["state"]), ("Wei Lan", "booked"))

    def test_customer_tile(self):
        self._drive()
        tiles = self.customer.with_user(self.manager)._auto_360_counters()
        [tile] = [tile for tile in tiles if tile["key"] == "test_drives"]
        self.assertEqual(tile["count"], 1)

    # ------------------------------------------------------------
    # Budgets
    # ------------------------------------------------------------

    @warmup
    def test_query_budget(self):
        drives = self.env["auto.test.drive"]
        for number in range(20):
            drives |= self._drive(start=self.noon + timedelta(hours=number))
        view = {"fields": {"display_name": {}}}
        spec = {
            "start": {}, "partner_id": view, "vehicle_id": view, "user_id": view,
            "is_late": {}, "order_count": {}, "rating": {}, "state": {},
        }  # fmt: skip
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            drives.with_user(self.consultant).web_read(spec)
