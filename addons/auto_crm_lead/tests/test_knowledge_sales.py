from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged, warmup

from odoo.addons.auto_crm_lead.models import auto_knowledge_sales

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestKnowledgeSales(LeadCase):
    """What salespeople read and send about the cars that a prospect wishes for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["auto.knowledge.article"].search([])._step("retired", is_public=False)
        brand = cls.env["fleet.vehicle.model.brand"].create({"name": "Test brand"})
        cls.wanted, cls.other = cls.env["fleet.vehicle.model"].create(
            [{"name": name, "brand_id": brand.id} for name in ("Wanted", "Other")]
        )
        competitor = cls.env["auto.competitor"].create({"name": "Rival & Sons"})
        cls.rival = cls.env["auto.competitor.model"].create(
            {
                "name": "Quokka",
                "competitor_id": competitor.id,
                "rival_model_ids": [Command.set(cls.wanted.ids)],
            }
        )
        cls.category = cls.env.ref("auto_crm_base.knowledge_category_arguments")
        cls.lead = cls._lead(
            need_model_ids=[Command.set(cls.wanted.ids)], email_from="one@example.com"
        )

    def _article(self, publish=True, **values):
        article = self.env["auto.knowledge.article"].create(
            {
                "name": "Test article",
                "category_id": self.category.id,
                "company_id": False,
                "body": "<p>What to say</p>",
                **values,
            }
        )
        if publish:
            article._publish()
        return article

    def _file(self, article):
        return self.env["ir.attachment"].create(
            {
                "name": "prices.txt",
                "raw": b"1",
                "res_model": article._name,
                "res_id": article.id,
            }
        )

    def test_closest_first(self):
        general = self._article()
        rival = self._article(competitor_model_ids=[Command.set(self.rival.ids)])
        wanted = self._article(model_ids=[Command.set(self.wanted.ids)])
        self._article(model_ids=[Command.set(self.other.ids)])
        self._article(date_to=fields.Date.subtract(self.today, days=1))
        self._article(
            category_id=self.env.ref("auto_crm_base.knowledge_category_faults").id
        )
        self._article(publish=False)
        own = self.lead.with_user(self.consultant)
        self.assertEqual(own.knowledge_ids.ids, [wanted.id, rival.id, general.id])
        own.need_model_ids = self.other
        self.assertNotIn(wanted, own.knowledge_ids)

    def test_closest_however_many_general_ones(self):
        wanted = self._article(model_ids=[Command.set(self.wanted.ids)], sequence=99)
        with patch.object(auto_knowledge_sales, "SHOWN", 1):
            for _number in range(12):
                self._article(sequence=1)
            own = self.lead.with_user(self.consultant)
            self.assertEqual(own.knowledge_ids, wanted)

    def test_found_by_the_competitors_name(self):
        rival = self._article(competitor_model_ids=[Command.set(self.rival.ids)])
        found = self.env["auto.knowledge.article"]._find("quok", area="sales")
        self.assertEqual(found, rival)
        action = self.lead.with_user(self.consultant).action_open_knowledge()
        articles = self.env["auto.knowledge.article"].with_user(self.consultant)
        words = [("words", "ilike", "rival")]
        self.assertEqual(articles.search(action["domain"] + words), rival)

    def test_attached_to_an_email(self):
        article = self._article(publish=False, for_customers=True)
        article.file_ids = self._file(article)
        article._publish()
        own = article.with_user(self.consultant).with_context(auto_lead_id=self.lead.id)
        action = own.action_send_to_lead()
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(self.consultant)
            .with_context(**action["context"])
        ).save()
        self.assertIn("What to say", composer.body)
        self.assertEqual(composer.attachment_ids, article.file_ids)
        composer.action_send_mail()
        message = self.lead.message_ids[0]
        self.assertEqual(message.subject, "Test article")
        self.assertEqual(message.attachment_ids.mapped("name"), ["prices.txt"])

    def test_file_of_an_article_that_was_not_saved(self):
        """The web client uploads it as nobody's file; readers get it all the same."""
        file, foreign = (
            self.env["ir.attachment"]
            .with_user(user)
            .create(
                {
                    "name": f"{user.login}.txt",
                    "raw": b"A price",
                    "res_model": "auto.knowledge.article",
                    "res_id": 0,
                }
            )
            for user in (self.manager, self.users["store_manager", 1])
        )
        article = (
            self.env["auto.knowledge.article"]
            .with_user(self.manager)
            .create(
                {
                    "name": "With a file",
                    "body": "<p>Text</p>",
                    "for_customers": True,
                    "category_id": self.category.id,
                    "file_ids": [Command.set(file.ids)],
                }
            )
        )
        article.sudo()._publish()
        article.invalidate_recordset()
        own = article.with_user(self.consultant).with_context(auto_lead_id=self.lead.id)
        self.assertEqual(own.file_ids, file)
        context = own.action_send_to_lead()["context"]
        self.assertEqual(context["default_attachment_ids"], [Command.set(file.ids)])
        article.sudo().write({"file_ids": [Command.link(foreign.id)]})
        self.assertFalse(foreign.sudo().res_id, "another's is not taken")

    def test_what_is_not_published_is_not_sent(self):
        article = self._article(for_customers=True)
        sent = article.version_id
        article.write({"body": "<p>Secret</p>", "file_ids": self._file(article)})
        self.assertEqual(article.state, "draft", "files are published, too")
        action = self.lead._send_articles(article)
        self.assertNotIn("Secret", action["context"]["default_body"])
        self.assertFalse(sent.file_ids)
        article.for_customers = False
        self.assertTrue(article.may_send, "until the change is published")
        article._publish()
        with self.assertRaisesRegex(UserError, "for ourselves"):
            self.lead._send_articles(article)

    def test_who_may_not_get_or_send_it(self):
        article = self._article(for_customers=True)
        own = article.with_user(self.consultant)
        with self.assertRaisesRegex(UserError, "Choose the prospect"):
            own.action_send_to_lead()
        theirs = self._lead(
            store=self.stores[2],
            user=self.users["consultant", 2],
            email_from="two@example.com",
        )
        with self.assertRaises(AccessError):
            own.with_context(auto_lead_id=theirs.id).action_send_to_lead()
        self.env["mail.blacklist"]._add("one@example.com")
        self.lead.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "does not accept"):
            own.with_context(auto_lead_id=self.lead.id).action_send_to_lead()
        self.lead.email_from = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            own.with_context(auto_lead_id=self.lead.id).action_send_to_lead()

    @warmup
    def test_queries(self):
        self._article(model_ids=[Command.set(self.wanted.ids)])
        leads = self.lead | self._lead(5, need_model_ids=[Command.set(self.wanted.ids)])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(14):
            leads.with_user(self.consultant).mapped("knowledge_ids.name")
