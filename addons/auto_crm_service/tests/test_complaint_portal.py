import re
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.auto_crm_base.controllers import public_form

from .common_complaint import ComplaintCase


class ComplaintFormCase(HttpCase, ComplaintCase):
    """The public page of a store, as a customer fills it in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.door = cls.env["auto.complaint.door"].create(
            {"name": "Door", "company_id": cls.store.id, "token": "test-door"}
        )
        cls.url = "/auto/complaint/test-door"

    def _hidden(self, page):
        pattern = r'type="hidden" name="(\w+)" value="([^"]*)"'
        return dict(re.findall(pattern, page.text))

    def _send(self, page, **values):
        data = {
            "name": "王芳",
            "phone": "138 0013 8000",
            "description": "等了三个小时",
            "consent": "1",
            "lang": "en_US",
            **self._hidden(page),
            **values,
        }
        with patch.object(public_form, "MIN_SECONDS", 0):
            return self.url_open(self.url, data=data)

    def _complaints(self):
        domain = [("company_id", "=", self.store.id)]
        return self.env["auto.complaint"].search(domain)


@tagged("post_install", "-at_install")
class TestComplaintForm(ComplaintFormCase):
    """The public page of a store."""

    def test_complaint(self):
        page = self.url_open(self.url)
        self.assertIn(self.store.name, page.text)
        answer = self._send(page, category=str(self.category.id), plate="浙A12345")
        complaint = self._complaints()
        self.assertIn("Thank you", answer.text)
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.vehicle_id, self.vehicle, "the customer's own car")
        self.assertEqual(complaint.category_id, self.category)
        self.assertEqual(complaint.channel, "web")
        self._send(page)
        self.assertEqual(self._complaints().contact_count, 1, "sent twice by a slip")

    def test_refused(self):
        page = self.url_open(self.url)
        for values, words in (
            ({"description": " "}, "what happened"),
            ({"name": ""}, "your name"),
            ({"phone": ""}, "phone number or"),
            ({"phone": "12"}, "is no phone number"),
            ({"consent": ""}, "agree"),
            ({"stamp": "0" * 64}, "too long"),
            ({"stamp": "é"}, "too long"),
            ({"moment": "17"}, "too long"),
        ):
            with self.subTest(values):
                self.assertIn(words, self._send(page, **values).text)
        self.assertFalse(self._complaints())
        quick = {"name": "A", "phone": "13900139000", "description": "x"}
        data = {**self._hidden(page), **quick, "consent": "1", "lang": "en_US"}
        with patch.object(public_form, "MIN_SECONDS", 3600):
            self.assertIn("very quick", self.url_open(self.url, data=data).text)

    def test_stranger_is_not_told_who_complained(self):
        known = self._take_down()
        self.env.flush_all()
        old = self._send(self.url_open(self.url), name="Stranger")
        self.assertEqual(known.contact_count, 2, "it is kept all the same")
        new = self._send(self.url_open(self.url), name="New", phone="13900139777")
        self.assertEqual(len(self._complaints()), 2)
        for answer in (old, new):
            self.assertIn("Thank you", answer.text)
            for number in self._complaints().mapped("name"):
                self.assertNotIn(number, answer.text)

    def test_robot_is_told_nothing(self):
        answer = self._send(self.url_open(self.url), website="https://spam.example")
        self.assertIn("Thank you", answer.text)
        self.assertFalse(self._complaints())

    def test_rate(self):
        self.door.rate_limit = 1
        hits = type(self.env["auto.intake.hit"])
        with patch.object(hits, "_seconds_to_wait", return_value=30):
            answer = self._send(self.url_open(self.url))
        self.assertIn("try again", answer.text)
        self.assertFalse(self._complaints())

    def test_closed_door(self):
        self.assertEqual(self.url_open("/auto/complaint/nobody").status_code, 404)
        self.door.has_form = False
        self.env.flush_all()
        self.assertEqual(self.url_open(self.url).status_code, 404)


@tagged("post_install", "-at_install")
class TestComplaintPortal(HttpCase, ComplaintCase):
    """A customer's own page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_users = {}
        for login in ("portal_one", "portal_two"):
            user = new_test_user(
                cls.env, login, groups="base.group_portal", password=login
            )
            user.partner_id.write(
                {
                    "lang": "en_US",
                    "auto_store_id": cls.store.id,
                    "store_ids": [(6, 0, cls.store.ids)],
                    "is_auto_customer": True,
                }
            )
            cls.portal_users[login] = user
        cls.own = cls.portal_users["portal_one"].partner_id
        cls.vehicle._change_owner(cls.own)

    def _page(self, path="", **data):
        page = self.url_open(f"/my/complaints{path}")
        if not data:
            return page
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        nonce = re.search(r'name="nonce"[^>]*value="([^"]+)"', page.text)
        data["csrf_token"] = token.group(1)
        if nonce:
            data["nonce"] = nonce.group(1)
        target = data.pop("target", path)
        return self.url_open(f"/my/complaints{target}", data=data)

    def test_whole_way(self):
        self.authenticate("portal_one", "portal_one")
        answer = self._page(
            "/new", description="The radio is dead.", vehicle=str(self.vehicle.id)
        )
        complaint = self.env["auto.complaint"].search(
            [("partner_id", "=", self.own.id)]
        )
        self.assertIn(complaint.name, answer.text)
        self.assertEqual(complaint.vehicle_id, self.vehicle)
        self.assertEqual(complaint.company_id, self.store)
        self.assertEqual(complaint.channel, "portal")
        self.assertIn(complaint.name, self._page().text)
        self.assertIn("Complaints", self.url_open("/my/home").text)
        path = f"/{complaint.id}"
        complaint.with_user(self.desk).user_id = self.desk
        # What the house writes for itself is not shown.
        complaint.message_post(body="He is always angry")
        answer = self._page(path, target=f"{path}/say", text="And the clock too.")
        self.assertIn("And the clock too.", answer.text)
        self.assertNotIn("always angry", answer.text)
        self.assertEqual(complaint.contact_count, 2)
        answer = self._page(path, target=f"{path}/say", decision="satisfied", text="x")
        self.assertIn("cannot be done now", answer.text)
        complaint.with_user(self.desk)._answer("We replace it.")
        self.env.flush_all()
        answer = self._page(path, target=f"{path}/say", decision="unsatisfied")
        self.assertIn("still wrong", answer.text)
        answer = self._page(
            path, target=f"{path}/say", decision="unsatisfied", text="Still dead."
        )
        self.assertEqual(complaint.reopen_count, 1)
        complaint.with_user(self.desk)._answer("Replaced again.")
        self.env.flush_all()
        self._page(path, target=f"{path}/say", decision="satisfied", text="Thanks")
        self.assertEqual(complaint.state, "closed")
        self.assertEqual(complaint.closed_by, "customer")
        self.assertEqual(complaint.closing_reason, "Thanks")

    def test_pages_open(self):
        complaint = self._take_down(partner_id=self.own.id)
        self.env.flush_all()
        self.authenticate("portal_one", "portal_one")
        for path in ("", "/page/0", "/page/1", "/page/9", "/new", f"/{complaint.id}"):
            with self.subTest(path):
                self.assertEqual(self._page(path).status_code, 200)
        answer = self._page(f"/{complaint.id}", target=f"/{complaint.id}/say", text="x")
        self.assertEqual(answer.status_code, 200)

    def test_strangers_see_nothing(self):
        complaint = self._take_down(partner_id=self.own.id)
        self.env.flush_all()
        self.authenticate("portal_two", "portal_two")
        self.assertEqual(self._page(f"/{complaint.id}").status_code, 404)
        self.assertNotIn(complaint.name, self._page().text)
        answer = self._page("/new", target=f"/{complaint.id}/say", text="Mine")
        self.assertEqual(answer.status_code, 404)
        answer = self._page(
            "/new", description="Not my car", vehicle=str(self.vehicle.id)
        )
        other = self.env["auto.complaint"].search(
            [("partner_id", "=", self.portal_users["portal_two"].partner_id.id)]
        )
        self.assertFalse(other.vehicle_id)
        self.assertFalse(
            self.env["auto.complaint"]
            .with_user(self.portal_users["portal_one"])
            .has_access("read"),
            "pages only: the house's notes are not read by a program",
        )

    def test_nothing_written(self):
        self.authenticate("portal_one", "portal_one")
        answer = self._page("/new", description=" ")
        self.assertIn("what happened", answer.text)
