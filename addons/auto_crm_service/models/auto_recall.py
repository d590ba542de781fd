from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# Only the methods of this addon pass this object: no client skips a step.
STEP = object()


class AutoRecall(models.Model):
    """A recall, a service campaign or a technical bulletin of a maker or the house.

    Which cars it concerns, what is done on them and how far the stores are. The
    numbers are in ``auto_recall_range`` and ``auto_recall_vin``, how they find cars in
    ``auto_recall_match``.
    """

    _name = "auto.recall"
    _inherit = ["auto.numbered.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Recall or bulletin"
    _order = "state, date_published desc, id desc"
    _rec_names_search = ["name", "title", "maker_ref"]

    title = fields.Char(required=True, translate=True, tracking=True)
    kind = fields.Selection(
        selection=[
            ("recall", "Recall"),
            ("campaign", "Service campaign"),
            ("bulletin", "Technical bulletin"),
        ],
        required=True,
        default="recall",
        index=True,
        tracking=True,
        help="Owners are called for recalls and campaigns; a bulletin tells the "
        "workshop what to look at.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "In preparation"),
            ("active", "In force"),
            ("closed", "Closed"),
        ],
        readonly=True,
        required=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    severity = fields.Selection(
        selection=[
            ("stop", "Do not drive"),
            ("safety", "Safety"),
            ("quality", "Quality"),
            ("info", "For information"),
        ],
        required=True,
        default="safety",
        tracking=True,
        help="“Do not drive”: the car stays here until it is repaired.",
    )
    maker_ref = fields.Char(
        string="Maker's reference",
        index="btree_not_null",
        help="The number under which the maker or the authority publishes it.",
    )
    brand_id = fields.Many2one(
        comodel_name="fleet.vehicle.model.brand",
        string="Brand",
        index="btree_not_null",
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        index=True,
        default=lambda self: self._default_company_id(),
        help="A campaign of this store and its branches; empty: for all stores.",
    )
    date_published = fields.Date(
        string="Published on", default=fields.Date.context_today, tracking=True
    )
    date_end = fields.Date(
        string="Until",
        tracking=True,
        help="A campaign or bulletin closes by itself after this day; a recall stays.",
    )
    risk = fields.Text(
        string="What is wrong",
        translate=True,
        help="What can happen, in words that the owner understands.",
    )
    remedy = fields.Text(
        translate=True, help="What is done about it, as the owner is told."
    )
    instructions = fields.Html(
        string="For the workshop", translate=True, help="How the work is done."
    )
    line_ids = fields.One2many(
        comodel_name="auto.recall.line",
        inverse_name="recall_id",
        string="Labour and parts",
        copy=True,
    )
    range_ids = fields.One2many(
        comodel_name="auto.recall.range",
        inverse_name="recall_id",
        string="Ranges",
        copy=True,
    )
    vin_count = fields.Integer(string="VINs listed", compute="_compute_vin_count")
    vehicle_ids = fields.One2many(
        comodel_name="auto.recall.vehicle", inverse_name="recall_id", string="Cars"
    )
    vehicle_count = fields.Integer(string="Cars concerned", compute="_compute_progress")
    open_count = fields.Integer(string="Still open", compute="_compute_progress")
    done_count = fields.Integer(string="Cars done", compute="_compute_progress")
    done_share = fields.Float(
        string="Done (%)",
        compute="_compute_progress",
        help="Of the cars concerned that the user may see.",
    )

    _dates_check = models.Constraint(
        "CHECK (date_end >= date_published)", "It cannot end before it is published."
    )
    _maker_ref_uniq = models.UniqueIndex(
        "(maker_ref, COALESCE(brand_id, 0), COALESCE(company_id, 0))"
        " WHERE maker_ref IS NOT NULL",
        "There is a recall or bulletin with this reference of the maker already.",
    )

    @api.model
    def _default_company_id(self):
        """Return the store of those who write for their store alone."""
        may_all = self.env.user.has_group("auto_crm_base.group_config")
        return False if may_all else self.env.company

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("name", "title")
    def _compute_display_name(self):
        for recall in self:
            parts = (recall.maker_ref or recall.name, recall.title)
            recall.display_name = " · ".join(part for part in parts if part)

    def _compute_vin_count(self):
        counts = dict(
            self.env["auto.recall.vin"]._read_group(
                [("recall_id", "in", self.ids)], ["recall_id"], ["__count"]
            )
        )
        for recall in self:
            recall.vin_count = counts.get(recall._origin, 0)

    def _compute_progress(self):
        rows = self.env["auto.recall.vehicle"]
        counts = {}
        if rows.has_access("read"):
            for recall, state, count in rows._read_group(
                [("recall_id", "in", self.ids), ("state", "!=", "not_affected")],
                ["recall_id", "state"],
                ["__count"],
            ):
                counts.setdefault(recall.id, {})[state] = count
        for recall in self:
            states = counts.get(recall._origin.id, {})
            total, done = sum(states.values()), states.get("done", 0)
            recall.vehicle_count = total
            recall.done_count = done
            recall.open_count = total - done
            recall.done_share = 100 * done / total if total else 0

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [
                {name: vals[name] for name in vals if name != "state"}
                for vals in vals_list
            ]
        )

    def write(self, vals):
        if "state" in vals and self.env.context.get("auto_recall") is not STEP:
            raise UserError(self.env._("A recall goes on by its buttons."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        if any(recall.state != "draft" for recall in self):
            raise UserError(self.env._("What was published is kept: close it."))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_publish(self):
        """Put it in force and find its cars at once.

        :raise UserError: when it says of no car that it is concerned
        """
        self.check_access("write")
        for recall in self:
            if recall.state == "active":
                raise UserError(self.env._("It is in force already."))
            if not recall.range_ids and not recall.vin_count:
                raise UserError(
                    self.env._(
                        "Please say which cars “%(recall)s” concerns: a range or a "
                        "list of VINs.",
                        recall=recall.title,
                    )
                )
        self.with_context(auto_recall=STEP).write({"state": "active"})
        self._rematch()
        return True

    def action_rematch(self):
        """Find the cars again after the numbers were corrected."""
        self.check_access("write")
        if any(recall.state != "active" for recall in self):
            raise UserError(self.env._("Cars are found for what is in force."))
        found, left = self._rematch()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._(
                    "%(found)s cars more, %(left)s cars less.", found=found, left=left
                ),
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_close(self):
        """End it: no car is found any more, no owner is called."""
        self.check_access("write")
        if any(recall.state != "active" for recall in self):
            raise UserError(self.env._("Only what is in force can be closed."))
        self.with_context(auto_recall=STEP).write({"state": "closed"})
        # What the engine had planned for these cars falls away, in every store.
        self.sudo().vehicle_ids._close_followups(self.env._("It was closed."))
        return True

    def action_open_vehicles(self):
        """Open the cars concerned."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_service.auto_recall_vehicle_action"
        )
        return {
            **action,
            "domain": [("recall_id", "=", self.id)],
            "context": dict(self.env.context, search_default_pending=1)
            if self.env.context.get("auto_pending")
            else {},
        }

    def action_open_vins(self):
        """Open the list of VINs."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("VINs of %(recall)s", recall=self.display_name),
            "res_model": "auto.recall.vin",
            "views": [(False, "list")],
            "domain": [("recall_id", "=", self.id)],
            "context": {"default_recall_id": self.id},
        }

    # ------------------------------------------------------------------
    # Job
    # ------------------------------------------------------------------

    @api.model
    def _cron_match(self):
        """Find the cars of all that is in force; end what is over."""
        cron = self.env["ir.cron"]
        today = fields.Date.context_today(self)
        over = Domain("kind", "!=", "recall") & Domain("date_end", "<", today)
        recalls = self.search([("state", "=", "active")])
        cron._commit_progress(remaining=len(recalls))
        for recall in recalls:
            if recall.filtered_domain(over):
                recall.action_close()
            else:
                recall._match()
            if not cron._commit_progress(1):
                break
