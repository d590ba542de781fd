from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE

# Only the methods of test drives pass this object, so that no client takes a step past
# its checks.
STATE = object()
# Who goes along.
DRIVERS = frozenset({"consultant", "sales_manager", "store_manager", "head_office"})
# While it is in one of these, a drive holds its car and its consultant.
HOLDING = ("booked", "out")
# The first is none of the stars.
RATINGS = [
    ("0", "Not rated"),
    ("1", "Poor"),
    ("2", "Fair"),
    ("3", "Good"),
    ("4", "Very good"),
    ("5", "Excellent"),
]
RATED = (
    "rating_driving",
    "rating_comfort",
    "rating_space",
    "rating_equipment",
    "rating_value",
)
FEEDBACK_FIELDS = frozenset(
    {*RATED, "liked", "disliked", "intent", "next_step", "next_date", "contact_id"}
)
# What only the steps write.
STATE_FIELDS = FEEDBACK_FIELDS | {
    "name",
    "state",
    "registered_by_id",
    "date_out",
    "date_in",
    "odometer_out",
    "odometer_in",
    "condition_note",
    "date_remind",
    "date_reminded",
    "move_count",
    "reason_id",
    "reason_note",
    "changed_by",
    "driver_signed_on",
    "terms_signed",
    "date_feedback",
}
# A drive at another time, in another car or with somebody else is told to the customer.
PLAN_FIELDS = frozenset({"start", "hours", "vehicle_id", "user_id"})
SIGNED_FIELDS = frozenset(
    {
        "driver_name",
        "vehicle_id",
        "licence_number",
        "licence_class_id",
        "licence_issue_date",
        "licence_expiry_date",
    }
)


