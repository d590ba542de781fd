from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE

from .survey_survey_satisfaction import KINDS

# Only the methods of satisfaction pass this object: nobody edits an answer.
ANSWER = object()
# Who is rated does not learn from here who answered.
IDENTITY = (
    "auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
    "auto_crm_base.group_callcentre,auto_crm_base.group_complaint,"
    "auto_crm_base.group_sales_manager,auto_crm_base.group_service_manager,"
    "auto_crm_base.group_store_manager"
)
FLAGS = [
    ("changed", "Contact data changed shortly before"),
    ("staff", "Contact data of our staff"),
    ("shared", "Contact data of several customers"),
]


class AutoSatisfaction(models.Model):
    """One customer (or one of the staff) asked, and what came back.

    It is made when it is sent, by a draw that nobody can foresee; a store sees it once
    it is answered or over.
    """

    _name = "auto.satisfaction"
    _inherit = ["auto.numbered.mixin", "auto.partner.guard.mixin", "mail.thread"]
    _description = "Satisfaction"
    _order = "date_sent desc, id desc"
    _guarded_partner_fields = ("partner_id",)

    rule_id = fields.Many2one(
        comodel_name="auto.satisfaction.rule",
        string="Sampling rule",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="auto_crm_base.group_head_office,auto_crm_base.group_auditor",
    )
    survey_id = fields.Many2one(
        comodel_name="survey.survey",
        string="Questionnaire",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        groups="auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
        "auto_crm_base.group_callcentre",
    )
    kind = fields.Selection(selection=KINDS, required=True, readonly=True, index=True)
    user_input_id = fields.Many2one(
        comodel_name="survey.user_input",
        string="Answers",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_system",
    )
    url = fields.Char(string="Link", compute="_compute_url", groups="base.group_system")
    occurrence_key = fields.Char(readonly=True, groups="base.group_system")
    partner_key = fields.Char(readonly=True, index=True, groups="base.group_system")
    external_ref = fields.Char(string="External reference", readonly=True)

    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        readonly=True,
        index=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups=IDENTITY,
    )
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Vehicle",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups=IDENTITY,
    )
    res_model = fields.Char(string="Document model", readonly=True, groups=IDENTITY)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True, groups=IDENTITY
    )
    date_event = fields.Date(string="About", readonly=True, groups=IDENTITY)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Adviser or consultant",
        readonly=True,
        index="btree_not_null",
    )
    technician_id = fields.Many2one(
        comodel_name="res.users",
        string="Technician",
        readonly=True,
        index="btree_not_null",
    )

    channel = fields.Selection(
        selection=[
            ("email", "E-mail"),
            ("sms", "SMS"),
            ("phone", "Phone"),
            ("import", "Third party"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        selection=[
            ("sent", "Sent"),
            ("to_call", "To call"),
            ("answered", "Answered"),
            ("expired", "Not answered"),
        ],
        required=True,
        readonly=True,
        index=True,
        group_expand=True,
    )
    date_sent = fields.Datetime(string="Asked on", required=True, readonly=True)
    date_answered = fields.Datetime(string="Answered on", readonly=True, index=True)
    deadline = fields.Datetime(readonly=True)
    score = fields.Float(
        readonly=True,
        digits=(5, 1),
        aggregator="avg",
        help="The index, 0 to 100: the dimensions by their weight.",
    )
    recommend = fields.Integer(
        string="Would recommend",
        readonly=True,
        aggregator="avg",
        help="0 to 10; -1: not asked.",
        default=-1,
    )
    words = fields.Text(string="In the customer's words", readonly=True)
    score_ids = fields.One2many(
        comodel_name="auto.satisfaction.score",
        inverse_name="satisfaction_id",
        string="Scores",
        readonly=True,
    )
    flag = fields.Selection(
        selection=FLAGS,
        string="Doubt",
        readonly=True,
        index="btree_not_null",
        help="Answers that are in doubt are not counted until head office has checked "
        "who answered.",
    )
    is_cleared = fields.Boolean(string="Checked and counted", readonly=True)
    is_scored = fields.Boolean(
        string="With points",
        compute="_compute_is_counted",
        store=True,
        help="Somebody who answers in words alone gives no points.",
    )
    is_counted = fields.Boolean(
        string="Counted", compute="_compute_is_counted", store=True
    )
    attempts = fields.Integer(string="Calls tried", readonly=True, aggregator=None)
    complaint_id = fields.Many2one(
        comodel_name="auto.complaint",
        string="Complaint",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    _occurrence_uniq = models.UniqueIndex(
        "(occurrence_key) WHERE occurrence_key IS NOT NULL",
        "This visit was asked about already.",
    )
    _external_uniq = models.UniqueIndex(
        "(external_ref) WHERE external_ref IS NOT NULL",
        "This answer was imported already.",
    )
    _waiting_idx = models.Index("(deadline) WHERE state IN ('sent', 'to_call')")

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("state", "flag", "is_cleared", "score_ids")
    def _compute_is_counted(self):
        for one in self:
            # Words alone are an answer, but no zero.
            one.is_scored = bool(one.score_ids)
            one.is_counted = (
                one.state == "answered"
                and one.is_scored
                and (not one.flag or one.is_cleared)
            )

    def _compute_url(self):
        for one in self:
            # In the language of the customer: the page asks the browser.
            one.url = one.user_input_id and (
                one.get_base_url() + one.user_input_id.get_start_url()
            )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_writer()
        return super().create(vals_list)

    def write(self, vals):
        self._check_writer()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Answers are kept."))

    def _check_writer(self):
        """Refuse whoever is not one of the methods.

        :raise AccessError: for them, administrators too
        """
        context = self.env.context
        if (
            context.get("auto_satisfaction") is not ANSWER
            and context.get("auto_erase") is not ERASE
        ):
            raise AccessError(
                self.env._("Answers about satisfaction are kept as they were given.")
            )

    def _own(self):
        """Return the records as only the methods of satisfaction write them."""
        return self.sudo().with_context(auto_satisfaction=ANSWER)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_count(self):
        """Count answers in doubt, once head office has checked who answered.

        :raise AccessError: for everybody else
        """
        if not self.env.user.has_group("auto_crm_base.group_head_office"):
            raise AccessError(self.env._("Only head office counts answers in doubt."))
        self.check_access("read")
        doubtful = self.filtered(lambda one: one.flag and not one.is_cleared)
        doubtful._own().write({"is_cleared": True})
        for one in doubtful:
            # In the log with the name of whoever decided.
            one.sudo().message_post(
                body=self.env._("Checked who answered: it counts."),
                author_id=self.env.user.partner_id.id,
            )
        return True

    def action_open_document(self):
        """Open what the customer was asked about."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_call(self):
        """Open the questions for the call."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask the customer"),
            "res_model": "auto.satisfaction.call",
            "view_mode": "form",
            "target": "new",
            "context": {"default_satisfaction_id": self.id},
        }

    def action_improve(self):
        """Begin an improvement from these answers; the answers measure it."""
        self.check_access("read")
        kinds = set(self.mapped("kind"))
        kind = kinds.pop() if len(kinds) == 1 else False
        company = self.company_id[:1] or self.env.company
        # The words are the finding; who said them is not.
        words = "\n".join(f"– {one.words.strip()}" for one in self if one.words)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Improvement"),
            "res_model": "auto.improvement",
            "views": [(False, "form")],
            "context": {
                "default_source": "survey",
                "default_measured_by": "satisfaction",
                "default_survey_kind": kind if kind != "staff" else False,
                "default_company_id": company.id,
                "default_finding": words,
            },
        }
