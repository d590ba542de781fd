import hashlib
import hmac
import json
import time
from unittest.mock import patch

import psycopg2

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_lead.models.auto_intake_source import AutoIntakeSource

from .test_intake import SPELLINGS, IntakeCase


class DoorCase(IntakeCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["auto.lead.horizon"].search([]) or cls.env["auto.lead.horizon"].create(
            {"name": "3 months", "code": "3m", "months": 3}
        )

    def deliver(
        self,
        body,
        *,
        door="json",
        token="test-token",  # noqa: S107
        secret="test-secret",  # noqa: S107
        key=None,
        timestamp=None,
        headers=None,
        content_type="application/json",
    ):
        if isinstance(body, dict):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        timestamp = str(int(time.time()) if timestamp is None else timestamp)
        all_headers = {"Content-Type": content_type}
        if secret:
            digest = hmac.new(
                secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256
            ).hexdigest()
            all_headers |= {
                "X-AutoCrm-Timestamp": timestamp,
                "X-AutoCrm-Signature": f"sha256={digest}",
            }
        if key:
            all_headers["Idempotency-Key"] = key
        self.env.flush_all()
        return self.opener.post(
            f"{self.base_url()}/auto_crm/intake/{token}/{door}",
            data=body,
            headers=all_headers | (headers or {}),
            timeout=30,
        )

    def leads(self):
        return self.env["crm.lead"].search([("company_id", "=", self.store.id)])

    def intakes(self):
        return self.env["auto.lead.intake"].search([("source_id", "=", self.source.id)])

    def assertRefused(  # noqa: N802 as the other assertions
        self, response, status, code, kept=None
    ):
        self.assertEqual(response.status_code, status, response.text)
        self.assertEqual(response.json()["error"], code)
        self.assertTrue(response.json()["message"])
        self.assertFalse(self.leads())
        if kept is not None:
            self.assertEqual(len(self.intakes()), kept)
            self.assertLessEqual(set(self.intakes().mapped("state")), {"quarantined"})


@tagged("post_install", "-at_install")
class TestJsonDoor(DoorCase):
    person = {"name": "王芳", "phone": "138 0013 8000", "message": "Preis?"}

    def test_new_known_and_repeated(self):
        first = self.deliver(self.person, key="k1")
        self.assertEqual(first.status_code, 201, first.text)
        lead = self.leads()
        self.assertEqual(first.json(), {"lead": lead.public_ref, "created": True})
        again = self.deliver(self.person, key="k1")
        self.assertEqual(again.status_code, 200)
        self.assertEqual(again.json(), {"lead": lead.public_ref, "created": False})
        self.assertEqual(len(lead.contact_ids), 1)
        other = self.deliver(self.person | {"phone": SPELLINGS[5]}, key="k2")
        self.assertEqual(other.status_code, 200)
        self.assertEqual(other.json()["lead"], lead.public_ref)
        self.env.invalidate_all()
        self.assertEqual(len(lead.contact_ids), 2)
        self.assertEqual(lead.intake_source_id, self.source)
        self.assertEqual(lead.intake_ids[0].body_format, "json")
        self.assertIn("王芳", json.loads(lead.intake_ids[-1].raw)["name"])

    def test_key_with_another_body(self):
        self.deliver(self.person, key="k1")
        response = self.deliver(self.person | {"message": "no"}, key="k1")
        self.assertEqual(response.status_code, 409)
        self.assertEqual(len(self.leads().contact_ids), 1)
        self.assertIn("quarantined", self.intakes().mapped("state"))

    def test_repeat_without_key(self):
        self.assertEqual(self.deliver(self.person).status_code, 201)
        self.assertEqual(self.deliver(self.person).status_code, 200)
        self.assertEqual(len(self.leads().contact_ids), 1)

    def test_external_ref(self):
        body = self.person | {"external_ref": "web-1"}
        self.assertEqual(self.deliver(body, key="a").status_code, 201)
        self.assertEqual(self.deliver(body, key="b").status_code, 200)
        self.assertEqual(len(self.leads().contact_ids), 1)

    def test_signature(self):
        self.assertRefused(
            self.deliver(self.person, token="nobody"), 401, "unknown_source", 0
        )
        self.assertRefused(self.deliver(self.person, secret=None), 401, "unsigned", 1)
        self.assertRefused(
            self.deliver(self.person | {"a": 1}, secret="x"), 401, "bad_signature", 2
        )
        old = int(time.time()) - 601
        self.assertRefused(
            self.deliver(self.person | {"a": 2}, timestamp=old), 403, "expired", 3
        )
        early = int(time.time()) + 660
        self.assertRefused(
            self.deliver(self.person | {"a": 3}, timestamp=early), 403, "expired", 4
        )
        self.assertRefused(
            self.deliver(self.person | {"a": 4}, timestamp="²"), 401, "bad_timestamp", 5
        )
        self.source.active = False
        self.assertRefused(self.deliver(self.person), 403, "closed", 5)

    def test_clock_within_ten_minutes(self):
        response = self.deliver(self.person, timestamp=int(time.time()) - 590)
        self.assertEqual(response.status_code, 201)

    def test_bad_bodies(self):
        cases = (
            (b"", "empty", 0),
            (b"{", "bad_json", 1),
            (b"[]", "bad_json", 2),
            (b'"x"', "bad_json", 3),
            (b'{"name": NaN}', "bad_json", 4),
            (b'{"name": "a\x00b", "phone": "13800138000"}', "bad_json", 5),
            ('{"name": "王芳"}'.encode("gbk"), "bad_encoding", 6),
            (b"[" * 100000, "bad_json", 7),
            (b'{"phone": "13800138000"}', "invalid", 8),
            (b'{"name": "A"}', "invalid", 9),
            (b'{"name": "A\\u0000", "phone": "13800138000"}', "invalid", 10),
            (b'{"name": "A", "phone": "12"}', "invalid", 11),
        )
        for body, code, kept in cases:
            with self.subTest(body=body[:40]):
                self.assertRefused(self.deliver(body), 400, code, kept)
        self.assertRefused(self.deliver(b"{"), 400, "bad_json", 11)

    def test_same_key_twice_in_an_object_is_read(self):
        body = b'{"name": "A", "name": "B", "phone": "13800138000"}'
        self.assertEqual(self.deliver(body).status_code, 201)

    def test_too_large(self):
        for content_type in ("application/json", "application/x-www-form-urlencoded"):
            for size in (1024 * 1024 + 1, 10 * 1024 * 1024):
                response = self.deliver(b"x" * size, content_type=content_type)
                self.assertRefused(response, 413, "too_large", 0)

    def test_content_type_of_a_form(self):
        response = self.deliver(
            self.person, content_type="application/x-www-form-urlencoded"
        )
        self.assertEqual(response.status_code, 201, response.text)

    def test_too_many(self):
        self.source.rate_limit = 2
        # Around a full minute the count begins anew; six calls still meet it. Empty
        # bodies, since a test's transactions are nested, and an intake's would
        # take the count back.
        statuses = [self.deliver(b"") for _index in range(6)]
        refused = [r for r in statuses if r.status_code == 429]
        self.assertTrue(refused)
        self.assertTrue(1 <= int(refused[0].headers["Retry-After"]) <= 60)
        self.assertEqual(refused[0].json()["error"], "too_many")

    def test_database_away(self):
        def away(*_args):
            raise psycopg2.OperationalError("server closed the connection")

        with (
            patch.object(AutoIntakeSource, "_by_token", away),
            mute_logger("odoo.http", "odoo.addons.auto_crm_lead.controllers.outage"),
        ):
            response = self.deliver(self.person)
        self.assertEqual(response.status_code, 503)
        self.assertTrue(response.headers["Retry-After"])

    def test_no_user_from_outside(self):
        user = self.users["consultant", 2]
        body = self.person | {"user_id": user.id, "team_id": 1, "company_id": 1}
        self.deliver(body)
        self.assertNotEqual(self.leads().user_id, user)
        self.assertEqual(self.leads().company_id, self.store)

    def test_replay(self):
        self.deliver({"name": "A", "phone": "nobody"}, key="r")
        intake = self.intakes()
        self.assertEqual(intake.state, "quarantined")
        manager = intake.with_user(self.users["store_manager", 1])
        manager.corrected_body = '{"name": "A", "phone": "13800138000"}'
        manager.action_replay()
        self.assertEqual(intake.state, "replayed")
        self.assertEqual(intake.lead_id, self.leads())
        self.assertEqual(intake.lead_id.intake_source_id, self.source)
        self.assertIn("nobody", intake.raw)

    def test_get_is_no_delivery(self):
        response = self.url_open("/auto_crm/intake/test-token/json")
        self.assertIn(response.status_code, (404, 405))


@tagged("post_install", "-at_install")
class TestAdfDoor(DoorCase):
    message = """<?xml version="1.0"?><?adf version="1.0"?><adf><prospect>
        <id sequence="1" source="Portal">77</id>
        <vehicle status="new"><make>Toyota</make><model>Corolla</model></vehicle>
        <customer><contact><name part="full">Leon</name>
        <phone>13800138000</phone></contact>
        <timeframe><description>within 3 months</description></timeframe>
        </customer></prospect></adf>"""

    def test_signed(self):
        response = self.deliver(self.message, door="adf", content_type="text/xml")
        self.assertEqual(response.status_code, 201, response.text)
        lead = self.leads()
        self.assertEqual(lead.wanted_text, "Toyota Corolla")
        self.assertEqual(lead.need_condition, "new")
        self.assertEqual(lead.horizon_id.code, "3m")
        self.assertEqual(lead.intake_ids.external_ref, "Portal:77")
        again = self.deliver(
            self.message.replace("<vehicle", "\n <vehicle"), door="adf"
        )
        self.assertEqual(again.status_code, 200)
        self.assertEqual(again.json()["lead"], lead.public_ref)
        self.assertEqual(len(lead.contact_ids), 1)

    def test_unsigned_by_permission_only(self):
        refused = self.deliver(self.message, door="adf", secret=None)
        self.assertRefused(refused, 401, "unsigned")
        self.source.allow_unsigned_adf = True
        response = self.deliver(self.message, door="adf", secret=None)
        self.assertEqual(response.status_code, 201, response.text)
        wrong = self.deliver(self.message, door="adf", secret="wrong")
        self.assertEqual(wrong.status_code, 401)
        json_door = self.deliver({"name": "A", "phone": "13800138001"}, secret=None)
        self.assertEqual(json_door.status_code, 401)

    def test_two_prospects_or_none(self):
        second = self.message.replace(">77<", ">78<").replace("8000<", "8001<")
        prospect = second[second.index("<prospect") : second.index("</adf>")]
        both = self.message.replace("</adf>", f"{prospect}</adf>")
        bad = both.replace("13800138001", "none")
        self.assertRefused(self.deliver(bad, door="adf"), 400, "invalid", 1)
        response = self.deliver(both, door="adf")
        self.assertEqual(response.status_code, 201, response.text)
        self.assertEqual(len(response.json()["leads"]), 2)
        self.assertEqual(len(self.leads()), 2)

    def test_no_adf(self):
        for body in ("<html/>", "hello", "{}", "<adf></adf>"):
            self.assertRefused(self.deliver(body, door="adf"), 400, "bad_adf")