class AutoTestDrive(models.Model):
    """A prospect drives a demo car with a consultant.

    Here: what it is and who changes what. Booking without a clash, the licence, the
    steps, the feedback and what the customer is told have files of their own,
    ``auto_test_drive_<subject>.py``.
    """

    _name = "auto.test.drive"
    _inherit = [
        "auto.derived.mixin",
        "auto.numbered.mixin",
        "auto.restricted.mixin",
        "auto.partner.guard.mixin",
        "auto.signature.mixin",
        "auto.visit.mixin",
        "auto.lock.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Test drive"
    _order = "start desc, id desc"
    _rec_names_search = ["name", "partner_id.name", "vehicle_id", "driver_name"]
    _guarded_partner_fields = ("partner_id",)
    _restricted_fields = frozenset({"licence_number"})
    _signatures = ("driver_signature",)
    _signed_fields = SIGNED_FIELDS

    state = fields.Selection(
        selection=[
            ("booked", "Booked"),
            ("out", "Out"),
            ("back", "Back"),
            ("done", "Done"),
            ("no_show", "Did not come"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="booked",
        tracking=True,
        index=True,
        group_expand=True,
        help="Back: the car is back and the feedback is still to be asked for.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        index="btree_not_null",
        ondelete="set null",
        domain="[('company_id', '=', company_id), ('type', '=', 'opportunity')]",
    )
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
        string="Demo car",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_demo', '=', True), ('company_id', '=', company_id)]",
        tracking=True,
    )
    model_id = fields.Many2one(
        related="vehicle_id.model_id", string="Model", store=True, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Consultant",
        required=True,
        index=True,
        default=lambda self: self._default_user_id(),
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        help="Goes along, or hands out the key.",
    )
    start = fields.Datetime(
        required=True,
        copy=False,
        index=True,
        tracking=True,
        default=lambda self: self._next_quarter(),
    )
    hours = fields.Float(
        string="Duration",
        compute="_compute_hours",
        store=True,
        readonly=False,
        precompute=True,
        help="How long car and consultant are held.",
    )
    stop = fields.Datetime(
        string="Until", compute="_compute_stop", store=True, precompute=True
    )
    route_id = fields.Many2one(
        comodel_name="auto.test.drive.route",
        string="Route",
        index="btree_not_null",
        ondelete="restrict",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    registered_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Booked by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        default=lambda self: self.env.user,
    )
    note = fields.Text(
        string="Wishes", help="What the customer wants to try, such as parking."
    )

    # The driver
    driver_name = fields.Char(
        string="Driver",
        compute="_compute_driver_name",
        store=True,
        readonly=False,
        help="Who drives, when it is not the customer.",
    )
    licence_number = fields.Char(
        string="Licence number",
        copy=False,
        help="Shown in full only to those with the right on identity documents; each "
        "reading is logged.",
    )
    licence_class_id = fields.Many2one(
        comodel_name="auto.licence.class",
        string="Licence class",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    licence_issue_date = fields.Date(string="First issued", copy=False)
    licence_expiry_date = fields.Date(string="Valid until", copy=False)
    is_licence_seen = fields.Boolean(
        string="Seen in the original", copy=False, help="And the photo is the driver's."
    )
    licence_warning = fields.Char(compute="_compute_licence_warning")

    # The agreement
    terms = fields.Html(
        string="Terms", compute="_compute_terms", sanitize=True, compute_sudo=True
    )
    terms_signed = fields.Html(
        string="Terms as signed", readonly=True, copy=False, sanitize=True
    )
    driver_signature = fields.Image(
        string="Driver's signature", copy=False, max_width=1024, max_height=1024
    )
    driver_signed_on = fields.Datetime(string="Signed on", readonly=True, copy=False)

    # The key
    date_out = fields.Datetime(string="Key out", readonly=True, copy=False)
    date_in = fields.Datetime(string="Key back", readonly=True, copy=False)
    odometer_out = fields.Integer(
        string="Odometer out (km)", readonly=True, copy=False, aggregator=False
    )
    odometer_in = fields.Integer(
        string="Odometer in (km)", readonly=True, copy=False, aggregator=False
    )
    distance = fields.Integer(
        string="Driven (km)", compute="_compute_distance", store=True
    )
    actual_hours = fields.Float(
        string="Actual duration",
        compute="_compute_distance",
        store=True,
        aggregator="avg",
    )
    condition_note = fields.Char(
        string="Condition of the car", readonly=True, copy=False
    )

    # What the customer said
    rating_driving = fields.Selection(RATINGS, string="Driving", readonly=True)
    rating_comfort = fields.Selection(RATINGS, string="Comfort", readonly=True)
    rating_space = fields.Selection(RATINGS, string="Space", readonly=True)
    rating_equipment = fields.Selection(RATINGS, string="Equipment", readonly=True)
    rating_value = fields.Selection(RATINGS, string="Value for money", readonly=True)
    rating = fields.Float(
        string="Rating",
        compute="_compute_rating",
        store=True,
        digits=(3, 1),
        aggregator="avg",
        help="The mean of what was rated, 1 to 5.",
    )
    liked = fields.Text(readonly=True, copy=False)
    disliked = fields.Text(string="Did not like", readonly=True, copy=False)
    intent = fields.Selection(
        selection=[
            ("order", "Wants to order"),
            ("offer", "Wants an offer"),
            ("compare", "Compares"),
            ("no", "Not this car"),
        ],
        string="And now",
        readonly=True,
        copy=False,
    )
    next_step = fields.Char(string="Next step", readonly=True, copy=False)
    next_date = fields.Date(string="Next contact", readonly=True, copy=False)
    date_feedback = fields.Datetime(string="Feedback on", readonly=True, copy=False)
    contact_id = fields.Many2one(
        comodel_name="auto.contact",
        string="Contact",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    # What became of it
    date_remind = fields.Datetime(string="Reminder on", readonly=True, copy=False)
    date_reminded = fields.Datetime(string="Reminded on", readonly=True, copy=False)
    move_count = fields.Integer(
        string="Times moved", readonly=True, copy=False, aggregator="sum"
    )
    reason_id = fields.Many2one(
        comodel_name="auto.test.drive.reason",
        string="Reason",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    reason_note = fields.Char(string="In words", readonly=True, copy=False)
    changed_by = fields.Selection(
        related="reason_id.by", string="Cancelled by", store=True
    )
    lead_status = fields.Selection(related="lead_id.won_status", string="Prospect is")
    order_count = fields.Integer(
        string="Orders",
        compute="_compute_order_count",
        store=True,
        help="1 when the prospect bought after driving, else 0.",
    )
    conversion = fields.Float(
        string="Drives that led to an order",
        compute="_compute_order_count",
        store=True,
        aggregator="avg",
        help="Of the drives that took place.",
    )
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    busy_text = fields.Text(string="Taken that day", compute="_compute_busy_text")

    # A car, and a person, is in one drive at a time: the spans of all lie one behind
    # the other on one line of numbers, on which no two may meet. Seconds since 1970
    # need less than 10^11.
    _vehicle_excl = models.Constraint(
        "EXCLUDE USING gist (int8range("
        "vehicle_id * 100000000000 + EXTRACT(EPOCH FROM start)::bigint,"
        " vehicle_id * 100000000000 + EXTRACT(EPOCH FROM stop)::bigint) WITH &&)"
        " WHERE (state IN ('booked', 'out'))",
        "This car has just been taken for that time. Choose another time or car.",
    )
    _user_excl = models.Constraint(
        "EXCLUDE USING gist (int8range("
        "user_id * 100000000000 + EXTRACT(EPOCH FROM start)::bigint,"
        " user_id * 100000000000 + EXTRACT(EPOCH FROM stop)::bigint) WITH &&)"
        " WHERE (state IN ('booked', 'out'))",
        "This consultant has just been taken for that time. Choose another time or "
        "consultant.",
    )
    _vehicle_out_uniq = models.UniqueIndex(
        "(vehicle_id) WHERE state = 'out'",
        "This car is out already: take its key back first.",
    )
    _span_check = models.Constraint(
        "CHECK (hours > 0 AND hours <= 72 AND stop > start)",
        "A test drive takes between 0 and 72 hours.",
    )
    _odometer_check = models.Constraint(
        "CHECK (COALESCE(odometer_in, 0) = 0 OR odometer_in >= odometer_out)",
        "The car cannot come back with fewer km than it left with.",
    )
    _day_idx = models.Index("(company_id, start)")
    _coming_idx = models.Index("(user_id, start) WHERE state IN ('booked', 'out')")
    _remind_idx = models.Index(
        "(date_remind) WHERE date_remind IS NOT NULL AND date_reminded IS NULL"
        " AND state = 'booked'"
    )

    @api.model
    def _default_user_id(self):
        """Return who goes along: the user, unless the user only takes calls."""
        user = self.env.user
        return user if self.env.su or user._auto_roles() & DRIVERS else False

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.model
    def _next_quarter(self):
        """Return the next full quarter of an hour, in UTC."""
        now = fields.Datetime.now().replace(second=0)
        return now + timedelta(minutes=15 - now.minute % 15)

    @api.depends("route_id")
    def _compute_hours(self):
        for drive in self:
            drive.hours = (
                drive.route_id.hours
                or drive.hours
                or (drive.company_id or self.env.company).auto_drive_hours
            )

    @api.depends("start", "hours")
    def _compute_stop(self):
        for drive in self:
            drive.stop = drive._stop_of_plan()

    def _stop_of_plan(self):
        """Return until when start and duration hold car and consultant."""
        self.ensure_one()
        # What is far too long is refused by the constraint, in words.
        hours = min(self.hours or 0, 1000)
        return self.start and self.start + timedelta(hours=hours)

    @api.depends("partner_id")
    @api.depends_context("uid")
    def _compute_phone(self):
        # Read as the user does, so that it is masked where it must be.
        readable = self.partner_id._filtered_access("read")
        phones = {row["id"]: row["phone"] for row in readable.read(["phone"])}
        for drive in self:
            drive.phone = phones.get(drive.partner_id.id, False)

    @api.depends("partner_id")
    def _compute_driver_name(self):
        for drive in self:
            drive.driver_name = drive.partner_id.sudo().name

    @api.depends("date_out", "date_in", "odometer_out", "odometer_in")
    def _compute_distance(self):
        for drive in self:
            is_back = bool(drive.date_in)
            drive.distance = is_back and drive.odometer_in - drive.odometer_out
            drive.actual_hours = (
                is_back and (drive.date_in - drive.date_out).total_seconds() / 3600
            )

    @api.depends(*RATED)
    def _compute_rating(self):
        for drive in self:
            given = [int(drive[name]) for name in RATED if int(drive[name] or 0)]
            drive.rating = sum(given) / len(given) if given else 0

    @api.depends("state", "lead_id.won_status")
    def _compute_order_count(self):
        for drive in self:
            driven = drive.state in ("back", "done")
            # Whether it was bought is no secret of the prospect's consultant.
            won = drive.sudo().lead_id.won_status == "won"
            drive.order_count = int(driven and won)
            drive.conversion = float(driven and won)

    @api.depends("name", "vehicle_id", "partner_id", "start")
    def _compute_display_name(self):
        for drive, known in zip(self, self.sudo(), strict=True):
            car = known.vehicle_id
            parts = (
                car.license_plate or car.vin,
                car.model_id.name,
                known.name if drive._origin else self.env._("New"),
            )
            drive.display_name = " · ".join(part for part in parts if part)

    @api.depends("state", "start", "stop")
    def _compute_is_late(self):
        late = self.filtered_domain(self._late_domain())
        for drive in self:
            drive.is_late = drive in late

    def _search_is_late(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._late_domain()

    @api.model
    def _late_domain(self):
        """Return the domain of drives that should have begun, or come back."""
        now = fields.Datetime.now()
        waiting = Domain("state", "=", "booked") & Domain("start", "<", now)
        return waiting | (Domain("state", "=", "out") & Domain("stop", "<", now))

    @api.model
    def _masked_fields(self):
        return {**super()._masked_fields(), "licence_number": "document"}

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == "rating:avg":
            # What nobody rated is not rated badly.
            rating = self._field_to_sql(self._table, "rating", query)
            return SQL("AVG(NULLIF(%s, 0))", rating)
        return super()._read_group_select(aggregate_spec, query)

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            {name: value for name, value in vals.items() if name not in STATE_FIELDS}
            for vals in vals_list
        ]
        self._check_known(vals_list)
        vals_list = [self._sign_vals(self._taken_over(vals)) for vals in vals_list]
        self._check_free([self._span(vals) for vals in vals_list])
        drives = super().create(vals_list)
        drives._booked()
        return drives

    def write(self, vals):
        context = self.env.context
        if context.get("auto_drive") is STATE or context.get("auto_erase") is ERASE:
            return super().write(vals)
        if vals.keys() & STATE_FIELDS:
            raise UserError(
                self.env._(
                    "A test drive is begun, ended, rated and cancelled by its buttons."
                )
            )
        content = {
            name
            for name in vals
            if not name.startswith(("message_", "activity_", "website_message"))
        }
        if content and any(drive.state != "booked" for drive in self):
            raise UserError(
                self.env._("Only a test drive that is still booked can be changed.")
            )
        self._check_known([vals])
        vals = self._sign_vals(vals)
        moved = vals.keys() & PLAN_FIELDS
        if moved:
            self._check_free([drive._span(vals) for drive in self])
        before = {drive: drive._told() for drive in self} if moved else {}
        res = super().write(vals)
        if "driver_signature" in vals:
            self._keep_terms()
        if moved:
            self._replanned(before)
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Test drives are kept; cancel it instead."))

    @api.model
    def _check_known(self, vals_list):
        """Refuse prospects, customers and cars that the user does not see.

        :raise AccessError: for those that the user may not read
        """
        for name in ("lead_id", "partner_id", "vehicle_id"):
            ids = {vals[name] for vals in vals_list if vals.get(name)}
            if ids:
                model = self.env[self._fields[name].comodel_name]
                model.browse(ids).check_access("read")

    def _set(self, values):
        """Write what only the methods write."""
        # The step was checked; its fields are closed to everybody.
        self.sudo().with_context(auto_drive=STATE).write(values)
