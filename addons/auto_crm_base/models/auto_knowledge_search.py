from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ..tools import fulltext


class AutoKnowledgeArticle(models.Model):
    """Finding articles: by words, Chinese ones too, by model and by what fits."""

    _inherit = "auto.knowledge.article"

    search_tokens = fields.Text(readonly=True, copy=False, prefetch=False)
    words = fields.Char(
        string="Search for",
        compute="_compute_words",
        search="_search_words",
        help="All words, each from its beginning, in title and text.",
    )

    _words_idx = models.Index("USING gin (to_tsvector('simple', search_tokens))")

    def _compute_words(self):
        self.words = False

    def _search_words(self, operator, value):
        if operator not in ("ilike", "=ilike", "in", "like"):
            return NotImplemented
        texts = [value] if isinstance(value, str) else [one for one in value if one]
        queries = [self._query_sql(text) for text in texts]
        return Domain.OR(
            Domain("id", "in", SQL("(%s)", query)) for query in queries if query
        )

    @api.model
    def _query_sql(self, text):
        """Return the query of the ids in which all words are, the best first."""
        typed = fulltext.query(text)
        if not typed:
            return None
        self.flush_model(["search_tokens"])
        return SQL(
            """SELECT id FROM auto_knowledge_article
                WHERE to_tsvector('simple', search_tokens)
                      @@ to_tsquery('simple', %(typed)s)
             ORDER BY ts_rank(to_tsvector('simple', search_tokens),
                              to_tsquery('simple', %(typed)s)) DESC, id DESC""",
            typed=typed,
        )

    @api.model
    def _find(self, text="", models=None, area=None, limit=20):
        """Return the articles in view that are valid today and fit, the best first.

        :param str text: words, all of which must be there
        :param models: ``fleet.vehicle.model``: articles of these, their brands, or of
            no model at all
        :param str area: a key of ``auto.knowledge.category.area``; those for everybody
            count too
        :param int limit: at most so many
        """
        domain = Domain("is_public", "=", True) & Domain("is_valid", "=", True)
        if area:
            domain &= Domain("area", "in", (area, "general"))
        if models:
            domain &= self._models_domain(models)
        if not text:
            return self.search(domain, limit=limit)
        query = self._query_sql(text)
        if not query:
            return self.browse()
        ranked = [id_ for (id_,) in self.env.execute_query(query)]
        found = self.search(domain & Domain("id", "in", ranked))
        return found.sorted(lambda article: ranked.index(article.id))[:limit]

    @api.model
    def _models_domain(self, models):
        """Return the domain of articles for these models or for any."""
        return (
            Domain("model_ids", "in", models.ids)
            | Domain("model_ids", "=", False)
            & Domain("brand_ids", "in", models.brand_id.ids)
            | Domain("model_ids", "=", False) & Domain("brand_ids", "=", False)
        )

    @api.model
    def _plain(self, body):
        return html2plaintext(body or "", include_references=False)

    @api.model
    def _indexed_fields(self):
        """Return the fields whose words are searched for; addons add theirs."""
        return {"name", "body", "model_ids", "brand_ids", "category_id"}

    def _indexed_text(self):
        """Return what is searched; the title counts twice."""
        self.ensure_one()
        parts = [self.name, self.name, self._plain(self.body)]
        parts += self.model_ids.mapped("name") + self.brand_ids.mapped("name")
        return "\n".join(part for part in parts if part)

    def _index_text(self):
        for article in self.sudo():  # whoever may write it has its words indexed
            words = fulltext.tokens(article._indexed_text())
            article._step(article.state, search_tokens=words)
