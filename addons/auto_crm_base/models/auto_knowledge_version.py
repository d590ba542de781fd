from odoo import fields, models


class AutoKnowledgeVersion(models.Model):
    """A text of an article as it was published."""

    _name = "auto.knowledge.version"
    _inherit = ["auto.append.only.mixin"]
    _description = "Version of an article"
    _order = "article_id, number desc"
    _rec_name = "title"

    article_id = fields.Many2one(
        comodel_name="auto.knowledge.article",
        string="Article",
        required=True,
        index=True,
        ondelete="cascade",
    )
    number = fields.Integer(string="Version", required=True, aggregator=False)
    title = fields.Char(required=True)
    body = fields.Html(string="Text")
    date = fields.Datetime(
        string="Published on", required=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Published by",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )

    _number_uniq = models.UniqueIndex(
        "(article_id, number)", "Somebody has published this article meanwhile."
    )
