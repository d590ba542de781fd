from urllib.parse import urlsplit

from lxml import html

from odoo.tests import HttpCase, tagged

from .bulk_common import BulkCase


@tagged("post_install", "-at_install")
class TestBulkOptOut(BulkCase, HttpCase):
    """The way out that each marketing e-mail shows, clicked to its end."""

    def test_the_link_of_an_email_opts_out(self):
        mailing = self._send(self._message(channel="email"))
        mail = self.env["mail.mail"].search([("mailing_id", "=", mailing.id)], limit=1)
        person = self.env["res.partner"].browse(mail.res_id)
        self.assertTrue(person._may_contact("email"))
        body = html.fromstring(mail._prepare_outgoing_list()[0]["body"].strip())
        (link,) = [
            one.get("href")
            for one in body.iter("a")
            if "unsubscribe" in one.get("href")
        ]
        parts = urlsplit(link)
        page = self.url_open(f"{parts.path}?{parts.query}")
        self.assertEqual(page.status_code, 200)
        (form,) = [
            one
            for one in html.fromstring(page.text).forms
            if "confirm_unsubscribe" in (one.action or "")
        ]
        answer = self.url_open(form.action, data=dict(form.fields))
        self.assertEqual(answer.status_code, 200)
        self.env.invalidate_all()
        self.assertFalse(person._may_contact("email"))
        contact = self.env["auto.contact"].search(
            [("partner_id", "=", person.id), ("result", "=", "opt_out")]
        )
        self.assertEqual(len(contact), 1)
        # A reminder of the own car is no advertising.
        self.assertTrue(person._may_contact("email", "service"))
