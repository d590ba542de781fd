from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

# As many as a form shows without scrolling much.
SHOWN = 12


class AutoKnowledgeArticle(models.Model):
    """Articles for sales: what to say against whom, and what customers may be sent."""

    _inherit = "auto.knowledge.article"

    competitor_model_ids = fields.Many2many(
        comodel_name="auto.competitor.model",
        string="Against",
        help="The competitors' models that the article argues against.",
    )
    for_customers = fields.Boolean(
        help="Text and files may be sent to customers once they are published. Leave "
        "it off for scripts and for what we say of competitors.",
    )
    file_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="auto_knowledge_article_file_rel",
        string="Files",
        help="Brochures and price lists, sent along with the text.",
    )
    may_send = fields.Boolean(string="May be sent", related="version_id.for_customers")

    @api.model_create_multi
    def create(self, vals_list):
        articles = super().create(vals_list)
        articles._own_files()
        return articles

    def write(self, vals):
        result = super().write(vals)
        if "file_ids" in vals:
            self._own_files()
        return result

    def _own_files(self):
        """Let the files be read, and sent, by those who read the article."""
        for article in self:
            users = self.env.user | article.author_id
            article.file_ids._hand_over_to(article, users)

    @api.model
    def _text_fields(self):
        return super()._text_fields() | {"for_customers", "file_ids"}

    @api.model
    def _indexed_fields(self):
        return super()._indexed_fields() | {"competitor_model_ids"}

    def _indexed_text(self):
        rivals = self.competitor_model_ids
        words = [*rivals.mapped("name"), *rivals.competitor_id.mapped("name")]
        return "\n".join([super()._indexed_text(), *filter(None, words)])

    def _version_values(self, number):
        return {
            **super()._version_values(number),
            "for_customers": self.for_customers,
            "file_ids": [Command.set(self.file_ids.ids)],
        }

    @api.model
    def _sales_domain(self):
        """Return the domain of what salespeople read today."""
        return (
            Domain("is_public", "=", True)
            & Domain("is_valid", "=", True)
            & Domain("area", "in", ("sales", "general"))
        )

    @api.model
    def _for_wish(self, models, brands):
        """Return the articles for whoever wishes for these cars, the closest first.

        :param models: ``fleet.vehicle.model`` wished for, or none
        :param brands: ``fleet.vehicle.model.brand`` wished for, or none
        """
        brands |= models.brand_id
        rivals = Domain("competitor_model_ids.rival_model_ids", "in", models.ids)
        of_any = Domain("model_ids", "=", False) & Domain("brand_ids", "=", False)
        of_brand = Domain("model_ids", "=", False) & Domain(
            "brand_ids", "in", brands.ids
        )
        close = Domain("model_ids", "in", models.ids) | rivals | of_brand
        found = self.search(self._sales_domain() & close, limit=10 * SHOWN)
        if len(found) < SHOWN:
            # What is for any car comes behind, however much of it there is.
            found |= self.search(self._sales_domain() & of_any, limit=SHOWN)

        def distance(article):
            if article.model_ids & models:
                return 0
            if article.competitor_model_ids.rival_model_ids & models:
                return 1
            return 2 if article.brand_ids & brands else 3

        return found.sorted(distance)[:SHOWN]

    def action_send_to_lead(self):
        """Open an e-mail with these articles to the prospect of the context.

        :raise UserError: without a prospect
        """
        lead_id = self.env.context.get("auto_lead_id")
        lead = self.env["crm.lead"].browse(
            lead_id if isinstance(lead_id, int) else False
        )
        if not lead.exists():
            raise UserError(self.env._("Choose the prospect first."))
        return lead._send_articles(self)
