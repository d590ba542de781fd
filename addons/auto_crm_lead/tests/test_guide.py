import base64
import io
import re
from unittest.mock import patch

from PIL import Image

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from odoo.addons.auto_crm_base.controllers import public_form

from .test_intake import IntakeCase


@tagged("post_install", "-at_install")
class TestGuide(IntakeCase, HttpCase):
    """The public buying guide: what it shows, what it hides, what it brings in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        brands = cls.env["fleet.vehicle.model.brand"].create(
            [{"name": "Guide brand"}, {"name": "Foreign brand"}]
        )
        cls.body = cls.env["fleet.vehicle.model.category"].create({"name": "Guide SUV"})
        values = {"category_id": cls.body.id, "guide_published": True}
        cls.small, cls.large, cls.secret, cls.foreign = cls.env[
            "fleet.vehicle.model"
        ].create(
            [
                {"name": "GuideSmall", "seats": 5, "default_fuel_type": "gasoline",
                 "brand_id": brands[0].id, **values},
                {"name": "GuideLarge", "seats": 7, "default_fuel_type": "diesel",
                 "brand_id": brands[0].id, **values},
                {"name": "GuideSecret", "seats": 5, "brand_id": brands[0].id,
                 **values, "guide_published": False},
                {"name": "GuideForeign", "seats": 5, "brand_id": brands[1].id,
                 **values},
            ]
        )  # fmt: skip
        cls.env["auto.trim"].create(
            [
                {"name": "Base", "model_id": cls.small.id, "list_price": 100000},
                {"name": "Base", "model_id": cls.large.id, "list_price": 234567},
            ]
        )
        picture = io.BytesIO()
        Image.new("RGB", (40, 30), "red").save(picture, "PNG")
        cls.photo, cls.hidden_photo = cls.env["auto.model.photo"].create(
            [
                {
                    "model_id": model.id,
                    "name": "From the side",
                    "image": base64.b64encode(picture.getvalue()),
                }
                for model in (cls.small, cls.secret)
            ]
        )
        cls.source.write(
            {
                "has_guide": True,
                "guide_prices": True,
                "guide_brand_ids": brands[:1].ids,
            }
        )
        cls.url = f"/auto/guide/{cls.source.guide_token}"

    def setUp(self):
        super().setUp()
        self.day = str(fields.Date.add(fields.Date.today(), days=9))

    def leads(self):
        return self.env["crm.lead"].search([("company_id", "=", self.store.id)])

    def ask(self, query="", **values):
        page = self.url_open(f"{self.url}/ask{query}")
        hidden = dict(
            re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        )
        data = {"name": "王芳", "phone": "138 0013 8000", "consent": "1", **hidden}
        with patch.object(public_form, "MIN_SECONDS", 0):
            return self.url_open(f"{self.url}/ask", data=data | values)

    def test_token_is_its_own(self):
        self.assertNotEqual(self.source.guide_token, self.source.token)
        self.assertTrue(self.source.guide_qr)
        self.assertEqual(
            self.url_open(f"/auto/guide/{self.source.token}").status_code, 404
        )
        with self.assertRaises(AccessError):
            self.source.with_user(self.users["consultant", 1]).write(
                {"has_guide": False}
            )
        self.source.has_guide = False
        self.env.flush_all()
        for path in ("", "/ask", f"/model/{self.small.id}", "/compare", "/thanks"):
            self.assertEqual(self.url_open(self.url + path).status_code, 404, path)

    def test_shows_what_is_published(self):
        page = self.url_open(self.url)
        self.assertEqual(page.status_code, 200)
        self.assertIn("GuideSmall", page.text)
        self.assertIn("GuideLarge", page.text)
        for name in ("GuideSecret", "GuideForeign"):
            self.assertNotIn(name, page.text)
        for model in (self.secret, self.foreign):
            answer = self.url_open(f"{self.url}/model/{model.id}")
            self.assertEqual(answer.status_code, 404)
        page = self.url_open(f"{self.url}/compare?m={self.small.id}&m={self.secret.id}")
        self.assertIn("GuideSmall", page.text)
        self.assertNotIn("GuideSecret", page.text)
        self.assertEqual(
            self.url_open(f"{self.url}/photo/{self.photo.id}").status_code, 200
        )
        self.assertEqual(
            self.url_open(f"{self.url}/photo/{self.hidden_photo.id}").status_code, 404
        )

    def test_find_by_need(self):
        page = self.url_open(f"{self.url}?seats=7")
        self.assertIn("GuideLarge", page.text)
        self.assertNotIn("GuideSmall", page.text)
        page = self.url_open(f"{self.url}?seats=7&fuel=gasoline")
        self.assertIn("come nearest", page.text)
        self.assertIn("GuideSmall", page.text)
        page = self.url_open(f"{self.url}?budget=150000")
        self.assertNotIn("GuideLarge", page.text)
        for bad in ("seats=x", "body=99999999", "use=-1", "fuel=%00", "budget=1e9"):
            self.assertEqual(self.url_open(f"{self.url}?{bad}").status_code, 200, bad)

    def test_no_prices_where_none_are_published(self):
        self.assertIn(
            "234,567", self.url_open(f"{self.url}/model/{self.large.id}").text
        )
        self.source.guide_prices = False
        self.env.flush_all()
        for path in (
            "",
            f"/model/{self.large.id}",
            f"/compare?m={self.large.id}&m={self.small.id}",
        ):
            page = self.url_open(self.url + path)
            self.assertNotIn("234,567", page.text, path)
            self.assertNotIn("234567", page.text, path)
            self.assertNotIn("100,000", page.text, path)
        page = self.url_open(f"{self.url}?budget=150000")
        self.assertIn("GuideLarge", page.text, "nobody finds the price out by asking")

    def test_wish_comes_in(self):
        answer = self.ask(
            f"?model={self.large.id}&wish=test_drive&seats=7&body={self.body.id}",
            model=str(self.large.id),
            wish="test_drive",
            day=self.day,
            clock="10:00",
            message="In the morning",
        )
        lead = self.leads()
        self.assertIn(lead.public_ref, answer.text)
        self.assertEqual(lead.intake_channel_id.code, "guide")
        self.assertEqual(lead.guide_wish, "test_drive")
        self.assertEqual(lead.need_model_ids, self.large)
        self.assertEqual(lead.need_seats, 7)
        self.assertEqual(lead.need_category_ids, self.body)
        summary = lead.contact_ids.summary
        for words in (self.day, "In the morning"):
            self.assertIn(words, summary)
        self.assertEqual(lead.intake_source_id, self.source)
        self.assertEqual(lead.partner_id.consent_ids.purpose, "enquiry")

    def test_drive_is_wished_for_at_a_time(self):
        self.store.resource_calendar_id.tz = "Asia/Shanghai"
        query = f"?model={self.large.id}&wish=test_drive"
        asked = {"model": str(self.large.id), "wish": "test_drive"}
        self.ask(f"?model={self.small.id}&wish=price", wish="price")
        self.ask(query, **asked, day=self.day, clock="10:00")
        lead = self.leads()
        self.assertEqual(
            fields.Datetime.to_string(lead.drive_wish_start), f"{self.day} 02:00:00"
        )
        self.assertEqual(lead.drive_wish_model_id, self.large)
        self.assertEqual(lead.guide_wish, "test_drive", "asked for last")
        for day, clock in (
            ("2020-01-01", "10:00"),
            ("2099-01-01", "10:00"),
            ("0001-01-01", "10:00"),
            ("x" * 300, "10:00"),
            (self.day, "03:00"),
            (self.day, ""),
        ):
            answer = self.ask(query, **asked, day=day, clock=clock)
            self.assertIn("alert-danger", answer.text, (day, clock))
        before = lead.drive_wish_start
        answer = self.ask(query, **asked, day="", phone="13800138712")
        self.assertNotIn("alert-danger", answer.text, "a day is not asked for")
        self.assertFalse((self.leads() - lead).drive_wish_start)
        self.assertEqual(lead.drive_wish_start, before)

    def test_whose_guest(self):
        person = self.env["auto.salesperson"].search(
            [("user_id", "=", self.users["consultant", 1].id)], limit=1
        ) or self.env["auto.salesperson"].create(
            {
                "user_id": self.users["consultant", 1].id,
                "company_id": self.store.id,
            }
        )
        self.env.flush_all()
        self.assertIn(f"?c={person.guide_code}", person.guide_url)
        page = self.url_open(f"{self.url}?c={person.guide_code}")
        self.assertIn(f"c={person.guide_code}", page.text)
        self.assertNotIn(person.user_id.name, page.text)
        self.ask(f"?c={person.guide_code}", wish="price")
        self.assertEqual(self.leads().user_id, person.user_id)

    def test_code_of_another_store(self):
        other = self.env["auto.salesperson"].create(
            {
                "user_id": self.users["consultant", 2].id,
                "company_id": self.stores[2].id,
            }
        )
        self.env.flush_all()
        self.ask(f"?c={other.guide_code}", wish="price")
        self.assertNotEqual(self.leads().user_id, other.user_id)

    def test_robots_and_mistakes(self):
        answer = self.ask(website="http://spam")
        self.assertNotIn("LEAD/", answer.text)
        self.assertTrue(self.leads().is_spam)
        before = self.leads()
        for wrong in (
            {"phone": "", "email": ""},
            {"name": ""},
            {"consent": ""},
            {"stamp": "0" * 64},
            {"phone": "not a number"},
        ):
            answer = self.ask(**wrong)
            self.assertIn("alert-danger", answer.text, wrong)
        self.ask(wish="<script>", model="9" * 30, phone="13800138777")
        lead = self.leads() - before
        self.assertFalse(lead.guide_wish)
        self.assertFalse(lead.need_model_ids)

    def test_too_many(self):
        with patch.object(
            self.registry["auto.intake.hit"], "_seconds_to_wait", lambda *args: 30
        ):
            self.assertIn("alert-danger", self.ask().text)
        self.assertFalse(self.leads())

    def test_address_keeps_the_language(self):
        page = self.url_open(f"{self.url}?lang=en_US")
        self.assertIn("lang=en_US", page.text)
        self.assertIn('lang="en-US"', page.text)
