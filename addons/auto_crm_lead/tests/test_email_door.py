from email.message import EmailMessage
from pathlib import Path

from odoo.tests import tagged
from odoo.tools import mute_logger

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
