from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE

# Only the methods of appointments pass this object, so that no client takes a time
# past the workshop's capacity or a step past its rules.
STATE = object()
# What changes what the boards show; it is always written by the methods.
SHOWN = frozenset({"state", "start", "stop", "bay_id", "access_token"})
# While it is in one of these, an appointment holds its bay.
HOLDING = ("booked", "confirmed", "arrived")
COMING = ("booked", "confirmed")
# By these the customers book themselves, within the limits that the store sets.
PUBLIC_CHANNELS = ("web", "portal")
STATE_FIELDS = frozenset(
    {
        "name",
        "state",
        "start",
        "stop",
        "hours",
        "bay_id",
        "type_id",
        "skill_id",
        "company_id",
        "channel",
        "external_ref",
        "access_token",
        "registered_by_id",
        "followup_id",
        "res_model",
        "res_id",
        "date_confirmed",
        "date_arrived",
        "date_remind",
        "date_reminded",
        "first_start",
        "move_count",
        "reason_id",
        "reason_note",
        "changed_by",
    }
)
# What is chosen when it is booked; the rest of the above is written by the methods.
CHOSEN_FIELDS = frozenset(
    {"start", "hours", "bay_id", "type_id", "company_id", "followup_id"}
)


class AutoAppointment(models.Model):
    """A time in the workshop that is promised to a customer.

    Here: what it is and who sees it. How it is placed in the workshop, comes in,
    changes and is told to the customer have files of their own,
    ``auto_appointment_<subject>.py``.
    """

    _name = "auto.appointment"
    _inherit = [
        "auto.derived.mixin",
        "auto.numbered.mixin",
        "auto.masked.mixin",
        "auto.partner.guard.mixin",
        "auto.visit.mixin",
        "auto.lock.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Workshop appointment"
    _order = "start desc, id desc"
    _rec_names_search = ["name", "partner_id.name", "vehicle_id", "car_text"]
    _guarded_partner_fields = ("partner_id",)

    state = fields.Selection(
        selection=[
            ("booked", "Booked"),
            ("confirmed", "Confirmed"),
            ("arrived", "Arrived"),
            ("done", "Done"),
            ("no_show", "Did not come"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="booked",
        tracking=True,
        group_expand=True,
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
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
        string="Car",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    license_plate = fields.Char(related="vehicle_id.license_plate")
    car_text = fields.Char(
        string="Car as told",
        help="The plate or VIN that the customer gave, when it is not that of a car of "
        "this customer.",
    )
    type_id = fields.Many2one(
        comodel_name="auto.appointment.type",
        string="Work",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    skill_id = fields.Many2one(
        comodel_name="auto.skill",
        string="Trade",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    concern = fields.Text(
        string="What the customer says",
        help="In their words; it becomes the job on the repair order.",
    )
    hours = fields.Float(
        string="Hours in the bay",
        compute="_compute_hours",
        store=True,
        readonly=False,
        precompute=True,
        help="In opening hours of the store.",
    )
    start = fields.Datetime(required=True, copy=False, index=True, tracking=True)
    stop = fields.Datetime(
        string="Bay free again", readonly=True, copy=False, required=True
    )
    bay_id = fields.Many2one(
        comodel_name="auto.bay",
        string="Bay",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', '=', company_id)]",
        tracking=True,
        help="Empty when booking: a free one is found.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Adviser",
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    promised_on = fields.Datetime(
        string="Promised for",
        copy=False,
        help="When the car will be ready; empty: when the bay is free again.",
    )
    channel = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("visit", "In the store"),
            ("web", "Public page"),
            ("portal", "Customer portal"),
            ("followup", "Follow-up"),
            ("system", "Another system"),
        ],
        string="Came by",
        required=True,
        readonly=True,
        copy=False,
        default="phone",
    )
    external_ref = fields.Char(
        string="External reference",
        readonly=True,
        copy=False,
        help="The request in the system that it came from.",
    )
    access_token = fields.Char(
        readonly=True, copy=False, groups="base.group_system", index="btree_not_null"
    )
    registered_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Booked by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        default=lambda self: self.env.user,
    )
    followup_id = fields.Many2one(
        comodel_name="auto.followup",
        string="Follow-up",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The reminder that led to it.",
    )
    res_model = fields.Char(string="Document model", readonly=True, copy=False)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True, copy=False
    )
    repair_ids = fields.One2many(
        comodel_name="repair.order",
        inverse_name="appointment_id",
        string="Repair orders",
        readonly=True,
    )

    # What became of it
    date_confirmed = fields.Datetime(string="Confirmed on", readonly=True, copy=False)
    date_arrived = fields.Datetime(string="Arrived on", readonly=True, copy=False)
    date_remind = fields.Datetime(string="Reminder on", readonly=True, copy=False)
    date_reminded = fields.Datetime(string="Reminded on", readonly=True, copy=False)
    first_start = fields.Datetime(string="First booked for", readonly=True, copy=False)
    move_count = fields.Integer(
        string="Times moved", readonly=True, copy=False, aggregator="sum"
    )
    reason_id = fields.Many2one(
        comodel_name="auto.appointment.reason",
        string="Reason",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Why it was last moved, or cancelled.",
    )
    reason_note = fields.Char(string="In words", readonly=True, copy=False)
    changed_by = fields.Selection(
        selection=[("customer", "The customer"), ("store", "The store")],
        readonly=True,
        copy=False,
        help="Who last moved or cancelled it.",
    )
    no_show_count = fields.Integer(related="partner_id.no_show_count")
    is_past = fields.Boolean(compute="_compute_is_past")
    is_today = fields.Boolean(compute="_compute_is_today", search="_search_is_today")

    # A bay belongs to one appointment at a time: the spans of all bays lie one behind
    # the other on one line of numbers, on which no two may meet. Seconds since 1970
    # need less than 10^11 for a bay.
    _bay_excl = models.Constraint(
        "EXCLUDE USING gist (int8range("
        "bay_id * 100000000000 + EXTRACT(EPOCH FROM start)::bigint,"
        " bay_id * 100000000000 + EXTRACT(EPOCH FROM stop)::bigint) WITH &&)"
        " WHERE (bay_id IS NOT NULL AND state IN ('booked', 'confirmed', 'arrived'))",
        "This bay has just been taken for that time. Please choose another time.",
    )
    _span_check = models.Constraint(
        "CHECK (stop > start AND hours > 0)", "An appointment takes some time."
    )
    _ref_uniq = models.UniqueIndex(
        "(channel, external_ref) WHERE external_ref IS NOT NULL",
        "This was booked already.",
    )
    _day_idx = models.Index("(company_id, start)")
    _remind_idx = models.Index(
        "(date_remind) WHERE date_remind IS NOT NULL AND date_reminded IS NULL"
        " AND state IN ('booked', 'confirmed')"
    )
    _coming_idx = models.Index("(start) WHERE state IN ('booked', 'confirmed')")
    _no_show_idx = models.Index("(partner_id) WHERE state = 'no_show'")

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("type_id")
    def _compute_hours(self):
        for appointment in self:
            appointment.hours = appointment.type_id.hours or appointment.hours or 1.0

    @api.depends("partner_id.phone")
    def _compute_phone(self):
        # Masked on reading for those without the right.
        for appointment, known in zip(self, self.sudo(), strict=True):
            appointment.phone = known.partner_id.phone

    @api.depends("name", "vehicle_id", "car_text", "type_id")
    def _compute_display_name(self):
        for appointment, known in zip(self, self.sudo(), strict=True):
            car = known.vehicle_id.license_plate or known.vehicle_id.vin
            name = known.name if appointment._origin else self.env._("New")
            parts = (car or known.car_text, known.type_id.name, name)
            appointment.display_name = " · ".join(part for part in parts if part)

    @api.depends("start")
    def _compute_is_past(self):
        now = fields.Datetime.now()
        for appointment in self:
            appointment.is_past = bool(appointment.start and appointment.start < now)

    @api.depends("start")
    def _compute_is_today(self):
        today = fields.Date.context_today(self)
        for appointment in self:
            appointment.is_today = bool(
                appointment.start
                and fields.Datetime.context_timestamp(
                    appointment, appointment.start
                ).date()
                == today
            )

    def _search_is_today(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return Domain("start", ">=", "today") & Domain("start", "<", "today +1d")

    @api.constrains("promised_on", "start")
    def _check_promised_on(self):
        for appointment in self:
            if appointment.promised_on and appointment.promised_on < appointment.start:
                raise ValidationError(
                    self.env._("Nobody is promised a car before it comes.")
                )

    @api.model
    def _masked_fields(self):
        return {**super()._masked_fields(), "phone": "phone"}

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Take the car of a customer who has one."""
        if self.vehicle_id.owner_id and self.vehicle_id.owner_id != self.partner_id:
            self.vehicle_id = False
        if self.partner_id and not self.vehicle_id:
            cars = self.env["auto.vehicle"].search(
                [("owner_id", "=", self.partner_id.id)], limit=2
            )
            if len(cars) == 1:
                self.vehicle_id = cars

    @api.onchange("vehicle_id")
    def _onchange_vehicle_id(self):
        """Take the owner of the car."""
        self.partner_id = self.partner_id or self.vehicle_id.owner_id

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_known(vals_list)
        appointments = self.browse()
        # One after another: each takes what the next one finds taken.
        for vals in vals_list:
            if self.env.context.get("auto_appointment") is not STATE:
                vals = {
                    name: value
                    for name, value in vals.items()
                    if name not in STATE_FIELDS or name in CHOSEN_FIELDS
                }
            appointments |= super().create([self._placed(vals)])
        appointments._booked()
        return appointments

    def write(self, vals):
        if (
            vals.keys() & STATE_FIELDS
            and self.env.context.get("auto_appointment") is not STATE
            and self.env.context.get("auto_erase") is not ERASE
        ):
            raise UserError(
                self.env._(
                    "An appointment is moved, cancelled and received by its buttons."
                )
            )
        self._check_known([vals])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Appointments are kept; cancel it instead."))

    @api.model
    def _check_known(self, vals_list):
        """Refuse cars, customers and follow-ups that the user does not see.

        Booking shares them with the store.


        :raise AccessError: for those that the user may not read
        """
        for name in ("vehicle_id", "partner_id", "followup_id"):
            ids = {vals[name] for vals in vals_list if vals.get(name)}
            if ids:
                model = self.env[self._fields[name].comodel_name]
                model.browse(ids).check_access("read")

    def _set(self, values):
        """Write what only the methods write."""
        # The step was checked; its fields are closed to everybody.
        self.sudo().with_context(auto_appointment=STATE).write(values)
        if not SHOWN.isdisjoint(values):
            self.sudo().company_id._tell_workshop()
