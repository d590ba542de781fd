import re
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from odoo.addons.auto_crm_base.controllers import public_form

from .test_appointment import NOW, AppointmentCase


class PagesCase(HttpCase, AppointmentCase):
    """A store whose page is open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setting.write({"token": "test-appointments", "rate_limit": 100})
        cls.url = "/auto/appointment/test-appointments"

    def _appointments(self):
        return self.env["auto.appointment"].search(
            [("company_id", "=", self.store.id)], order="id"
        )

    def _hidden(self, page):
        pattern = r'type="hidden" name="(\w+)" value="([^"]*)"'
        return dict(re.findall(pattern, page.text))

    def _form(self, start="2026-06-02T01:00", kind=None):
        kind = kind or self.kind
        return self.url_open(f"{self.url}?type={kind.id}&start={start}&lang=en_US")

    def _send(self, page, **values):
        data = {
            "name": "王芳",
            "phone": "139 0013 9222",
            "plate": "浙A12345",
            "consent": "1",
            **self._hidden(page),
            **values,
        }
        with patch.object(public_form, "MIN_SECONDS", 0):
            return self.url_open(self.url, data=data)


@tagged("post_install", "-at_install")
class TestAppointmentForm(PagesCase):
    """The public page of a store, and the link in the letter."""

    def test_book(self):
        page = self.url_open(f"{self.url}?lang=en_US")
        self.assertIn("Test work", page.text)
        page = self.url_open(
            f"{self.url}?lang=en_US&type={self.kind.id}&day=2026-06-02"
        )
        self.assertIn("start=2026-06-02T01:00", page.text)
        self.assertIn("09:00", page.text)
        page = self._form()
        answer = self._send(page, concern="Squeals")
        appointment = self._appointments()
        self.assertEqual(appointment.start, self.at(9, day=2))
        self.assertEqual(appointment.channel, "web")
        self.assertEqual(appointment.concern, "Squeals")
        self.assertEqual(appointment.car_text, "浙A12345")
        self.assertEqual(appointment.partner_id.name, "王芳")
        self.assertIn(appointment.sudo().access_token, answer.url)
        self._send(page)
        self.assertEqual(len(self._appointments()), 1, "sent twice by a slip")
        consent = self.env["auto.consent"].search(
            [("partner_id", "=", appointment.partner_id.id)]
        )
        self.assertEqual(consent.mapped("purpose"), ["enquiry"])
        self.assertIn("about my appointment", consent.wording)
        self.assertEqual(consent.company_id, self.store)

    def test_known_customer(self):
        """Who gives the number of a customer is told nothing about him."""
        answer = self._send(self._form(), phone="13800138000", name="Nosy")
        self.assertEqual(self._appointments().partner_id, self.owner)
        self.assertNotIn(self.owner.name, answer.text)

    def test_known_car_without_a_time(self):
        """A customer's own car and no time: asked for one, like anybody."""
        self.vehicle.license_plate = "浙A12345"
        page = self._form()
        for start in ("", "never"):
            answer = self._send(page, phone="13800138000", start=start)
            self.assertEqual(answer.status_code, 200)
            self.assertIn("Choose a time", answer.text)
        self.assertFalse(self._appointments())

    def test_refused(self):
        page = self._form()
        for values, words in (
            ({"name": ""}, "your name"),
            ({"phone": ""}, "phone number or"),
            ({"phone": "12"}, "is no phone number"),
            ({"plate": ""}, "license plate"),
            ({"consent": ""}, "agree"),
            ({"stamp": "0" * 64}, "too long"),
            ({"stamp": "é"}, "too long"),
            ({"type": "999999"}, "what work"),
            ({"start": "never"}, "Choose a time"),
            ({"start": "2026-06-02T04:30"}, "closed"),
            ({"start": "2026-06-01T00:00"}, "any more, or not yet"),
            ({"start": "2027-06-01T01:00"}, "any more, or not yet"),
        ):
            with self.subTest(values):
                self.assertIn(words, self._send(page, **values).text)
        self.assertFalse(self._appointments())

    def test_robot(self):
        page = self._form()
        self.assertIn("Thank you", self._send(page, website="http://spam").text)
        data = {**self._hidden(page), "name": "A", "phone": "13900139000"}
        data.update(plate="X", consent="1")
        with patch.object(public_form, "MIN_SECONDS", 3600):
            self.assertIn("very quick", self.url_open(self.url, data=data).text)
        self.assertFalse(self._appointments())
        self.setting.rate_limit = 1
        self._send(self._form(), phone="12")
        self.assertIn("Too many", self._send(self._form()).text)

    def test_taken_meanwhile(self):
        page = self._form()
        self.book()
        answer = self._send(page)
        self.assertIn("Please choose another time", answer.text)
        self.assertNotIn("start=2026-06-02T01:00", answer.text)

    def test_not_all_times_for_one(self):
        self.setting.open_limit = 1
        self._send(self._form())
        self.assertIn("several times", self._send(self._form("2026-06-02T02:00")).text)

    def test_closed_page(self):
        self.assertEqual(self.url_open("/auto/appointment/nonsense").status_code, 404)
        self.setting.has_form = False
        self.assertEqual(self.url_open(self.url).status_code, 404)

    def test_hidden_work(self):
        self.kind.is_public = False
        self.assertNotIn("Test work", self.url_open(self.url).text)

    def test_odd_parameters(self):
        for query in ("type=x", "type=-1", "day=x", "start=x", f"type={10**12}"):
            page = self.url_open(f"{self.url}?type={self.kind.id}&{query}")
            self.assertEqual(page.status_code, 200, query)

    # By the link in the letter

    def _mine(self, appointment):
        return f"/auto/appointment/mine/{appointment.sudo().access_token}"

    def _post_mine(self, url, **values):
        page = self.url_open(f"{url}?lang=en_US")
        csrf = re.search(r'name="csrf_token" value="([^"]*)"', page.text).group(1)
        return self.url_open(url, data={"csrf_token": csrf, "lang": "en_US", **values})

    def test_link(self):
        appointment = self.book()
        url = self._mine(appointment)
        self.assertIn("Test work", self.url_open(url).text)
        calendar = self.url_open(f"{url}/calendar.ics")
        self.assertIn("text/calendar", calendar.headers["Content-Type"])
        self.assertIn("BEGIN:VEVENT", calendar.text)
        self._post_mine(url, what="confirm")
        self.assertEqual(appointment.state, "confirmed")
        page = self.url_open(f"{url}?move=1&day=2026-06-03")
        self.assertIn("2026-06-03T01:00", page.text)
        self._post_mine(url, what="move", start="2026-06-03T01:00")
        self.assertEqual(appointment.start, self.at(9, day=3))
        self.assertEqual(
            (appointment.move_count, appointment.changed_by), (1, "customer")
        )
        answer = self._post_mine(url, what="move", start="2026-06-03T04:30")
        self.assertIn("closed", answer.text)
        self._post_mine(url, what="cancel", note="No time")
        self.assertEqual(appointment.state, "cancelled")
        self.assertEqual(appointment.reason_note, "No time")
        self.assertIn("Cancelled", self.url_open(f"{url}?lang=en_US").text)

    def test_link_too_late(self):
        appointment = self.book(self.at(9, day=1))
        answer = self._post_mine(self._mine(appointment), what="cancel")
        self.assertIn("Please call us", answer.text)
        self.assertEqual(appointment.state, "booked")

    def test_old_link(self):
        """Long after the appointment its link shows nothing any more."""
        appointment = self.book()
        url = self._mine(appointment)
        for days, status in ((59, 200), (61, 404)):
            with freeze_time(appointment.stop + timedelta(days=days)):
                self.assertEqual(self.url_open(url).status_code, status)

    def test_wrong_link(self):
        appointment = self.book()
        for token in ("x", "x" * 32, f"{appointment.sudo().access_token}x"):
            url = f"/auto/appointment/mine/{token}"
            self.assertEqual(self.url_open(url).status_code, 404)


