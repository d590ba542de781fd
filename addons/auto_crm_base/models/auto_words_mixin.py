from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ..tools import fulltext

# Only the index itself passes this object.
WORDS = object()


class AutoWordsMixin(models.AbstractModel):
    """Texts that are found by their words, Chinese ones too.

    A model that is found so names its texts in ``_indexed_text`` and the fields they
    come from in ``_indexed_fields``, and indexes ``to_tsvector('simple',
    search_tokens)``.
    """

    _name = "auto.words.mixin"
    _description = "Found by words"

    search_tokens = fields.Text(readonly=True, copy=False, prefetch=False)
    words = fields.Char(
        string="Search for",
        compute="_compute_words",
        search="_search_words",
        help="All words, each from its beginning.",
    )

    def _compute_words(self):
        self.words = False

    def _search_words(self, operator, value):
        if operator not in ("ilike", "=ilike", "in", "like"):
            return NotImplemented
        texts = [value] if isinstance(value, str) else [one for one in value if one]
        queries = [self._words_sql(text) for text in texts]
        return Domain.OR(
            Domain("id", "in", SQL("(%s)", query)) for query in queries if query
        )

    @api.model
    def _words_sql(self, text):
        """Return the query of the ids in which all words are, the best first."""
        typed = fulltext.query(text)
        if not typed:
            return None
        self.flush_model(["search_tokens"])
        return SQL(
            """SELECT id FROM %(table)s
                WHERE to_tsvector('simple', search_tokens)
                      @@ to_tsquery('simple', %(typed)s)
             ORDER BY ts_rank(to_tsvector('simple', search_tokens),
                              to_tsquery('simple', %(typed)s)) DESC, id DESC""",
            table=SQL.identifier(self._table),
            typed=typed,
        )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(
            [
                {name: vals[name] for name in vals if name != "search_tokens"}
                for vals in vals_list
            ]
        )
        records._index_words()
        return records

    def write(self, vals):
        if self.env.context.get("auto_words") is not WORDS:
            vals = {name: vals[name] for name in vals if name != "search_tokens"}
        result = super().write(vals)
        if not self._indexed_fields().isdisjoint(vals):
            self._index_words()
        return result

    @api.model
    def _plain(self, body):
        """Return the words of an HTML text."""
        return html2plaintext(body or "", include_references=False)

    @api.model
    def _indexed_fields(self):
        """Return the names of the fields whose words are searched for."""
        return set()

    def _indexed_text(self):
        """Return the text that is searched."""
        self.ensure_one()
        return ""

    def _index_words(self):
        # Whoever may write it has its words indexed.
        for record in self.sudo().with_context(auto_words=WORDS):
            record.search_tokens = fulltext.tokens(record._indexed_text())
