from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

# Only the methods of evaluations pass this object: what was said stays.
STATE = object()
SHEET_FIELDS = frozenset(
    {
        "campaign_id",
        "company_id",
        "improvements",
        "line_ids",
        "next_time",
        "strengths",
        "user_id",
    }
)


class AutoCampaignEvaluation(models.Model):
    """What a store says of a campaign afterwards: planned and reached, marks, lessons.

    The figures follow the records while the sheet is open, and are kept as they
    were when it is closed.
    """

    _name = "auto.campaign.evaluation"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Evaluation of a campaign"
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name")
    campaign_id = fields.Many2one(
        comodel_name="utm.campaign",
        string="Campaign",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('auto_state', 'in', ('approved', 'done'))]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    kind_id = fields.Many2one(related="campaign_id.auto_kind_id", store=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Evaluated by",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date = fields.Date(string="Closed on", readonly=True, copy=False)
    state = fields.Selection(
        selection=[("draft", "Open"), ("done", "Closed")],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
    )
    strengths = fields.Text(string="What went well")
    improvements = fields.Text(string="What to do better")
    next_time = fields.Selection(
        selection=[
            ("again", "Do it again"),
            ("change", "Do it again, changed"),
            ("never", "Not again"),
        ],
        string="Next time",
    )
    line_ids = fields.One2many(
        comodel_name="auto.campaign.mark",
        inverse_name="evaluation_id",
        string="Marks",
        copy=True,
    )
    mark = fields.Float(
        string="Mean mark",
        digits=(3, 1),
        compute="_compute_mark",
        store=True,
        aggregator="avg",
        help="From 1, poor, to 5, excellent.",
    )
    kept_figures = fields.Json(readonly=True, copy=False)
    figures = fields.Json(
        string="Planned and reached", compute="_compute_figures", compute_sudo=False
    )

    _campaign_store_uniq = models.Constraint(
        "UNIQUE(campaign_id, company_id)",
        "The store has an evaluation of this campaign already.",
    )

    @api.depends("campaign_id", "company_id")
    def _compute_name(self):
        for sheet in self:
            sheet.name = f"{sheet.campaign_id.title or ''} · {sheet.company_id.name}"

    @api.depends("line_ids.mark")
    def _compute_mark(self):
        for sheet in self:
            marks = [int(line.mark) for line in sheet.line_ids if line.mark]
            sheet.mark = sum(marks) / len(marks) if marks else 0

    @api.depends("campaign_id", "state", "kept_figures")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_figures(self):
        for sheet in self:
            sheet.figures = sheet._figure_rows()

    @api.constrains("campaign_id", "company_id")
    def _check_store(self):
        for sheet in self:
            campaign = sheet.campaign_id
            if sheet.company_id not in campaign.store_ids | campaign.auto_store_id:
                raise ValidationError(
                    self.env._(
                        "%(store)s does not take part in “%(campaign)s”.",
                        store=sheet.company_id.name,
                        campaign=campaign.title,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if "line_ids" in fields_list and not values.get("line_ids"):
            values["line_ids"] = self._default_lines()
        return values

    @api.model
    def _default_lines(self):
        criteria = self.env["auto.campaign.criterion"].search([])  # pylint: disable=no-search-all
        return [Command.create({"criterion_id": one.id}) for one in criteria]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            for name in ("state", "date", "kept_figures", "mark"):
                vals.pop(name, None)
            if not vals.get("line_ids"):
                vals["line_ids"] = self._default_lines()
        sheets = super().create(vals_list)
        sheets.campaign_id.check_access("read")
        return sheets

    def write(self, vals):
        if self.env.context.get("auto_campaign_evaluation") is not STATE:
            if {"state", "date", "kept_figures", "mark"} & vals.keys():
                raise UserError(self.env._("An evaluation is closed by its button."))
            if SHEET_FIELDS & vals.keys():
                self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self._check_open()

    def _check_open(self):
        for sheet in self:
            if sheet.state == "done":
                raise UserError(
                    self.env._("“%s” is closed: open it again first.", sheet.name)
                )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_close(self):
        """Close the sheet: its figures stay as they are today.

        :raise UserError: when nothing was marked or said
        """
        self.check_access("write")
        self._check_open()
        for sheet in self:
            if not sheet.mark or not (sheet.strengths or sheet.improvements):
                raise UserError(
                    self.env._(
                        "Give marks, and say what went well or what to do better."
                    )
                )
            sheet.with_context(auto_campaign_evaluation=STATE).write(
                {
                    "state": "done",
                    "date": fields.Date.context_today(sheet),
                    "kept_figures": sheet._current_figures(),
                }
            )
        return True

    def action_reopen(self):
        """Open the sheet again."""
        self.check_access("write")
        self.with_context(auto_campaign_evaluation=STATE).write(
            {"state": "draft", "date": False, "kept_figures": False}
        )
        return True

    def action_open_campaign(self):
        """Open the campaign."""
        self.ensure_one()
        return self.env["utm.campaign"]._auto_form_action(self.campaign_id)

    def _current_figures(self):
        """Return planned and reached, as the campaign has them for this store.

        :return: list of dicts ``key``, ``planned``, ``reached``, ``percent``; amounts
            in the campaign's currency
        """
        self.ensure_one()
        # Of this store and its branches, whatever other stores the user looks at.
        campaign = self.campaign_id.with_context(
            allowed_company_ids=self.company_id._auto_own_stores().ids
        )
        figures = []
        for key, name, _kind, target, _better in campaign._auto_rows():
            if not campaign._has_field_access(campaign._fields[name], "read"):
                continue
            planned = campaign[target] if target else 0
            reached = campaign[name]
            if key == "budget" or not (planned or reached):
                continue
            figures.append(
                {
                    "key": key,
                    "planned": planned,
                    "reached": reached,
                    "percent": round(reached / planned * 100) if planned else None,
                }
            )
        return figures

    def _figure_rows(self):
        """Return the figures as people read them, for the screen and the print-out."""
        self.ensure_one()
        campaign = self.campaign_id
        if not campaign:
            return []
        known = {row[0]: row for row in campaign._auto_rows()}
        rows = []
        for figure in self.kept_figures or self._current_figures():
            key, percent = figure["key"], figure["percent"]
            if key not in known:
                continue
            _key, name, kind, _target, better = known[key]
            good = None
            if percent is not None:
                good = percent <= 100 if better is None else percent >= 100
            rows.append(
                {
                    "key": key,
                    "label": campaign._fields[name]._description_string(self.env),
                    "planned_text": campaign._auto_text(
                        figure["planned"], kind, empty=""
                    ),
                    "reached_text": campaign._auto_text(figure["reached"], kind),
                    "percent": percent,
                    "good": good,
                }
            )
        return rows