@tagged("post_install", "-at_install")
class TestAppointmentPortal(PagesCase):
    """A customer's own appointments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = new_test_user(
            cls.env, "appointment_portal", groups="base.group_portal"
        )
        cls.customer.partner_id.write({"lang": "en_US"})
        cls.mine = cls._vehicle(cls.customer.partner_id, license_plate="浙A00001")

    def setUp(self):
        super().setUp()
        # The session is made and checked at one moment.
        with freeze_time(self.utc(NOW)):
            self.authenticate("appointment_portal", "appointment_portal")

    def _post(self, url, page, **values):
        return self.url_open(url, data={**self._hidden(page), **values})

    def test_book_move_cancel(self):
        url = "/my/appointments/new"
        page = self.url_open(f"{url}?type={self.kind.id}&store={self.store.id}")
        self.assertIn("浙A00001", page.text)
        self._post(url, page, start="2026-06-02T01:00", concern="Rattles")
        appointment = self._appointments()
        self.assertEqual(appointment.partner_id, self.customer.partner_id)
        self.assertEqual(appointment.vehicle_id, self.mine)
        self.assertEqual(appointment.channel, "portal")
        mine = f"/my/appointments/{appointment.id}"
        self.assertIn("09:00", self.url_open("/my/appointments").text)
        page = self.url_open(f"{mine}?move=1")
        self._post(mine, page, what="move", start="2026-06-03T01:00")
        self.assertEqual(appointment.start, self.at(9, day=3))
        self._post(mine, self.url_open(mine), what="cancel")
        self.assertEqual(appointment.state, "cancelled")
        self.assertIn("BEGIN:VEVENT", self.url_open(f"{mine}/calendar.ics").text)

    def test_not_another_ones(self):
        appointment = self.book()
        for path in ("", "/calendar.ics"):
            url = f"/my/appointments/{appointment.id}{path}"
            self.assertEqual(self.url_open(url).status_code, 404)
        url = "/my/appointments/new"
        page = self.url_open(f"{url}?type={self.kind.id}&store={self.store.id}")
        self._post(url, page, start="2026-06-02T02:00", car=str(self.vehicle.id))
        booked = self._appointments() - appointment
        self.assertEqual(booked.vehicle_id, self.mine, "not a stranger's car")
