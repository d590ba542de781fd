import base64
import re
import time
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from odoo.addons.auto_crm_base.controllers import public_form

from .test_intake import IntakeCase


@tagged("post_install", "-at_install")
class TestWebsiteForm(IntakeCase, HttpCase):
    url = "/auto/enquiry/test-token"

    def fill_in(self, page, **values):
        hidden = dict(
            re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        )
        data = {"name": "王芳", "phone": "138 0013 8000", "consent": "1", **hidden}
        data |= values
        with patch.object(public_form, "MIN_SECONDS", 0):
            return self.url_open(self.url, data=data)

    def leads(self):
        return self.env["crm.lead"].search([("company_id", "=", self.store.id)])

    def test_enquiry(self):
        page = self.url_open(self.url)
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.store.name, page.text)
        answer = self.fill_in(page, model="Corolla", message="Price?")
        lead = self.leads()
        self.assertIn(lead.public_ref, answer.text)
        self.assertEqual(lead.intake_channel_id.code, "website")
        self.assertEqual(lead.wanted_text, "Corolla")
        self.assertIn("consents", lead.intake_ids.raw)
        self.fill_in(page, model="Corolla", message="Price?")
        self.assertEqual(len(self.leads().contact_ids), 1, "sent twice by a slip")

    def test_consent_is_kept_as_shown(self):
        self.source.privacy_text = "Keep my data and call me."
        self.source.marketing_text = "Send me offers."
        self.env.flush_all()
        page = self.url_open(self.url)
        self.assertIn("Send me offers.", page.text)
        self.fill_in(page, marketing="1")
        lead = self.leads()
        consents = lead.partner_id.consent_ids
        by_purpose = consents.grouped("purpose")
        enquiry = by_purpose["enquiry"]
        self.assertEqual(enquiry.wording, "Keep my data and call me.")
        self.assertEqual(
            (enquiry.channel, enquiry.state, enquiry.source), ("all", "given", "web")
        )
        self.assertEqual(enquiry.company_id, self.store)
        self.assertFalse(enquiry.user_id)
        self.assertIn(lead.public_ref, base64.b64decode(enquiry.proof).decode())
        self.assertEqual(
            set(by_purpose["marketing"].mapped("channel")), {"phone", "sms"}
        )
        self.assertEqual(
            set(by_purpose["marketing"].mapped("wording")), {"Send me offers."}
        )
        self.fill_in(page, marketing="1")
        self.assertEqual(lead.partner_id.consent_ids, consents, "sent twice by a slip")

    def test_marketing_is_a_choice_and_lifts_no_refusal(self):
        self.fill_in(self.url_open(self.url), marketing="1")
        partner = self.leads().partner_id
        self.assertEqual(partner.consent_ids.mapped("purpose"), ["enquiry"])
        self.source.marketing_text = "Send me offers."
        partner.action_auto_opt_out()
        self.env.flush_all()
        self.fill_in(self.url_open(self.url), marketing="1")
        self.assertEqual(partner.consent_sms, "withdrawn")
        self.assertTrue(partner.phone_sanitized_blacklisted)

    def test_city_gives_the_region(self):
        self.fill_in(self.url_open(self.url), city="江苏")
        self.assertEqual(self.leads().state_id.name, "江苏省")

    def test_error_keeps_what_was_typed(self):
        page = self.url_open(self.url)
        answer = self.fill_in(page, phone="not a number", message="<b>keep</b>")
        self.assertFalse(self.leads())
        self.assertIn("alert-danger", answer.text)
        self.assertIn("not a number", answer.text)
        self.assertIn("&lt;b&gt;keep", answer.text)
        for missing in ("name", "phone", "consent"):
            answer = self.fill_in(page, **{missing: ""})
            self.assertIn("alert-danger", answer.text)
        self.assertFalse(self.leads())

    def test_robots(self):
        page = self.url_open(self.url)
        answer = self.fill_in(page, website="http://spam", phone="13800138999")
        self.assertNotIn("LEAD/", answer.text, "it is told nothing")
        caught = self.leads()
        self.assertTrue(caught.is_spam, "kept apart by the rules, reversibly")
        self.assertFalse(caught.user_id)
        self.assertFalse(caught.partner_id.consent_ids)
        self.env["auto.spam.rule"].search([("kind", "=", "honeypot")]).active = False
        self.fill_in(self.url_open(self.url), website="x", phone="13800138998")
        self.assertFalse((self.leads() - caught).is_spam, "the rule decides")
        before = self.leads()
        self.assertIn("alert-danger", self.fill_in(page, stamp="0" * 64).text)
        self.assertIn("alert-danger", self.fill_in(page, stamp="é").text)
        old = str(int(time.time()) - 90000)
        self.assertIn("alert-danger", self.fill_in(page, moment=old).text)
        self.assertEqual(self.leads(), before)
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        data = {"name": "A", "phone": "13800138000", "consent": "1", **dict(hidden)}
        moment = patch.object(public_form, "MIN_SECONDS", 100)
        with moment:
            self.assertIn("alert-danger", self.url_open(self.url, data=data).text)
        self.assertEqual(self.leads(), before)

    def test_shut_or_unknown(self):
        self.assertEqual(self.url_open("/auto/enquiry/nobody").status_code, 404)
        self.source.has_form = False
        self.env.flush_all()
        self.assertEqual(self.url_open(self.url).status_code, 404)

    def test_language(self):
        for code in ("en_US", "zh_CN"):
            self.env["res.lang"]._activate_lang(code)
        self.env.flush_all()
        page = self.url_open(f"{self.url}?lang=zh_CN")
        self.assertIn('lang="zh-CN"', page.text)
        page = self.url_open(self.url, headers={"Accept-Language": "zh-CN,zh;q=0.9"})
        self.assertIn('lang="zh-CN"', page.text)
        page = self.url_open(self.url, headers={"Accept-Language": "en-GB"})
        self.assertIn('lang="en-US"', page.text)
