from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

# Only the methods of repair orders pass this object, so that no client skips a step.
STATE = object()
SERVICE_STATES = [
    ("received", "Received"),
    ("asked", "Waiting for the customer"),
    ("queued", "Waiting for a technician"),
    ("working", "In work"),
    ("parts", "Waiting for parts"),
    ("quality", "Quality check"),
    ("ready", "Ready"),
    ("settled", "Settled"),
    ("returned", "Returned to the customer"),
    ("cancelled", "Cancelled"),
]
OVER = ("returned", "cancelled")
# Written by the buttons, as the progress is.
BUTTON_FIELDS = {"service_state", "date_ready", "date_out", "quality_user_id"}
# What the invoices stand on does not change any more.
SETTLED_FIELDS = {
    "partner_id",
    "brought_by_id",
    "invoice_partner_id",
    "insurer_id",
    "odometer_in",
    "date_in",
    "promised_on",
    "job_ids",
    "line_ids",
}
# What is still noted on an order that is over: nothing that its invoices, the car's
# ledger or anybody's figures stand on.
NOTED_AFTER = {"internal_notes", "priority", "tag_ids", "odometer_in"}
# Odoo computes these of the stock moves, which are not everybody's to read.
STOCK_FIELDS = (
    "has_uncomplete_moves",
    "is_parts_available",
    "is_parts_late",
    "parts_availability",
    "parts_availability_state",
    "reserve_visible",
    "unreserve_visible",
)
# Clocks of computers differ by so much.
AHEAD = timedelta(minutes=10)
# Odoo lets whoever keeps the stock change repair orders; those of cars are the
# workshop's.
WRITERS = (
    "auto_crm_base.group_adviser,auto_crm_base.group_service_manager,"
    "auto_crm_base.group_store_manager"
)


