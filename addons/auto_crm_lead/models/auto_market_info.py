from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

# Only the methods of this model pass this object, so that no client publishes.
STEP = object()
STEP_FIELDS = {"state", "date_published", "publisher_id", "author_id"}
PUBLISHERS = (
    "auto_crm_base.group_sales_manager,auto_crm_base.group_service_manager,"
    "auto_crm_base.group_store_manager,auto_crm_base.group_head_office"
)


class AutoMarketInfo(models.Model):
    """A note on the market: a competitor's price, a launch, a new law, a rumour.

    Whoever hears something reports it; a manager publishes it, and it goes by rule to
    those whom it concerns, who confirm that they have read it.
    """

    _name = "auto.market.info"
    _inherit = ["auto.words.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Market information"
    _order = "importance desc, date_published desc, id desc"

    name = fields.Char(string="Title", required=True, tracking=True)
    active = fields.Boolean(default=True)
    category_id = fields.Many2one(
        comodel_name="auto.market.category",
        string="Category",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    importance = fields.Selection(
        selection=[("0", "To know"), ("1", "Important"), ("2", "Urgent")],
        required=True,
        default="0",
        tracking=True,
    )
    state = fields.Selection(
        selection=[
            ("reported", "Reported"),
            ("published", "Published"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="reported",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    body = fields.Html(string="Text")
    source = fields.Char(
        string="Heard from", help="A customer, a fair, a newspaper, the maker."
    )
    source_url = fields.Char(string="Link")
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        index=True,
        default=lambda self: self.env.company,
        tracking=True,
        help="Only for this store and its branches; empty: for all stores.",
    )
    brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand",
        string="Brands",
        help="Which of our brands it concerns; empty: all.",
    )
    model_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model", string="Models", help="Empty: all."
    )
    competitor_ids = fields.Many2many(
        comodel_name="auto.competitor", string="Competitors"
    )
    state_ids = fields.Many2many(
        comodel_name="res.country.state",
        relation="auto_market_info_region_rel",
        string="Regions",
        help="Where it holds; empty: everywhere.",
    )
    date_from = fields.Date(string="Valid from")
    date_to = fields.Date(string="Valid until")
    is_valid = fields.Boolean(
        string="Valid today", compute="_compute_is_valid", search="_search_is_valid"
    )
    author_id = fields.Many2one(
        comodel_name="res.users",
        string="Reported by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    publisher_id = fields.Many2one(
        comodel_name="res.users", string="Published by", readonly=True, copy=False
    )
    date_published = fields.Datetime(
        string="Published on", readonly=True, copy=False, index=True
    )
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="auto_market_info_attachment_rel",
        string="Files",
        bypass_search_access=True,
    )
    receipt_ids = fields.One2many(
        comodel_name="auto.market.receipt",
        inverse_name="info_id",
        string="Sent to",
        readonly=True,
    )
    receipt_count = fields.Integer(string="Sent", compute="_compute_counts")
    read_count = fields.Integer(string="Read", compute="_compute_counts")
    my_unread = fields.Boolean(
        string="To read",
        compute="_compute_my_unread",
        search="_search_my_unread",
        help="It was sent to you and you have not confirmed it.",
    )
    may_edit = fields.Boolean(compute="_compute_may_edit")

    _dates_check = models.Constraint(
        "CHECK (date_to >= date_from)", "It cannot end before it begins."
    )
    _words_idx = models.Index("USING gin (to_tsvector('simple', search_tokens))")

    # ------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------

    @api.depends("date_from", "date_to")
    def _compute_is_valid(self):
        today = fields.Date.context_today(self)
        for info in self:
            info.is_valid = (not info.date_from or info.date_from <= today) and (
                not info.date_to or info.date_to >= today
            )

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

    def _compute_counts(self):
        # How many have read it is told to whoever reads it; who, only to managers.
        groups = (
            self.env["auto.market.receipt"]
            .sudo()
            ._read_group(
                [("info_id", "in", self.ids)], ["info_id"], ["__count", "unread:sum"]
            )
        )
        counts = {info.id: (count, count - unread) for info, count, unread in groups}
        for info in self:
            info.receipt_count, info.read_count = counts.get(info.id, (0, 0))

    @api.depends_context("uid")
    @api.depends("receipt_ids.date_read")
    def _compute_my_unread(self):
        receipts = self.env["auto.market.receipt"].search(
            [
                ("info_id", "in", self.ids),
                ("user_id", "=", self.env.uid),
                ("is_read", "=", False),
            ]
        )
        unread = receipts.info_id
        for info in self:
            info.my_unread = info._origin in unread

    def _search_my_unread(self, operator, value):
        if operator != "in":
            return NotImplemented
        unread = Domain(
            "receipt_ids",
            "any",
            [("user_id", "=", self.env.uid), ("is_read", "=", False)],
        )
        domain = Domain.FALSE
        if True in value:
            domain |= unread & Domain("state", "=", "published")
        if False in value:
            domain |= ~unread
        return domain

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_may_edit(self):
        may = self._filtered_access("write") if self.ids else self
        for info in self:
            info.may_edit = not info.id or info._origin in may

    @api.onchange("category_id")
    def _onchange_category_id(self):
        if self.category_id.days and not self.date_to:
            self.date_to = fields.Date.add(
                fields.Date.context_today(self), days=self.category_id.days
            )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            {name: vals[name] for name in vals if name not in STEP_FIELDS}
            for vals in vals_list
        ]
        infos = super().create(vals_list)
        infos._own_files()
        return infos

    def write(self, vals):
        if (
            STEP_FIELDS & vals.keys()
            and self.env.context.get("auto_market") is not STEP
        ):
            raise UserError(self.env._("A note is published by its buttons."))
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._own_files()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        if any(info.date_published for info in self):
            raise UserError(self.env._("What was published is kept: withdraw it."))

    def _own_files(self):
        """Let the files be read by those who read the note."""
        for info in self:
            info.attachment_ids._hand_over_to(info, self.env.user | info.author_id)

    def _step(self, state, **values):
        """Bring notes to a state; the only way to do so."""
        self.with_context(auto_market=STEP).write({"state": state, **values})

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_publish(self):
        """Publish notes and send them to those whom the rules name.

        :raise AccessError: for those who only report
        :raise UserError: without a text, or when it is published already
        """
        self._check_may_publish()
        for info in self:
            if info.state == "published":
                raise UserError(
                    self.env._("“%(title)s” is published already.", title=info.name)
                )
            if not self._plain(info.body).strip() and not info.attachment_ids:
                raise UserError(
                    self.env._("“%(title)s” has no text yet.", title=info.name)
                )
        self._step(
            "published",
            publisher_id=self.env.uid,
            date_published=fields.Datetime.now(),
        )
        self.activity_ids.action_feedback()
        self._route()
        return True

    def action_withdraw(self):
        """Take notes out of view; nobody needs to read them any more."""
        self._check_may_publish()
        self._step("withdrawn")
        # The reminders of those who have not read it.
        self.sudo().activity_ids.unlink()
        return True

    def action_read(self):
        """Open the note from the list; that is not yet a confirmation."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_confirm_read(self):
        """Confirm that the current user has read these notes."""
        self.check_access("read")
        self.env["auto.market.receipt"]._confirm(self)
        return True

    def action_remind(self):
        """Send a note once more to those who have not confirmed it."""
        self.ensure_one()
        self._check_may_publish()
        if self.state != "published":
            raise UserError(self.env._("Only what is published is read."))
        waiting = self.receipt_ids.filtered(lambda receipt: not receipt.is_read)
        self._tell(waiting.user_id)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("Reminded: %s", len(waiting)),
                "type": "success",
            },
        }

    @api.readonly
    def action_open_receipts(self):
        """Open who has got the note, and who has read it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Read by: %s", self.name),
            "res_model": "auto.market.receipt",
            "view_mode": "list,pivot",
            "domain": [("info_id", "=", self.id)],
        }

    # ------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------

    def _check_may_publish(self):
        self.check_access("write")
        if self.env.su:
            return
        if not self.env.user.has_groups(PUBLISHERS):
            raise AccessError(self.env._("A manager publishes what was reported."))

    def _route(self):
        """Send notes to whom the rules name, each once."""
        rules = self.env["auto.market.rule"].sudo()  # they hold for whoever publishes
        rules = rules.search([])  # pylint: disable=no-search-all
        for info in self:
            told = self.env["res.users"]
            by_activity = self.env["res.users"]
            days = 0
            for rule in rules.filtered(lambda one, info=info: one._fits(info)):
                users = rule._users(info)
                told |= users
                if rule.notify == "activity":
                    by_activity |= users
                    days = min(days or rule.days, rule.days)
            # Who reported it has read it.
            told -= info.receipt_ids.user_id | self.env.user | info.author_id
            # Who gets it is the rules' business, not the publisher's right.
            self.env["auto.market.receipt"].sudo().create(
                [{"info_id": info.id, "user_id": user.id} for user in told]
            )
            info._tell(told - by_activity)
            for user in told & by_activity:
                info.sudo().activity_schedule(
                    "auto_crm_lead.mail_activity_read_market",
                    date_deadline=fields.Date.add(
                        fields.Date.context_today(info), days=days
                    ),
                    summary=info.name,
                    user_id=user.id,
                )

    def _tell(self, users):
        """Notify users of a note, in their language."""
        self.ensure_one()
        for lang, people in users.grouped("lang").items():
            info = self.with_context(lang=lang)
            info.message_notify(
                partner_ids=people.partner_id.ids,
                subject=info.env._("Market information: %s", info.name),
                body=info.env._("Please read it, and confirm that you have."),
            )

    @api.model
    def _indexed_fields(self):
        return {
            "name", "body", "source", "category_id", "brand_ids", "model_ids",
            "competitor_ids",
        }  # fmt: skip

    def _indexed_text(self):
        parts = [self.name, self.name, self._plain(self.body), self.source]
        for records in (
            self.category_id, self.brand_ids, self.model_ids, self.competitor_ids,
        ):  # fmt: skip
            parts += records.mapped("name")
        return "\n".join(filter(None, parts))

    @api.model
    def _for_models(self, models, limit=5):
        """Return the notes in view that concern these models, the newest first."""
        domain = Domain("state", "=", "published") & Domain("is_valid", "=", True)
        domain &= (
            Domain("model_ids", "in", models.ids)
            | Domain("model_ids", "=", False)
            & Domain("brand_ids", "in", models.brand_id.ids)
            | Domain("model_ids", "=", False) & Domain("brand_ids", "=", False)
        )
        return self.search(domain, limit=limit)
