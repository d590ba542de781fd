from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain


class AutoKnowledgeArticle(models.Model):
    """Articles of the workshop: which fault, which part, which operation."""

    _inherit = "auto.knowledge.article"

    fault_code = fields.Char(help="As the diagnosis reads it, e.g. P0301.")
    operation_ids = fields.Many2many(
        comodel_name="auto.labour.operation", string="Labour operations"
    )
    part_ids = fields.Many2many(
        comodel_name="product.product",
        string="Parts",
        domain="[('type', '=', 'consu'), ('is_vehicle', '=', False)]",
    )
    job_id = fields.Many2one(
        comodel_name="auto.repair.job",
        string="Solved in",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The repair job from which it was written.",
    )

    @api.model
    def _indexed_fields(self):
        return super()._indexed_fields() | {"fault_code", "operation_ids", "part_ids"}

    def _indexed_text(self):
        parts = [super()._indexed_text(), self.fault_code or ""]
        parts += self.operation_ids.mapped("display_name")
        parts += self.part_ids.mapped("display_name")
        return "\n".join(parts)


class AutoRepairJob(models.Model):
    """What is known about the fault of a job, and what the job teaches."""

    _inherit = "auto.repair.job"

    article_count = fields.Integer(string="Articles", compute="_compute_article_count")

    def _compute_article_count(self):
        articles = self.env["auto.knowledge.article"]
        for job in self:  # one form at a time
            job.article_count = articles.search_count(job._articles_domain())

    def _articles_domain(self):
        """Return the domain of the articles for this fault, on this model.

        Where the job names no code, part or operation yet, those of the model.
        """
        self.ensure_one()
        articles = self.env["auto.knowledge.article"]
        domain = (
            Domain("is_public", "=", True)
            & Domain("is_valid", "=", True)
            & Domain("area", "in", ("service", "general"))
        )
        model = self.vehicle_id.model_id
        if model:
            domain &= articles._models_domain(model)
        subject = Domain.FALSE
        if (self.fault_code or "").strip():
            subject |= Domain("fault_code", "=ilike", self.fault_code.strip())
        if operations := self.line_ids.operation_id:
            subject |= Domain("operation_ids", "in", operations.ids)
        if parts := self.causal_part_id | self.line_ids.product_id:
            subject |= Domain("part_ids", "in", parts.ids)
        if subject.is_false():
            return domain & Domain("model_ids", "in", model.ids)
        return domain & subject

    def action_articles(self):
        """Open the articles for the model and the fault."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_base.auto_knowledge_article_action"
        )
        return {
            **action,
            "name": self.env._("Articles for this model and fault"),
            "domain": list(self._articles_domain()),
            "context": {},
        }

    def action_write_article(self):
        """Write an article from a job that is solved; it opens as a draft.

        :raise UserError: when cause and correction are missing
        """
        self.ensure_one()
        if not (self.is_done and self.cause and self.correction):
            raise UserError(
                self.env._(
                    "An article is written from a job with cause and correction."
                )
            )
        parts = self.line_ids.filtered(
            lambda line: line.kind == "part" and line.decision == "approved"
        ).product_id
        article = self.env["auto.knowledge.article"].create(
            {
                "name": self.concern.strip().splitlines()[0][:200],
                "category_id": self.env.ref(
                    "auto_crm_base.knowledge_category_faults"
                ).id,
                "fault_code": self.fault_code,
                "model_ids": [Command.set(self.vehicle_id.model_id.ids)],
                "operation_ids": [Command.set(self.line_ids.operation_id.ids)],
                "part_ids": [Command.set((parts | self.causal_part_id).ids)],
                "job_id": self.id,
                "body": self._article_body(),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": article._name,
            "res_id": article.id,
            "views": [(False, "form")],
        }

    def _article_body(self):
        """Return fault, cause and remedy as text of an article."""
        sections = (
            (self.env._("Fault"), self.concern),
            (self.env._("Cause"), self.cause),
            (self.env._("Remedy"), self.correction),
        )
        return Markup().join(
            Markup("<h3>%s</h3><p>%s</p>") % (title, text) for title, text in sections
        )
