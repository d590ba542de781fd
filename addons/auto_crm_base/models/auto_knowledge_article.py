from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

# Only the methods of articles pass this object, so that no client publishes.
STEP = object()
STEP_FIELDS = {
    "state",
    "version_id",
    "is_public",
    "read_count",
    "author_id",
}


class AutoKnowledgeArticle(models.Model):
    """An article of the knowledge base: sales arguments, scripts, faults, remedies.

    What is written is published with the word of a second person; what was published
    stays in view while the next version is written, and every version is kept. How
    articles are found is in ``auto_knowledge_search``.
    """

    _name = "auto.knowledge.article"
    _inherit = [
        "auto.approval.mixin",
        "auto.words.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Article"
    _order = "sequence, id desc"

    name = fields.Char(string="Title", required=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    category_id = fields.Many2one(
        comodel_name="auto.knowledge.category",
        string="Category",
        required=True,
        index=True,
        ondelete="restrict",
    )
    area = fields.Selection(related="category_id.area", store=True, index=True)
    state = fields.Selection(
        selection=[
            ("draft", "Being written"),
            ("review", "To approve"),
            ("published", "Published"),
            ("retired", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    is_public = fields.Boolean(
        string="In view",
        readonly=True,
        copy=False,
        index=True,
        help="A version of it is published.",
    )
    body = fields.Html(string="Text")
    published_body = fields.Html(
        string="Published text", related="version_id.body", readonly=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        index=True,
        default=lambda self: self._default_company_id(),
        help="Only for this store and its branches; empty: for all stores.",
    )
    brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand",
        string="Brands",
        help="Empty: for all.",
    )
    model_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model", string="Models", help="Empty: for all."
    )
    date_from = fields.Date(string="Valid from")
    date_to = fields.Date(
        string="Valid until", help="A price list or an offer ends; it stays readable."
    )
    is_valid = fields.Boolean(
        string="Valid today", compute="_compute_is_valid", search="_search_is_valid"
    )
    author_id = fields.Many2one(
        comodel_name="res.users",
        string="Author",
        readonly=True,
        copy=False,
        index="btree_not_null",
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    version_id = fields.Many2one(
        comodel_name="auto.knowledge.version",
        string="Version in view",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    version_ids = fields.One2many(
        comodel_name="auto.knowledge.version",
        inverse_name="article_id",
        string="Versions",
        readonly=True,
    )
    version_number = fields.Integer(related="version_id.number", string="Version")
    read_count = fields.Integer(string="Read", readonly=True, copy=False)
    may_edit = fields.Boolean(compute="_compute_may_edit")

    _dates_check = models.Constraint(
        "CHECK (date_to >= date_from)", "It cannot end before it begins."
    )

    @api.model
    def _default_company_id(self):
        """Return the store of those who write for their store alone."""
        may_all = self.env.user.has_group("auto_crm_base.group_config")
        return False if may_all else self.env.company

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("date_from", "date_to")
    def _compute_is_valid(self):
        today = fields.Date.context_today(self)
        for article in self:
            article.is_valid = (
                not article.date_from or article.date_from <= today
            ) and (not article.date_to or article.date_to >= today)

    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        valid = (Domain("date_from", "=", False) | Domain("date_from", "<=", today)) & (
            Domain("date_to", "=", False) | Domain("date_to", ">=", today)
        )
        domain = Domain.FALSE
        if True in value:
            domain |= valid
        if False in value:
            domain |= ~valid
        return domain

    @api.depends_context("uid")
    def _compute_may_edit(self):
        may = self._filtered_access("write") if self.ids else self
        for article in self:
            article.may_edit = not article.id or article._origin in may

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [
                {name: vals[name] for name in vals if name not in STEP_FIELDS}
                for vals in vals_list
            ]
        )

    def write(self, vals):
        by_step = self.env.context.get("auto_knowledge") is STEP
        if vals.keys() & STEP_FIELDS and not by_step:
            raise UserError(self.env._("An article is published by its buttons."))
        result = super().write(vals)
        if not by_step and vals.keys() & self._text_fields():
            self._text_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        if any(article.version_ids for article in self):
            raise UserError(self.env._("What was published is kept: withdraw it."))

    @api.model
    def _text_fields(self):
        """Return the fields that a second person publishes; addons add theirs."""
        return {"name", "body"}

    def _text_changed(self):
        """Another text than the one asked for, or published, is a draft."""
        self.filtered(lambda one: one.state == "review")._cancel_approvals(
            self.env._("The text was changed.")
        )
        self.filtered(lambda one: one.state in ("review", "published"))._step("draft")

    def _step(self, state, **values):
        """Bring the articles to a state; the only way to do so."""
        # Whoever approves need not be the one who writes.
        self.sudo().with_context(auto_knowledge=STEP).write({"state": state, **values})

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_submit(self):
        """Ask a second person to publish the text.

        :raise UserError: without a text, or when it waits or is published already
        """
        self._check_text()
        self._request_approval(
            "knowledge",
            lambda article: article.env._(
                "Publish the article “%(title)s”", title=article.name
            ),
        )
        self._step("review")
        return True

    def action_publish(self):
        """Publish at once; head office does.

        :raise UserError: for others, or without a text
        """
        if not self.env.user.has_group("auto_crm_base.group_config"):
            raise UserError(self.env._("A second person publishes: ask for approval."))
        self._check_text()
        self._cancel_approvals(self.env._("Head office has published it."))
        self._publish()
        return True

    def action_retire(self):
        """Take the articles out of view; their versions are kept."""
        self._check_may_judge()
        self._cancel_approvals(self.env._("The article was withdrawn."))
        self._step("retired", is_public=False)
        return True

    def action_revive(self):
        """Write on a withdrawn article again."""
        self.check_access("write")
        if any(article.state != "retired" for article in self):
            raise UserError(self.env._("It was not withdrawn."))
        self._step("draft")
        return True

    def action_read(self):
        """Open the article to read it, and count that."""
        self.ensure_one()
        self.check_access("read")
        if self.is_public and self.author_id != self.env.user:
            self.env.execute_query(
                SQL(
                    "UPDATE auto_knowledge_article"
                    " SET read_count = COALESCE(read_count, 0) + 1"
                    " WHERE id = %s RETURNING id",
                    self.id,
                )
            )
            self.invalidate_recordset(["read_count"], flush=False)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (
                    self.env.ref("auto_crm_base.auto_knowledge_article_view_form").id,
                    "form",
                )
            ],
        }

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _check_text(self):
        self.check_access("write")
        for article in self:
            if article.state not in ("draft", "review"):
                raise UserError(
                    self.env._("“%(title)s” is published already.", title=article.name)
                )
            if not self._plain(article.body).strip():
                raise UserError(
                    self.env._("“%(title)s” has no text yet.", title=article.name)
                )

    def _check_may_judge(self):
        """Refuse those who write only what others publish.

        :raise UserError: for them
        """
        self.check_access("write")
        groups = (
            "auto_crm_base.group_service_manager,auto_crm_base.group_sales_manager,"
            "auto_crm_base.group_store_manager,auto_crm_base.group_config"
        )
        if not self.env.user.has_groups(groups):
            raise UserError(self.env._("A manager withdraws articles."))

    def _publish(self):
        """Keep the text as a version and show it to all."""
        for article in self.sudo():  # the approver need not be a writer
            version = self.env["auto.knowledge.version"].sudo()
            number = max(article.version_ids.mapped("number"), default=0) + 1
            version = version.create(article._version_values(number))
            article._step("published", version_id=version.id, is_public=True)

    def _version_values(self, number):
        """Return what is kept of the text as it is published; addons add theirs."""
        self.ensure_one()
        return {
            "article_id": self.id,
            "number": number,
            "title": self.name,
            "body": self.body,
            "user_id": self.env.uid,
        }

    def _approval_granted(self, approval):
        if approval.kind_id.code != "knowledge":
            return super()._approval_granted(approval)
        return self._publish()

    def _approval_refused(self, approval, note):
        if approval.kind_id.code == "knowledge":
            self._step("draft")
        return super()._approval_refused(approval, note)

    def _approval_cancelled(self, approval):
        if approval.kind_id.code == "knowledge":
            self.filtered(lambda one: one.state == "review")._step("draft")
        return super()._approval_cancelled(approval)
