from odoo import api, models
from odoo.fields import Domain


class AutoKnowledgeArticle(models.Model):
    """Finding articles: by words, Chinese ones too, by model and by what fits."""

    _inherit = "auto.knowledge.article"

    _words_idx = models.Index("USING gin (to_tsvector('simple', search_tokens))")

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
        query = self._words_sql(text)
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
    def _indexed_fields(self):
        """Return the fields whose words are searched for; addons add theirs."""
        return {"name", "body", "model_ids", "brand_ids", "category_id"}

    def _indexed_text(self):
        """Return what is searched; the title counts twice."""
        self.ensure_one()
        parts = [self.name, self.name, self._plain(self.body)]
        parts += self.model_ids.mapped("name") + self.brand_ids.mapped("name")
        return "\n".join(part for part in parts if part)
