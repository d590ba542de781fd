from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CrmLead(models.Model):
    """What salespeople say and send about the cars that a prospect wishes for."""

    _inherit = "crm.lead"

    knowledge_ids = fields.Many2many(
        comodel_name="auto.knowledge.article",
        string="Knowledge",
        compute="_compute_knowledge_ids",
        compute_sudo=False,
        help="Articles for the models wished for, the closest first.",
    )

    @api.depends("need_model_ids", "need_brand_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_knowledge_ids(self):
        articles = self.env["auto.knowledge.article"]
        wishes = self.grouped(
            lambda lead: (lead.need_model_ids._origin, lead.need_brand_ids._origin)
        )
        for (wanted, brands), leads in wishes.items():
            leads.knowledge_ids = articles._for_wish(wanted, brands)

    def action_open_knowledge(self):
        """Search the whole knowledge base for this prospect."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_base.auto_knowledge_article_action"
        )
        articles = self.env["auto.knowledge.article"]
        action["domain"] = list(articles._sales_domain())
        action["context"] = {"auto_lead_id": self.id, "create": False}
        return action

    def _send_articles(self, articles):
        """Return the composer of an e-mail with the articles' texts and files.

        :param articles: published ones that may go to customers
        :raise UserError: for others, and for who does not accept e-mail
        """
        self.ensure_one()
        self.check_access("write")
        articles.check_access("read")
        for article in articles:
            if not (article.is_public and article.may_send):
                raise UserError(
                    self.env._(
                        "“%s” is for ourselves, not for customers.", article.name
                    )
                )
            if not article.is_valid:
                raise UserError(self.env._("“%s” is not valid today.", article.name))
        if not self.email_from:
            raise UserError(self.env._("This prospect has no e-mail address."))
        if not self._accepts_email():
            raise UserError(self.env._("This customer does not accept e-mail."))
        versions = articles.version_id
        body = Markup().join(
            Markup("<h3>%s</h3>%s") % (version.title, version.body or "")
            for version in versions
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send to the customer"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_subtype_xmlid": "mail.mt_comment",
                "default_partner_ids": self.partner_id.ids,
                "default_subject": ", ".join(versions.mapped("title")),
                "default_body": body,
                "default_attachment_ids": [Command.set(versions.file_ids.ids)],
                "default_email_layout_xmlid": "mail.mail_notification_light",
            },
        }
