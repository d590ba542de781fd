from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tools import fulltext

from .common_matrix import MatrixCase
from .vehicle_common import VehicleCase


class KnowledgeCase(VehicleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.users.values():
            user.lang = "en_US"  # the tests compare what people read
        cls.category = cls.env.ref("auto_crm_base.knowledge_category_arguments")

    def _article(self, user=None, publish=False, **values):
        article = (
            self.env["auto.knowledge.article"]
            .with_user(user or self.env.user)
            .create(
                {
                    "name": "Test article",
                    "category_id": self.category.id,
                    "body": "<p>What to say</p>",
                    **values,
                }
            )
        )
        if publish:
            article._publish()
        return article


@tagged("post_install", "-at_install")
class TestKnowledge(KnowledgeCase):
    """Articles are written, published, found and kept."""

    def test_tokens(self):
        self.assertEqual(fulltext.tokens("前刹车片 ABS-2"), "前刹 刹车 车片 片 abs 2")
        self.assertEqual(fulltext.query("刹车片"), "('刹车' <-> '车片')")
        self.assertEqual(fulltext.query("片 Bra"), "'片':* & 'bra':*")
        self.assertEqual(fulltext.query("' & !:*"), "")

    def test_found_by_words(self):
        """Chinese is found by any part of it, other words from their beginning."""
        brakes = self._article(
            name="制动异响", body="<p>前刹车片磨损，brake pads worn.</p>", publish=True
        )
        other = self._article(name="刹车", body="<p>车片</p>", publish=True)
        articles = self.env["auto.knowledge.article"]
        for text in ("刹车片", "车片磨", "磨", "BRAKE pad", "异响 worn", "ｂｒａｋｅ"):
            found = articles._find(text)
            self.assertIn(brakes, found, text)
        self.assertNotIn(other, articles._find("刹车片"))
        self.assertEqual(
            articles.search([("words", "ilike", "制动异响")]) & (brakes | other), brakes
        )
        for nothing in ("异刹", "'); DROP", "…", "<->", "brake & !worn:"):
            articles._find(nothing)
        self.assertNotIn(brakes, articles._find("异刹"))

    def test_ranked(self):
        """The title counts more than the text."""
        text = self._article(name="Other", body="<p>zebra crossing</p>", publish=True)
        title = self._article(name="Zebra", body="<p>crossing</p>", publish=True)
        found = self.env["auto.knowledge.article"]._find("zebra")
        self.assertEqual(found.ids, [title.id, text.id])

    def test_model_and_validity(self):
        today = fields.Date.today()
        other = self.model.copy({"name": "Other"})
        mine = self._article(model_ids=[(6, 0, self.model.ids)], publish=True)
        brand = self._article(brand_ids=[(6, 0, self.brand.ids)], publish=True)
        any_car = self._article(publish=True)
        theirs = self._article(model_ids=[(6, 0, other.ids)], publish=True)
        over = self._article(date_to=fields.Date.subtract(today, days=1), publish=True)
        draft = self._article()
        found = self.env["auto.knowledge.article"]._find(
            "what to say", models=self.model, area="sales", limit=100
        )
        self.assertEqual(
            found & (mine | brand | any_car | theirs | over | draft),
            mine | brand | any_car,
        )

    def test_published_by_another(self):
        """A second person publishes; the text in view stays while it is rewritten."""
        author = self.users["sales_manager", 1]
        article = self._article(author)
        with self.assertRaisesRegex(UserError, "second person"):
            article.action_publish()
        article.action_submit()
        self.assertEqual(article.state, "review")
        reader = article.with_user(self.users["technician", 1])
        self.assertFalse(reader.search([("id", "=", article.id)]))
        approval = article.approval_ids
        with self.assertRaises(UserError):
            approval.with_user(author).action_approve()
        approval.with_user(self.users["store_manager", 1]).action_approve()
        self.assertEqual(article.state, "published")
        self.assertEqual(article.version_number, 1)
        self.assertTrue(reader.search([("id", "=", article.id)]))
        article.body = "<p>Better</p>"
        self.assertEqual(article.state, "draft")
        self.assertIn("What to say", reader.published_body)
        article.action_submit()
        article.name = "Another title"
        self.assertEqual(article.state, "draft")
        self.assertFalse(article.approval_ids.filtered(lambda a: a.state == "waiting"))
        article.with_user(self.users["head_office"]).action_publish()
        self.assertEqual(set(article.version_ids.mapped("number")), {1, 2})
        self.assertEqual(article.version_number, 2)
        self.assertIn("Better", reader.published_body)
        with self.assertRaises(UserError):
            article.unlink()
        article.action_retire()
        self.assertFalse(reader.search([("id", "=", article.id)]))

    def test_guarded(self):
        author = self.users["sales_manager", 1]
        article = self._article(author, state="published", is_public=True)
        self.assertEqual(article.state, "draft")
        for values in ({"state": "published"}, {"is_public": True}, {"read_count": 9}):
            with self.assertRaises(UserError):
                article.write(values)
        with self.assertRaisesRegex(UserError, "no text"):
            self._article(author, body="<p> </p>").action_submit()

    def test_read_count(self):
        article = self._article(publish=True)
        article.with_user(self.users["consultant", 1]).action_read()
        article.with_user(self.users["technician", 1]).action_read()
        article.action_read()  # the author
        self.assertEqual(article.read_count, 2)


@tagged("post_install", "-at_install")
class TestKnowledgeRights(MatrixCase, KnowledgeCase):
    def test_published(self):
        self.check_matrix(
            "auto.knowledge.article",
            """
            consultant: R st, CU own
            sales_manager: CRU st
            adviser: R st, CU own
            technician: R st, CU own
            service_manager: CRU st
            complaint: R st
            callcentre: R st
            store_manager: CRU st
            head_office: CRU all
            auditor: R all
            """,
            self._make(True),
        )

    def test_draft(self):
        self.check_matrix(
            "auto.knowledge.article",
            """
            consultant: CRUD own
            sales_manager: CRUD st
            adviser: CRUD own
            technician: CRUD own
            service_manager: CRUD st
            store_manager: CRUD st
            head_office: CRUD all
            auditor: R all
            """,
            self._make(False),
        )

    def _make(self, publish):
        def make(store, user):
            article = self._article(company_id=store.id, publish=publish)
            article._step(article.state, author_id=user.id)
            return article, None

        return make
