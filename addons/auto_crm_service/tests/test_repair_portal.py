import re

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import ServiceCase
from .test_estimate import PIXEL

SIGNATURE = f"data:image/png;base64,{PIXEL}"


class RepairPortalCase(HttpCase, ServiceCase):
    """A car whose owner is asked by a link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner.lang = "en_US"
        cls.owner.email = "owner@example.com"

    def _asked(self):
        """Return a repair order with an estimate that its owner was sent."""
        repair = self._receive(user_id=self.adviser.id)
        self._job(repair, parts=1)
        repair.action_ask_customer()
        self.env.flush_all()
        return repair

    def _hidden(self, page):
        pattern = r'type="hidden" name="(\w+)" value="([^"]*)"'
        return dict(re.findall(pattern, page.text))

    def _decide(self, repair, page, lines, **values):
        data = {
            **self._hidden(page),
            "name": "Car Owner",
            "signature": SIGNATURE,
            "line": lines.ids,
            **values,
        }
        return self.url_open(f"/my/repairs/{repair.id}/decide", data=data)


@tagged("post_install", "-at_install")
class TestRepairPortal(RepairPortalCase):
    """The customer's page: progress, estimate, decision."""

    def test_decide_by_link(self):
        """Whoever has the link agrees to a part; the car goes to the workshop."""
        repair = self._asked()
        labour, part = repair.line_ids
        page = self.url_open(repair.get_portal_url())
        self.assertIn("Your decision", page.text)
        self.assertIn("Brake pads", page.text)
        answer = self._decide(repair, page, labour)
        self.assertIn("Thank you", answer.text)
        self.assertEqual(labour.decision, "approved")
        self.assertEqual(part.decision, "declined")
        approval = repair.decision_ids
        self.assertEqual(approval.method, "portal")
        self.assertEqual(approval.decided_by, "Car Owner")
        self.assertTrue(approval.signature)
        self.assertEqual(repair.service_state, "queued")
        self.assertIn(
            self.adviser.partner_id,
            repair.message_ids.notified_partner_ids,
            "the adviser is told",
        )

    def test_changed_meanwhile(self):
        """Nobody agrees to a price that they have not seen."""
        repair = self._asked()
        page = self.url_open(repair.get_portal_url())
        repair.line_ids[0].price_unit = 999
        self.env.flush_all()
        answer = self._decide(repair, page, repair.line_ids)
        self.assertIn("changed meanwhile", answer.text)
        self.assertFalse(repair.decision_ids)
        self._decide(repair, self.url_open(repair.get_portal_url()), repair.line_ids)
        self.assertEqual(len(repair.decision_ids), 1)
        answer = self._decide(repair, page, repair.line_ids)
        self.assertIn("changed meanwhile", answer.text, "sent twice")
        self.assertEqual(len(repair.decision_ids), 1)

    def test_refused(self):
        """Without name or signature, or with rubbish, nothing is kept."""
        repair = self._asked()
        page = self.url_open(repair.get_portal_url())
        for values, words in (
            ({"name": " "}, "your name"),
            ({"signature": ""}, "Please sign"),
            ({"signature": "data:image/png;base64,%%"}, "Please sign"),
            ({"signature": "data:image/svg+xml;base64,PHN2Zz4="}, "Please sign"),
            ({"fingerprint": "é"}, "changed"),
        ):
            with self.subTest(values):
                answer = self._decide(repair, page, repair.line_ids, **values)
                self.assertIn(words, answer.text)
        self.assertFalse(repair.decision_ids)
        # Lines of another order count for nothing.
        other = self._asked()
        self._decide(repair, page, other.line_ids, line=[*other.line_ids.ids, "x"])
        self.assertEqual(set(repair.line_ids.mapped("decision")), {"declined"})
        self.assertEqual(set(other.line_ids.mapped("decision")), {"proposed"})

    def test_added_work_asks_again(self):
        """What is still typed is not shown; once sent, it is asked for."""
        repair = self._asked()
        url = repair.get_portal_url()
        self._decide(repair, self.url_open(url), repair.line_ids)
        self._job(repair, concern="Disc is scored")
        self.env.flush_all()
        self.assertNotIn("Disc is scored", self.url_open(url).text)
        share = self.env["auto.repair.share"].with_user(self.adviser)
        action = repair.action_share()
        # As the screen opens it.
        form = Form(share.with_context(**action["context"]))
        self.assertIn(url, form.text)
        wizard = form.save()
        self.assertIn(url, wizard.url)
        self.assertIn(url, wizard.text)
        wizard.action_told()
        self.env.flush_all()
        page = self.url_open(url)
        self.assertIn("Disc is scored", page.text)
        extra = repair.line_ids._to_decide()
        self._decide(repair, page, extra)
        self.assertEqual(extra.decision, "approved")
        self.assertEqual(repair.service_state, "queued")

    def test_mail(self):
        """The mail has the link, in the customer's language."""
        repair = self._receive()
        self._job(repair)
        share = self.env["auto.repair.share"].with_user(self.adviser)
        share.create({"repair_id": repair.id}).action_email()
        self.assertEqual(repair.service_state, "asked")
        message = repair.message_ids.filtered("partner_ids")
        self.assertIn("access_token=", message.body)
        self.owner.email = False
        with self.assertRaisesRegex(UserError, "no e-mail"):
            share.create({"repair_id": repair.id}).action_email()

    def test_old_link(self):
        """Long after the car was returned, the page needs a login."""
        repair = self._asked()
        url = repair.get_portal_url()
        self.env.flush_all()
        self.assertEqual(self.url_open(url).status_code, 200)
        # Back-dated past the buttons.
        for days, status in ((59, 200), (61, 404)):
            self.env.cr.execute(
                "UPDATE repair_order SET date_out = %s WHERE id = %s",
                [fields.Datetime.subtract(fields.Datetime.now(), days=days), repair.id],
            )
            self.env.invalidate_all()
            self.assertEqual(self.url_open(url).status_code, status)

    def test_strangers(self):
        """Without the link, and for other customers, there is no such page."""
        repair = self._asked()
        url = f"/my/repairs/{repair.id}"
        token = self.env["repair.order"].sudo().browse(repair.id).access_token
        for query in ("", "?access_token=", "?access_token=x", "?access_token=é"):
            self.assertEqual(self.url_open(url + query).status_code, 404)
        self.assertFalse(token, "nobody asked for it yet")
        other = self._receive(self._vehicle(self.owner))
        self.assertEqual(
            self.url_open(
                f"{url}?access_token={other.get_portal_url().split('=')[1]}"
            ).status_code,
            404,
        )
        user = new_test_user(self.env, "portal_x", groups="base.group_portal")
        self.authenticate("portal_x", "portal_x")
        self.assertEqual(self.url_open(url).status_code, 404)
        self.assertNotIn(repair.name, self.url_open("/my/repairs").text)
        repair.sudo().partner_id = user.partner_id
        self.env.flush_all()
        self.assertIn(repair.name, self.url_open("/my/repairs").text)
        page = self.url_open(url)
        self.assertEqual(page.status_code, 200)
        self._decide(repair, page, repair.line_ids)
        self.assertEqual(len(repair.decision_ids), 1)
        self.assertFalse(
            self.env["repair.order"].with_user(user).has_access("read"), "pages only"
        )

    def test_house_does_not_decide(self):
        """Who works in the house looks at the page, but neither decides nor gets
        the link without keeping the order."""
        repair = self._asked()
        url = repair.get_portal_url()
        page = self.url_open(url)
        self.adviser.password = "adviser-of-one"
        self.authenticate(self.adviser.login, "adviser-of-one")
        preview = self.url_open(f"/my/repairs/{repair.id}")
        self.assertIn("Only the customer", preview.text)
        self.assertNotIn("/decide", preview.text)
        data = {**self._hidden(page), "csrf_token": self.csrf_token()}
        answer = self._decide(repair, page, repair.line_ids, **data)
        self.assertIn(answer.status_code, (400, 404))
        self.assertFalse(repair.decision_ids)
        with self.assertRaises(AccessError):
            repair.with_user(self.technician).get_portal_url()
        with self.assertRaises(AccessError):
            repair.with_user(self.adviser).read(["access_token"])

    def csrf_token(self):
        page = self.url_open("/my/account")
        return re.search(r'csrf_token: "([^"]+)"', page.text)[1]

    def test_progress(self):
        """Each step in the customer's words, and nothing of the house's notes."""
        repair = self._asked()
        repair.internal_notes = "He is always angry"
        self._agree(repair)
        repair.action_to_workshop()
        url = repair.get_portal_url()
        repair.parts_reason = "Forgotten by the buyer"
        repair.action_wait_for_parts()
        self.env.flush_all()
        page = self.url_open(url).text
        self.assertIn("A part is on its way", page)
        self.assertNotIn("Forgotten", page)
        self.assertNotIn("angry", page)
        repair.parts_told = "The pads come on Monday"
        self.env.flush_all()
        self.assertIn("come on Monday", self.url_open(url).text)
        repair.action_parts_here()
        self.assertFalse(repair.parts_told)
        self._work(repair)
        self.assertEqual(repair._portal_steps()[-3]["state"], "now")
        repair.with_user(self.service_manager).action_quality_passed()
        self.env.flush_all()
        self.assertIn("You can pick it up", self.url_open(url).text)

    def test_photos(self):
        """Photos that are shared are shown to who has the link, others never."""
        repair = self._asked()
        job = repair.job_ids
        shown, hidden = (
            self.env["auto.repair.photo"]
            .with_user(self.technician)
            .create(
                [
                    {"job_id": job.id, "image": PIXEL, "name": "Pad"},
                    {"job_id": job.id, "image": PIXEL, "is_shared": False},
                ]
            )
        )
        self.assertEqual(shown.repair_id, repair)
        with self.assertRaises(UserError):
            shown.image = PIXEL
        url = repair.get_portal_url()
        self.env.flush_all()
        token = url.split("?")[1]
        path = f"/my/repairs/{repair.id}/photo/"
        self.assertEqual(self.url_open(f"{path}{shown.id}?{token}").status_code, 200)
        self.assertEqual(self.url_open(f"{path}{hidden.id}?{token}").status_code, 404)
        self.assertEqual(self.url_open(f"{path}{shown.id}").status_code, 404)
        self._agree(repair)
        with self.assertRaisesRegex(UserError, "kept"):
            shown.unlink()
        hidden.unlink()

    def test_print_outs(self):
        """Every sheet in both languages; the workshop's has no prices."""
        self.env["res.lang"]._activate_lang("zh_CN")
        repair = self._asked()
        self._agree(repair)
        repair.action_to_workshop()
        self._work(repair)
        reports = self.env["ir.actions.report"].with_user(self.adviser)
        for lang in ("en_US", "zh_CN"):
            self.owner.lang = lang
            for name in ("reception", "estimate", "jobs", "settlement"):
                with self.subTest(name, lang=lang):
                    html = reports._render_qweb_html(
                        f"auto_crm_service.report_repair_{name}", repair.ids
                    )[0].decode()
                    self.assertIn(repair.name, html)
                    self.assertIn("Noise from the front", html)
                    priced = name in ("estimate", "settlement")
                    self.assertEqual("480" in html, priced)
