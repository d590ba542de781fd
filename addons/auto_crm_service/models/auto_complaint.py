from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE

from .auto_complaint_event import WRITER
from .auto_complaint_limit import SEVERITIES

# Only the methods of complaints pass this object, so that no client, import or
# programmer by accident moves a complaint past its rules.
STATE = object()
STATE_FIELDS = frozenset(
    {
        "state",
        "closing_reason",
        "closed_by",
        "date_received",
        "date_first_due",
        "date_first_answer",
        "date_due",
        "date_clock",
        "date_answered",
        "date_callback",
        "date_closed",
        "date_next_escalation",
        "escalation_level",
        "reopen_count",
        "contact_count",
        "repeat_of_id",
        "repeat_number",
        "first_hours",
        "solution_hours",
        "is_first_in_time",
        "is_solved_in_time",
        "registered_by_id",
        "channel",
        "name",
        "res_model",
        "res_id",
    }
)
OPEN_STATES = ("new", "assigned", "in_progress", "answered", "callback")
# While the solution is awaited its clock runs.
RUNNING_STATES = ("new", "assigned", "in_progress")
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
}


class AutoComplaint(models.Model):
    """What a customer complains about, from the first word to the last.

    Here: what it is and who sees it. How it comes in, is worked on, answered, closed
    and escalated have files of their own, ``auto_complaint_<subject>.py``.
    """

    _name = "auto.complaint"
    _inherit = [
        "auto.numbered.mixin",
        "auto.masked.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Complaint"
    _order = "id desc"
    _rec_names_search = ["name", "subject", "partner_id.name"]

    subject = fields.Char(
        compute="_compute_subject",
        store=True,
        readonly=False,
        help="The matter in a line.",
    )
    description = fields.Text(
        string="What happened",
        required=True,
        help="In the customer's own words, so that nobody has to ask again.",
    )
    state = fields.Selection(
        selection=[
            ("new", "New"),
            ("assigned", "Assigned"),
            ("in_progress", "In progress"),
            ("answered", "Answered"),
            ("callback", "Call back"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="new",
        index=True,
        group_expand=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    phone = fields.Char(compute="_compute_phone")
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Car",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    car_text = fields.Char(
        string="Car as told",
        help="The plate or VIN that the customer gave, when it is not that of a car of "
        "this customer.",
    )
    category_id = fields.Many2one(
        comodel_name="auto.complaint.category",
        string="Category",
        index="btree_not_null",
        ondelete="restrict",
    )
    severity = fields.Selection(
        selection=SEVERITIES,
        required=True,
        default="normal",
        help="Decides how fast the customer must be answered.",
    )
    channel = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("visit", "In the store"),
            ("web", "Website"),
            ("email", "E-mail"),
            ("portal", "Customer portal"),
            ("chat", "WeChat or chat"),
            ("letter", "Letter"),
            ("survey", "Survey"),
            ("followup", "Follow-up"),
            ("system", "Another system"),
        ],
        string="Came by",
        required=True,
        readonly=True,
        default="phone",
    )
    registered_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Registered by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        default=lambda self: self.env.user,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Handled by",
        index="btree_not_null",
        copy=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="The person of the complaint desk who sees it through to the end.",
    )
    res_model = fields.Char(string="Document model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document",
        model_field="res_model",
        readonly=True,
        help="The follow-up, survey answer or call that it came from.",
    )

    # The clocks
    date_received = fields.Datetime(
        string="Complained on", required=True, default=fields.Datetime.now, index=True
    )
    date_first_due = fields.Datetime(
        string="First answer due", readonly=True, copy=False
    )
    date_first_answer = fields.Datetime(
        string="First answer on", readonly=True, copy=False
    )
    date_clock = fields.Datetime(
        string="Clock runs from",
        readonly=True,
        copy=False,
        help="When it was received, or last reopened.",
    )
    date_due = fields.Datetime(
        string="Solution due", readonly=True, copy=False, index="btree_not_null"
    )
    date_answered = fields.Datetime(string="Answered on", readonly=True, copy=False)
    date_callback = fields.Datetime(
        string="Call back on",
        readonly=True,
        copy=False,
    )
    date_closed = fields.Datetime(string="Closed on", readonly=True, copy=False)
    date_next_escalation = fields.Datetime(readonly=True, copy=False)
    escalation_level = fields.Integer(
        string="Escalated to level",
        readonly=True,
        copy=False,
        aggregator="max",
    )
    clock_state = fields.Selection(
        selection=[
            ("stopped", "Stopped"),
            ("in_time", "In time"),
            ("soon", "Due soon"),
            ("late", "Late"),
        ],
        string="Clock",
        compute="_compute_clock_state",
        help="Late: the first answer or the solution is overdue. Due soon: within "
        "four hours.",
    )
    is_late = fields.Boolean(
        string="Late", compute="_compute_clock_state", search="_search_is_late"
    )
    first_hours = fields.Float(
        string="Hours to first answer",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="In working hours of the store.",
    )
    solution_hours = fields.Float(
        string="Hours to solution",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="In working hours of the store, since received or reopened.",
    )
    is_first_in_time = fields.Boolean(
        string="First answer in time",
        readonly=True,
        copy=False,
    )
    is_solved_in_time = fields.Boolean(
        string="Solved in time", readonly=True, copy=False
    )

    # Repeats
    repeat_of_id = fields.Many2one(
        comodel_name="auto.complaint",
        string="Repeat of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    repeat_ids = fields.One2many(
        comodel_name="auto.complaint",
        inverse_name="repeat_of_id",
        string="Repeats",
    )
    repeat_number = fields.Integer(
        string="Repeat no.",
        readonly=True,
        copy=False,
        aggregator="sum",
        help="0: the first time. 2: it happened twice before.",
    )
    is_repeat = fields.Boolean(
        string="Repeat",
        compute="_compute_is_repeat",
        store=True,
    )
    contact_count = fields.Integer(
        string="Times heard",
        readonly=True,
        copy=False,
        default=1,
        help="How many times the customer came to us about this.",
    )
    reopen_count = fields.Integer(
        string="Times reopened",
        readonly=True,
        copy=False,
    )

    # Work and end
    task_ids = fields.One2many(
        comodel_name="auto.complaint.task",
        inverse_name="complaint_id",
        string="Tasks",
    )
    open_task_count = fields.Integer(
        string="Open tasks",
        compute="_compute_open_task_count",
    )
    event_ids = fields.One2many(
        comodel_name="auto.complaint.event",
        inverse_name="complaint_id",
        string="History",
        readonly=True,
    )
    solution = fields.Text(
        help="What was found and what is done about it; for the answer.",
    )
    cause = fields.Selection(
        selection=[
            ("people", "People"),
            ("process", "Process"),
            ("product", "Product"),
            ("parts", "Parts"),
            ("information", "Information"),
            ("price", "Price"),
            ("unfounded", "Not founded"),
        ],
        tracking=True,
        help="What was at the root of it, in our own judgement.",
    )
    closed_by = fields.Selection(
        selection=[("customer", "The customer's word"), ("manager", "A manager")],
        readonly=True,
        copy=False,
    )
    closing_reason = fields.Text(readonly=True, copy=False)
    cost_amount = fields.Monetary(
        string="Goodwill and cost",
        copy=False,
        tracking=True,
        aggregator="sum",
    )
    cost_bearer = fields.Selection(
        selection=[
            ("store", "Store"),
            ("maker", "Maker"),
            ("insurer", "Insurer"),
            ("supplier", "Supplier"),
            ("person", "Who caused it"),
        ],
        string="Borne by",
        copy=False,
        tracking=True,
    )
    cost_department_id = fields.Many2one(
        comodel_name="auto.complaint.department",
        string="Charged to department",
        copy=False,
        ondelete="restrict",
    )
    improvement_ids = fields.Many2many(
        comodel_name="auto.improvement",
        relation="auto_improvement_complaint_rel",
        column1="complaint_id",
        column2="improvement_id",
        string="Improvements",
    )
    improvement_count = fields.Integer(compute="_compute_improvement_count")

    _cost_positive = models.Constraint(
        "CHECK(cost_amount IS NULL OR cost_amount >= 0)", "A cost cannot be negative."
    )
    # Beyond this somebody has slipped on the keys.
    _cost_sane = models.Constraint(
        "CHECK(cost_amount IS NULL OR cost_amount < 1000000000)",
        "A cost cannot be that high.",
    )
    _closed_reason = models.Constraint(
        "CHECK(state != 'closed' OR closed_by IS NOT NULL)",
        "A complaint is closed with the customer's word or by a manager.",
    )
    _escalate_idx = models.Index(
        "(date_next_escalation) WHERE date_next_escalation IS NOT NULL"
    )
    _callback_idx = models.Index("(date_callback) WHERE state = 'answered'")
    _open_idx = models.Index("(partner_id) WHERE state != 'closed'")

    # ------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------

    @api.depends("description")
    def _compute_subject(self):
        for complaint in self:
            if not complaint.subject and complaint.description:
                line = complaint.description.strip().splitlines()[:1]
                text = line[0] if line else ""
                complaint.subject = text if len(text) <= 80 else f"{text[:79]}…"

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for complaint in self:
            parts = (complaint.name, complaint.subject)
            complaint.display_name = " · ".join(filter(None, parts))

    @api.depends("partner_id.phone")
    def _compute_phone(self):
        # Masked on reading for those who do not handle this complaint.
        for complaint, known in zip(self, self.sudo(), strict=True):
            complaint.phone = known.partner_id.phone

    @api.depends("state", "date_first_due", "date_first_answer", "date_due")
    def _compute_clock_state(self):
        now = fields.Datetime.now()
        soon = fields.Datetime.add(now, hours=4)
        # The limits are ours; whether we are late the customer may know.
        for complaint, known in zip(self, self.sudo(), strict=True):
            limits = [] if known.date_first_answer else [known.date_first_due]
            limits = [date for date in (*limits, known.date_due) if date]
            if known.state not in RUNNING_STATES or not limits:
                complaint.clock_state = "stopped"
            elif min(limits) < now:
                complaint.clock_state = "late"
            else:
                complaint.clock_state = "soon" if min(limits) < soon else "in_time"
            complaint.is_late = complaint.clock_state == "late"

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        late = Domain("state", "in", RUNNING_STATES) & (
            Domain("date_due", "<", now)
            | (
                Domain("date_first_answer", "=", False)
                & Domain("date_first_due", "<", now)
            )
        )
        domain = Domain.FALSE
        if True in value:
            domain |= late
        if False in value:
            domain |= ~late
        return domain

    @api.depends("repeat_of_id")
    def _compute_is_repeat(self):
        for complaint in self:
            complaint.is_repeat = bool(complaint.repeat_of_id)

    @api.depends("task_ids.state")
    def _compute_open_task_count(self):
        counts = dict(
            self.env["auto.complaint.task"]._read_group(
                [("complaint_id", "in", self.ids), ("state", "=", "todo")],
                ["complaint_id"],
                ["__count"],
            )
        )
        for complaint in self:
            complaint.open_task_count = counts.get(complaint._origin, 0)

    @api.depends("improvement_ids")
    def _compute_improvement_count(self):
        for complaint in self:
            complaint.improvement_count = len(complaint.improvement_ids)

    @api.model
    def _field_needs(self):
        return {**super()._field_needs(), "improvement_count": "auto.improvement"}

    @api.model
    def _masked_fields(self):
        return {**super()._masked_fields(), "phone": "phone"}

    @api.model
    def _mask_exempt_domain(self):
        """Whoever handles the complaint must be able to call."""
        return Domain("user_id", "=", self.env.uid) & Domain("state", "in", OPEN_STATES)

    # ------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        own = self.env.context.get("auto_complaint_state") is STATE
        if not own:
            for vals in vals_list:
                self._check_state_values(
                    vals, allowed={"state": "new", "channel": None}
                )
            self._check_may_name(vals_list)
        vals_list = self._complete_values(vals_list)
        self._check_texts(vals_list)
        quiet = self.with_context(**QUIET)
        complaints = super(AutoComplaint, quiet).create(vals_list)
        complaints = complaints.with_env(self.env)
        complaints._log_received(own)
        complaints._tell_vehicles(self.env._("Complaint"))
        if not own:
            complaints._start_work()
        return complaints

    def write(self, vals):
        own = self.env.context.get("auto_complaint_state") is STATE
        if not own and self.env.context.get("auto_erase") is not ERASE:
            self._check_state_values(vals)
            self._check_changes(vals)
            self._check_may_name([vals])
        if "description" in vals:
            self._check_texts([vals])
        if leaving := self._left_behind(vals):
            (self - leaving).write(vals)
            return leaving.write({**vals, "user_id": False})
        before = {
            complaint: (
                complaint.user_id,
                complaint.category_id,
                complaint.severity,
                complaint.company_id,
                complaint.description,
            )
            for complaint in self.sudo()
        }
        result = super().write(vals)
        self._follow_changes(vals, before)
        return result

    @api.model
    def _check_state_values(self, vals, allowed=None):
        allowed = allowed or {}
        forbidden = [
            name
            for name in STATE_FIELDS & vals.keys()
            if name not in allowed
            or (allowed[name] is not None and vals[name] != allowed[name])
        ]
        if forbidden:
            raise UserError(
                self.env._(
                    "A complaint moves on by what is done with it: use its buttons. "
                    "“%(field)s” is not written by hand.",
                    field=self._fields[forbidden[0]]._description_string(self.env),
                )
            )

    def _check_changes(self, vals):
        """Refuse to change whose complaint it is once it is closed."""
        closed = self.filtered(lambda complaint: complaint.state == "closed")
        fixed = {
            "partner_id",
            "vehicle_id",
            "description",
            "category_id",
            "severity",
            "user_id",
            "company_id",
        }
        if closed and fixed & vals.keys():
            raise UserError(
                self.env._(
                    "%(complaint)s is closed. Reopen it to change it.",
                    complaint=closed[0].name,
                )
            )

    @api.model
    def _check_may_name(self, vals_list):
        """Refuse a customer or car that the user may not read.

        Otherwise whoever guesses an id would read a stranger's name and number from
        the complaint.

        :raise AccessError: for such a customer or car
        """
        if self.env.su:
            return
        for name in ("partner_id", "vehicle_id"):
            ids = {vals[name] for vals in vals_list if vals.get(name)}
            self.env[self._fields[name].comodel_name].browse(ids).check_access("read")

    def _left_behind(self, vals):
        """Return the complaints whose person does not work in the new store."""
        if not vals.get("company_id") or "user_id" in vals:
            return self.browse()
        # A user's stores are looked up for anybody.
        return self.filtered(
            lambda complaint: (
                (user := complaint.sudo().user_id)
                and vals["company_id"] not in user.company_ids.ids
            )
        )

    @api.model
    def _check_texts(self, vals_list):
        for vals in vals_list:
            if not (vals.get("description") or "").strip():
                raise ValidationError(
                    self.env._("Say what happened: a complaint needs a description.")
                )

    @api.constrains("user_id", "company_id")
    def _check_user_store(self):
        for complaint in self.sudo():  # a user's stores are checked for anybody
            user = complaint.user_id
            if user and complaint.company_id not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(store)s.",
                        user=user.name,
                        store=complaint.company_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A complaint is not deleted: close it instead."))

    def _set(self, vals):
        """Write what only the methods of complaints may write."""
        # Whether the user may is checked by the method that does it: a manager who
        # only reads complaints may close one.
        return self.sudo().with_context(auto_complaint_state=STATE).write(vals)

    # ------------------------------------------------------------
    # History
    # ------------------------------------------------------------

    def _log_received(self, own):
        """Write the first lines of the history: how it came, and to whom."""
        # Only _register_complaint() says by which delivery it came.
        told = self.env.context.get("auto_complaint_ref") if own else None
        channel, ref = told or (None, None)
        lines = []
        for complaint in self.sudo():
            line = complaint._event_values("received")
            line.update(date=complaint.date_received, channel=channel, external_ref=ref)
            lines.append(line)
            if complaint.user_id:
                line = complaint._event_values("assigned")
                lines.append(line | {"to_text": complaint.user_id.name})
        self._write_events(lines)

    def _event_values(self, kind):
        self.ensure_one()
        return {
            "complaint_id": self.id,
            "company_id": self.company_id.id,
            "kind": kind,
            "user_id": self.env.uid,
            "date": self._now(),
            "round": self.reopen_count,
        }

    @api.model
    def _write_events(self, lines):
        # Nobody has the right to write the history, so that nobody can forge it.
        events = self.env["auto.complaint.event"].sudo()
        return events.with_context(auto_complaint_event=WRITER).create(lines)

    def _log_clock(self, kind, **values):
        """Write one line of history for each complaint.

        :param str kind: a key of ``auto.complaint.event.kind``
        :param values: ``note``, ``from_text``, ``to_text``, ``channel``,
            ``external_ref``, ``date``, ``escalation_id``
        :return: the events
        """
        return self._write_events(
            [complaint._event_values(kind) | values for complaint in self.sudo()]
        )

    @api.model
    def _now(self):
        """Return the present; stories and imports of old complaints say theirs."""
        told = self.env.context.get("auto_complaint_now") if self.env.su else None
        return told or fields.Datetime.now()

    def _tell_vehicles(self, text):
        """Write a line on the timeline of the cars concerned."""
        lines = [
            {
                "vehicle_id": complaint.vehicle_id.id,
                "kind": "complaint",
                "name": f"{text} {complaint.name}",
                "partner_id": complaint.partner_id.id,
                "company_id": complaint.company_id.id,
                "res_model": self._name,
                "res_id": complaint.id,
                "date": self._now(),
            }
            for complaint in self.sudo()
            if complaint.vehicle_id
        ]
        if lines:
            self.env["auto.vehicle"]._log_events(lines)