class RepairOrder(models.Model):
    """A repair order of a car: reception, jobs, promised time, state.

    Orders without a car stay Odoo's. What concerns the estimate, the workshop and the
    settlement has files of its own, ``repair_order_<subject>.py``.
    """

    _name = "repair.order"
    _inherit = ["repair.order", "auto.derived.mixin", "auto.partner.guard.mixin"]
    _rec_names_search = ["name", "vehicle_id", "key_tag"]
    _guarded_partner_fields = ("partner_id", "brought_by_id")

    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Vehicle",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    license_plate = fields.Char(related="vehicle_id.license_plate")
    vin = fields.Char(related="vehicle_id.vin")
    model_id = fields.Many2one(
        related="vehicle_id.model_id", store=True, index="btree_not_null"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    service_state = fields.Selection(
        selection=SERVICE_STATES,
        string="Progress",
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
        help="How far the car has come in the workshop.",
    )
    brought_by_id = fields.Many2one(
        comodel_name="res.partner",
        string="Brought by",
        index="btree_not_null",
        ondelete="restrict",
        help="Who brought the car, when it is not the customer.",
    )
    date_in = fields.Datetime(
        string="Received on", copy=False, default=fields.Datetime.now
    )
    promised_on = fields.Datetime(
        string="Promised for",
        copy=False,
        tracking=True,
        help="When the customer was told that the car will be ready.",
    )
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", search="_search_is_late"
    )
    date_ready = fields.Datetime(string="Ready on", readonly=True, copy=False)
    date_out = fields.Datetime(string="Returned on", readonly=True, copy=False)
    key_tag = fields.Char(copy=False, help="The number on the tag of the car's key.")
    odometer_in = fields.Integer(
        string="Odometer in (km)", copy=False, aggregator=False, tracking=True
    )
    odometer_out = fields.Integer(
        string="Odometer out (km)", copy=False, aggregator=False
    )
    fuel_level = fields.Selection(
        selection=[
            ("0", "Empty"),
            ("25", "A quarter"),
            ("50", "Half"),
            ("75", "Three quarters"),
            ("100", "Full"),
        ],
        string="Fuel or charge",
        copy=False,
    )
    belongings = fields.Text(
        string="Left in the car", copy=False, help="What the customer left in the car."
    )
    job_ids = fields.One2many(
        comodel_name="auto.repair.job",
        inverse_name="repair_id",
        string="Jobs",
        copy=True,
    )
    line_ids = fields.One2many(
        comodel_name="auto.repair.line",
        inverse_name="repair_id",
        string="Labour and parts",
        copy=False,
    )

    _open_idx = models.Index(
        "(company_id, service_state) WHERE vehicle_id IS NOT NULL"
        " AND service_state NOT IN ('returned', 'cancelled')"
    )
    _odometer_check = models.Constraint(
        "CHECK (odometer_in >= 0 AND odometer_in <= 2000000"
        " AND odometer_out >= 0 AND odometer_out <= 2000000)",
        "The odometer is between 0 and 2,000,000 km.",
    )

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("vehicle_id")
    def _compute_partner_id(self):
        of_cars = self.filtered("vehicle_id")
        for repair in of_cars:
            # The owner as the adviser may see them: a customer of the store.
            repair.partner_id = repair.partner_id or repair.vehicle_id.owner_id
        return super(RepairOrder, self - of_cars)._compute_partner_id()

    @api.depends("promised_on", "service_state")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for repair in self:
            repair.is_late = bool(
                repair.promised_on
                and repair.promised_on < now
                and repair.service_state not in (*OVER, "ready", "settled")
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("promised_on", "<", fields.Datetime.now()) & Domain(
            "service_state", "not in", (*OVER, "ready", "settled", False)
        )
        domain = Domain.FALSE
        if True in value:
            domain |= late
        if False in value:
            domain |= ~late
        return domain

    @api.depends("name", "vehicle_id")
    def _compute_display_name(self):
        for repair in self:
            plate = (
                repair.vehicle_id.sudo().license_plate or repair.vehicle_id.sudo().vin
            )
            parts = [repair.name, plate if repair.vehicle_id else ""]
            repair.display_name = " · ".join(part for part in parts if part)

    @api.constrains("date_in", "promised_on")
    def _check_dates(self):
        latest = fields.Datetime.now() + AHEAD
        for repair in self.filtered("vehicle_id"):
            if repair.date_in and repair.date_in > latest:
                raise ValidationError(
                    self.env._("A car is received when it is here, not later.")
                )
            if (
                repair.date_in
                and repair.promised_on
                and repair.promised_on < repair.date_in
            ):
                raise ValidationError(
                    self.env._(
                        "%(order)s: nobody is promised a car before it was received.",
                        order=repair.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("vehicle_id") for vals in vals_list):
            self._check_writer()
            self._check_known(vals_list)
        vals_list = [self._as_received(vals) for vals in vals_list]
        repairs = super().create(vals_list)
        of_cars = repairs.filtered("vehicle_id")
        if of_cars:
            of_cars._set_service_state("received")
            of_cars._received()
        return repairs

    @api.model
    def _field_needs(self):
        return {**super()._field_needs(), **dict.fromkeys(STOCK_FIELDS, "stock.move")}

    def _check_store_kept(self, vals):
        """Refuse to move the order of a car to another store.

        :raise UserError: for another store than the one that received the car
        """
        if (
            "company_id" in vals
            and not self.env.su
            and any(
                repair.vehicle_id and repair.company_id.id != vals["company_id"]
                for repair in self
            )
        ):
            raise UserError(
                self.env._("The order stays in the store that received the car.")
            )

    def _check_number_kept(self, vals):
        """Refuse to call an order otherwise than invoices and claims do.

        :raise UserError: for another number
        """
        if "name" in vals and any(
            repair.vehicle_id and repair.name != vals["name"] for repair in self
        ):
            raise UserError(self.env._("The number of an order does not change."))

    def _check_settled_kept(self, vals):
        """Refuse to change what was invoiced.

        A meter that nobody read may be read later: claims need it.

        :raise UserError: when one of the orders is over
        """
        for repair in self:
            names = SETTLED_FIELDS & vals.keys()
            if repair.service_state in OVER:
                names |= {
                    name
                    for name in vals.keys() - NOTED_AFTER - BUTTON_FIELDS
                    if self._fields[name].store and not name.startswith("activity_")
                }
            if not repair.odometer_in and repair.service_state != "cancelled":
                names.discard("odometer_in")
            if names:
                repair._check_not_over()

    def copy_data(self, default=None):
        if any(repair.vehicle_id for repair in self):
            raise UserError(
                self.env._(
                    "The order of a car is not copied. Take the car in again: what is "
                    "known about it is filled in."
                )
            )
        return super().copy_data(default)

    def write(self, vals):
        if any(repair.vehicle_id for repair in self):
            self._check_writer()
            if (
                vals.keys() & BUTTON_FIELDS
                and self.env.context.get("auto_repair") is not STATE
            ) or ("state" in vals and not self.env.su):
                raise UserError(
                    self.env._(
                        "The progress of a repair order follows from its buttons."
                    )
                )
            self._check_store_kept(vals)
            if not self.env.su:
                self._check_number_kept(vals)
                self._check_settled_kept(vals)
        if "vehicle_id" in vals and any(
            repair.vehicle_id and repair.vehicle_id.id != vals["vehicle_id"]
            for repair in self
        ):
            raise UserError(
                self.env._(
                    "The car of a repair order does not change; cancel it and receive "
                    "the other car."
                )
            )
        result = super().write(vals)
        if "odometer_in" in vals:
            self._record_odometers("odometer_in")
        if "odometer_out" in vals:
            self._record_odometers("odometer_out")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        if any(
            repair.vehicle_id and repair.service_state not in ("received", "cancelled")
            for repair in self
        ):
            raise UserError(
                self.env._("A repair order that was begun is kept; cancel it.")
            )

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _check_writer(self):
        """Refuse to let others than the workshop's people change orders of cars.

        :raise AccessError: for them
        """
        if not self.env.su and not self.env.user.has_groups(WRITERS):
            raise AccessError(
                self.env._("Repair orders of cars are kept by the service advisers.")
            )

    @api.model
    def _check_known(self, vals_list):
        """Refuse cars and customers that nobody has found: the order shares them.

        :raise AccessError: for those that the user may not read
        """
        for name in ("vehicle_id", "partner_id"):
            ids = {vals[name] for vals in vals_list if vals.get(name)}
            self.env[self._fields[name].comodel_name].browse(ids).check_access("read")

    @api.model
    def _as_received(self, vals):
        """Return the values without what only the buttons write."""
        if not vals.get("vehicle_id"):
            return {name: vals[name] for name in vals if name not in BUTTON_FIELDS}
        return {
            name: vals[name] for name in vals if name not in BUTTON_FIELDS | {"state"}
        }

    def _set_service_state(self, state, **values):
        """Bring the orders of cars to a step; the only way to do so.

        :param str state: a key of :attr:`service_state`
        :param values: what else the step writes, of ``BUTTON_FIELDS``
        """
        changed = self.filtered(lambda one: one.service_state != state)
        if changed:
            changed.with_context(auto_repair=STATE).write(
                {"service_state": state, **values}
            )

    def _received(self):
        """Take over what the reception tells about the car."""
        for company, repairs in self.grouped("company_id").items():
            reason = self.env._("Received in the workshop")
            # The car and its owner are before the adviser.
            repairs.vehicle_id._join_store(company, reason)
            repairs.partner_id._join_store(company, reason)
        for repair in self:
            repair.vehicle_id._log_event(
                "repair",
                self.env._("Received in the workshop"),
                document=repair,
                partner=repair.partner_id,
                date=repair.date_in,
                company=repair.company_id,
            )
        self._record_odometers("odometer_in")

    def _record_odometers(self, name):
        """Add what the meter showed to the ledger of the cars.

        :param str name: the field that holds it, in km
        """
        for repair in self.filtered(lambda one: one.vehicle_id and one[name]):
            # The ledger is the car's; whoever receives it reads the meter.
            repair.vehicle_id.sudo()._record_odometer(
                repair[name], source="repair", document=repair
            )

    def _check_not_over(self):
        """Refuse to change what is settled or cancelled.

        :raise UserError: when one of the orders is over
        """
        for repair in self:
            if repair.service_state in (*OVER, "settled"):
                raise UserError(
                    self.env._(
                        "%(order)s is settled or cancelled.", order=repair.display_name
                    )
                )

    def action_view_vehicle(self):
        """Open the car."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "auto.vehicle",
            "res_id": self.vehicle_id.id,
            "views": [(False, "form")],
        }
