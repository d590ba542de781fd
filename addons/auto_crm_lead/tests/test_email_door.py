from email.message import EmailMessage
from pathlib import Path

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.translate import code_translations

from .test_intake import IntakeCase

DATA = Path(__file__).parents[3] / "tests" / "data" / "mail"


@tagged("post_install", "-at_install")
class TestEmailDoor(IntakeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create(
            {
                "name": "huaxing.example.com",
                "bounce_alias": "b9",
                "catchall_alias": "c9",
            }
        )
        cls.source.write(
            {
                "alias_name": "leads",
                "alias_domain_id": cls.domain.id,
                "channel_id": cls.env.ref("auto_crm_lead.channel_email").id,
            }
        )

    def receive(self, message):
        if isinstance(message, EmailMessage):
            message = message.as_bytes()
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            return self.env["mail.thread"].message_process(False, message)

    def mail(self, text, **headers):
        message = EmailMessage()
        headers = {key.replace("_", "-"): value for key, value in headers.items()}
        headers = {
            "From": "Li Na <li.na@example.com>",
            "To": "leads@huaxing.example.com",
            "Subject": "Corolla",
            "Message-Id": "<m1@example.com>",
            **headers,
        }
        for name, value in headers.items():
            message[name] = value
        message.set_content(text)
        return message

    def leads(self):
        return self.env["crm.lead"].search(
            [("intake_source_id", "=", self.source.id)], order="id"
        )

    def test_plain_mail(self):
        self.receive(self.mail("有现车吗？电话 138 0013 8000\n\n> quoted 13900139000"))
        lead = self.leads()
        self.assertEqual(lead.contact_name, "Li Na")
        self.assertEqual(lead.phone, "+86 138 0013 8000")
        self.assertEqual(lead.email_from, "li.na@example.com")
        self.assertEqual(lead.company_id, self.store)
        self.assertIn("有现车吗", lead.contact_ids.summary)
        self.assertTrue(lead.message_ids.filtered(lambda m: m.message_type == "email"))

    def test_same_message_again(self):
        mail = self.mail("Hello")
        self.receive(mail)
        self.receive(mail)
        self.assertEqual(len(self.leads()), 1)
        self.assertEqual(len(self.leads().contact_ids), 1)

    def test_answer_is_a_contact(self):
        self.receive(self.mail("Hello"))
        answer = self.mail(
            "Tomorrow?", Message_Id="<m2@example.com>", In_Reply_To="<m1@example.com>"
        )
        self.receive(answer)
        self.assertEqual(len(self.leads()), 1)
        self.assertEqual(len(self.leads().contact_ids), 2)

    def test_machines_are_no_prospects(self):
        self.receive(self.mail("I am away", Auto_Submitted="auto-replied"))
        self.receive(
            self.mail("Away", Message_Id="<m3@x.example>", Precedence="auto_reply")
        )
        self.assertFalse(self.leads())

    def test_bad_adf_waits_in_quarantine(self):
        self.receive(
            self.mail(
                "<adf><prospect><id source='P'>1</id><customer><contact>"
                "<name>A</name></contact></customer></prospect></adf>"
            )
        )
        self.assertFalse(self.leads())
        intake = self.env["auto.lead.intake"].search(
            [("source_id", "=", self.source.id)]
        )
        self.assertEqual(intake.state, "quarantined")
        self.assertEqual(intake.body_format, "adf")

    def test_error_is_in_the_language_of_the_store(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.store.partner_id.lang = "zh_CN"
        translated = self.patch_translation("There is no prospect in the message.")
        self.receive(self.mail("<adf><prospects/></adf>"))
        intake = self.env["auto.lead.intake"].search(
            [("source_id", "=", self.source.id)]
        )
        self.assertEqual(intake.error, translated)

    def patch_translation(self, source):
        """Translate ``source`` of the addon to Chinese, for this test."""
        catalogue = code_translations.get_python_translations("auto_crm_lead", "zh_CN")
        text = f"中文 {source}"
        patched = {**catalogue, source: text}
        self.patch(
            code_translations,
            "python_translations",
            {
                **code_translations.python_translations,
                ("auto_crm_lead", "zh_CN"): patched,
            },
        )
        return text

    def test_adf_with_two_prospects_is_posted_on_each(self):
        prospect = (
            "<prospect><id source='P'>{0}</id><customer><contact><name part='full'>"
            "Person {0}</name><phone>1380013{0}</phone></contact></customer></prospect>"
        )
        body = f"<adf>{prospect.format(9101)}{prospect.format(9102)}</adf>"
        self.receive(self.mail(body, Subject="Two of them"))
        leads = self.leads()
        self.assertEqual(len(leads), 2)
        for lead in leads:
            mail = lead.message_ids.filtered(lambda m: m.message_type == "email")
            self.assertEqual(mail.subject, "Two of them")
            self.assertNotIn("Person", mail.body, "nobody reads of the others")
            self.assertEqual(len(lead.contact_ids), 1, "logged once")
        self.receive(self.mail(body, Subject="Two of them"))
        self.assertEqual(len(self.leads().contact_ids), 2)

    def test_mail_with_one_adf_prospect_is_one_contact(self):
        self.receive(
            self.mail(
                "<adf><prospect><id source='P'>5</id><customer><contact>"
                "<name part='full'>One</name><phone>13800139105</phone></contact>"
                "</customer></prospect></adf>"
            )
        )
        lead = self.leads()
        self.assertEqual(len(lead.contact_ids), 1)
        self.assertTrue(lead.message_ids.filtered(lambda m: m.message_type == "email"))

    def test_what_a_colleague_writes_is_a_contact_once(self):
        self.receive(self.mail("Hello"))
        lead = self.leads()
        consultant = self.users["consultant", 1]
        lead.write({"user_id": consultant.id})
        self.assertFalse(lead.first_touch_date)
        mine = lead.with_user(consultant)
        mine.message_post(body="Only a note", subtype_xmlid="mail.mt_note")
        mine.message_post(body="To nobody", subtype_xmlid="mail.mt_comment")
        self.assertEqual(len(lead.contact_ids), 1)
        mine.message_post(
            body="We have it in red",
            subject="Your Corolla",
            subtype_xmlid="mail.mt_comment",
            message_type="comment",
            partner_ids=lead.partner_id.ids,
        )
        contact = lead.contact_ids.filtered(lambda c: c.direction == "out")
        self.assertEqual(len(contact), 1)
        self.assertEqual((contact.channel, contact.user_id), ("email", consultant))
        self.assertIn("We have it in red", contact.summary)
        self.assertTrue(lead.first_touch_date)
        self.assertEqual(lead.last_contact_summary[:12], "Your Corolla")
        self.assertGreater(lead.next_followup_date, fields.Date.today())
        touched = lead.first_touch_date
        mine.message_post(
            body="And in blue",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=lead.partner_id.ids,
        )
        self.assertEqual(len(lead.contact_ids), 3)
        self.assertEqual(lead.first_touch_date, touched)

    def test_what_the_system_writes_is_no_contact(self):
        self.receive(self.mail("Hello"))
        lead = self.leads()
        lead.message_post(
            body="Automatic",
            subtype_xmlid="mail.mt_comment",
            partner_ids=lead.partner_id.ids,
        )
        self.assertEqual(len(lead.contact_ids), 1)
        self.assertFalse(lead.first_touch_date)

    def test_team_alias_as_odoo_has_it(self):
        team = self.env["crm.team"].create(
            {
                "name": "T",
                "company_id": self.store.id,
                "alias_name": "team9",
                "alias_domain_id": self.domain.id,
            }
        )
        self.receive(self.mail("Hello", To="team9@huaxing.example.com"))
        lead = self.env["crm.lead"].search([("team_id", "=", team.id)])
        self.assertEqual(lead.name, "Corolla")

    def test_mails_as_the_world_sends_them(self):
        if not DATA.is_dir():
            self.skipTest("the addon is installed without the repository's files")
        for path in sorted(DATA.glob("*.eml")):
            self.receive(path.read_bytes())
        leads = self.leads()
        by_email = {lead.email_from: lead for lead in leads}
        first = by_email["zhaoqing@example.com"]
        self.assertEqual(first.phone, "+86 199 0001 9101")
        self.assertIn("高尔夫", "".join(first.contact_ids.mapped("summary")))
        self.assertEqual(len(first.contact_ids), 3, "mail, answer and second mail")
        self.assertEqual(
            by_email["katrin.vogel@example.net"].phone, "+86 199 0001 9102"
        )
        self.assertIn("amara.okoye@example.com", by_email)
        nobody = by_email["fan.mei@example.com"]
        self.assertEqual(nobody.phone, "+86 199 0001 9110")
        self.assertFalse(
            leads.filtered(lambda lead: "hexue" in (lead.email_from or ""))
        )
        self.assertEqual(len(leads), 5)
