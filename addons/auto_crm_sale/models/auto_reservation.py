from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_datetime

OPEN_STATES = ("draft", "queued", "active")
CRON_BATCH = 200
# Whatever must be built first is here by then; later is a slip of the finger.
LONGEST_YEARS = 3

# Only the methods of reservations pass this object, so that no client can take a
# car past them.
STATE = object()


class AutoReservation(models.Model):
    """Who holds a car: the one lock behind reservations and contracts.

    A car has at most one active reservation, which the database sees to. Others
    may wait in line; when the car is free again, the first of them gets it for
    some hours.
    """

    _name = "auto.reservation"
    _inherit = [
        "auto.numbered.mixin",
        "auto.partner.guard.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Reservation"
    _order = "state_order, date_expiry, id desc"
    _guarded_partner_fields = ("partner_id",)
    _check_company_auto = True

    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("queued", "Waiting in line"),
            ("active", "Active"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
            ("done", "Done"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        tracking=True,
    )
    state_order = fields.Integer(
        compute="_compute_state_order", store=True, precompute=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Consultant",
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Contract",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        check_company=True,
        help="The contract for which the car is held.",
    )
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Car",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('availability', 'in', ('available', 'incoming', 'reserved'))]",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Configuration",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('is_vehicle', '=', True)]",
        compute="_compute_product_id",
        store=True,
        precompute=True,
        readonly=False,
        help="What the customer waits for when no car is chosen yet.",
    )
    date_start = fields.Datetime(string="Held from", readonly=True, copy=False)
    date_expiry = fields.Datetime(
        string="Held until",
        copy=False,
        tracking=True,
        help="After this the car is free again. Left empty, the store's usual time.",
    )
    date_queue = fields.Datetime(string="In line since", readonly=True, copy=False)
    queue_position = fields.Integer(
        string="Place in line", compute="_compute_queue_position"
    )
    note = fields.Text(string="Remarks")
    cancel_reason = fields.Char(string="Why it ended", readonly=True, copy=False)

    _active_vehicle_uniq = models.UniqueIndex(
        "(vehicle_id) WHERE state = 'active' AND vehicle_id IS NOT NULL",
        "This car is reserved already.",
    )
    _expiry_idx = models.Index("(date_expiry) WHERE state = 'active'")
    _wanted_check = models.Constraint(
        "CHECK(vehicle_id IS NOT NULL OR product_id IS NOT NULL)",
        "A reservation is for a car or for a configuration.",
    )

    # ------------------------------------------------------------------
    # Compute and check
    # ------------------------------------------------------------------

    @api.depends("state")
    def _compute_state_order(self):
        order = ("active", "queued", "draft", "expired", "cancelled", "done")
        for reservation in self:
            reservation.state_order = order.index(reservation.state)

    @api.depends("vehicle_id")
    def _compute_product_id(self):
        for reservation in self:
            reservation.product_id = (
                reservation.vehicle_id.product_id or reservation.product_id
            )

    @api.depends("state", "vehicle_id", "date_queue")
    def _compute_queue_position(self):
        lines = {}
        # One's place in line counts those whom one may not see.
        for waiting in self.sudo().search(
            [("vehicle_id", "in", self.vehicle_id.ids), ("state", "=", "queued")],
            order="date_queue, id",
        ):
            lines.setdefault(waiting.vehicle_id.id, []).append(waiting.id)
        for reservation in self:
            line = lines.get(reservation.vehicle_id.id, [])
            reservation.queue_position = (
                line.index(reservation.id) + 1 if reservation.id in line else 0
            )

    @api.depends("name", "company_id", "partner_id.name")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_display_name(self):
        # Odoo names a reservation to whoever reads a document that refers to it: to
        # another store without the customer.
        stores = self.env.companies
        for reservation in self:
            name = reservation.name if reservation.name != "/" else ""
            partner = reservation.company_id in stores and reservation.partner_id.name
            reservation.display_name = " · ".join(filter(None, (name, partner)))

    @api.constrains("date_expiry", "state")
    def _check_date_expiry(self):
        now = fields.Datetime.now()
        latest = fields.Datetime.add(now, years=LONGEST_YEARS)
        for reservation in self.filtered(lambda one: one.state == "active"):
            if reservation.date_expiry and reservation.date_expiry <= now:
                raise ValidationError(
                    self.env._("A car cannot be held until a time that has passed.")
                )
            if reservation.date_expiry and reservation.date_expiry > latest:
                raise ValidationError(
                    self.env._(
                        "A car is held for at most %(years)s years.",
                        years=LONGEST_YEARS,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # Whatever a client sends: a car is taken by action_confirm() only.
            vals.pop("state", None)
        return super().create(vals_list)

    def write(self, vals):
        if "state" in vals and self.env.context.get("auto_reservation") is not STATE:
            raise UserError(
                self.env._("A reservation is confirmed or cancelled by its buttons.")
            )
        held = self.filtered(lambda one: one.state == "active")
        if "vehicle_id" in vals and any(
            one.vehicle_id and one.vehicle_id.id != vals["vehicle_id"] for one in held
        ):
            raise UserError(
                self.env._(
                    "The car is held by this reservation. Cancel it and reserve the "
                    "other car."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(reservation.state != "draft" for reservation in self):
            raise UserError(
                self.env._("Only a draft can be deleted; cancel the reservation.")
            )

    def unlink(self):
        vehicles = self.vehicle_id
        result = super().unlink()
        vehicles._drop_number()
        return result

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Take the car, for these customers and nobody else.

        :raise UserError: when the car is taken; within the store it says by whom
            and until when, across stores only that it is taken
        """
        for reservation in self:
            if reservation.state not in ("draft", "queued"):
                raise UserError(
                    self.env._(
                        "%(reservation)s is not waiting to be confirmed.",
                        reservation=reservation.display_name,
                    )
                )
            reservation._check_takeable()
        self._take()
        return True

    def action_queue(self):
        """Wait in line for a car that is taken."""
        for reservation in self:
            if reservation.state != "draft" or not reservation.vehicle_id:
                raise UserError(
                    self.env._("Only a new reservation of a certain car can wait.")
                )
        self._set_state(
            {"state": "queued", "date_queue": fields.Datetime.now()},
        )
        return True

    def action_cancel(self, reason=""):
        """Give the car back, and offer it to the next in line.

        :param str reason: why, in words
        """
        if any(reservation.state not in OPEN_STATES for reservation in self):
            raise UserError(self.env._("Only an open reservation can be cancelled."))
        if self.filtered(lambda one: one.order_id.state == "sale"):
            raise UserError(
                self.env._(
                    "The car is under contract: it becomes free when the contract is "
                    "cancelled or takes another car."
                )
            )
        self._end("cancelled", reason)
        return True

    # ------------------------------------------------------------------
    # Taking and giving back
    # ------------------------------------------------------------------

    def _check_takeable(self):
        """Refuse a car that is held by another, or not ours to sell."""
        self.ensure_one()
        # Who holds the car is asked, whoever it is.
        holder = self.vehicle_id.sudo()._active_reservation() - self.sudo()
        if holder:
            raise UserError(holder._taken_sentence(self.env))
        self._check_for_sale()

    def _check_for_sale(self):
        """Refuse a car that is not ours to sell."""
        self.ensure_one()
        # The car's state is asked for, whoever's it is.
        vehicle = self.vehicle_id.sudo()
        if vehicle and vehicle.availability not in (
            "available",
            "incoming",
            "unordered",
        ):
            raise UserError(
                self.env._(
                    "%(vehicle)s is not for sale any more.",
                    vehicle=vehicle.display_name,
                )
            )

    def _taken_sentence(self, env):
        """Say who has the car until when; across stores only that it is taken.

        :param env: of the user who is told
        """
        self.ensure_one()
        if self.company_id not in env.companies:
            return env._(
                "%(vehicle)s is taken. You can wait in line for it.",
                vehicle=self.vehicle_id.display_name,
            )
        if not self.date_expiry:
            return env._(
                "%(vehicle)s is taken by %(user)s (%(reservation)s).",
                vehicle=self.vehicle_id.display_name,
                user=self.user_id.name,
                reservation=self.name,
            )
        return env._(
            "%(vehicle)s is reserved by %(user)s until %(date)s (%(reservation)s). You "
            "can wait in line for it.",
            vehicle=self.vehicle_id.display_name,
            user=self.user_id.name,
            date=format_datetime(env, self.date_expiry, dt_format="short"),
            reservation=self.name,
        )

    def _take(self):
        """Make these active: the one place where a car is taken.

        :raise UserError: when somebody took it at the same moment
        """
        now = fields.Datetime.now()
        for company, reservations in self.grouped("company_id").items():
            until = now + timedelta(days=company.auto_reservation_days)
            for reservation in reservations:
                vals = {"state": "active", "date_start": now}
                if not (
                    reservation.date_expiry or reservation.order_id.state == "sale"
                ):
                    vals["date_expiry"] = until
                reservation._set_state(vals)
        try:
            # Only what takes the car is sent now; all else keeps its time.
            with self.env.cr.savepoint(flush=False):
                self.flush_recordset()
        except UniqueViolation as error:
            raise self._just_taken(error) from error
        self.vehicle_id._sync_sale_state(holders=self)
        # A contract tells by itself that it took the car.
        reserved = self.filtered(lambda one: one.order_id.state != "sale")
        reserved._tell_vehicle(self.env._("Reserved"))

    def _just_taken(self, error):
        """Return what to raise when somebody else took one of these cars just now.

        Our own transaction does not see the other's reservation; a look from outside
        does, so that nobody waits for a repetition only to be refused.

        :param error: the database's
        """
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, self.env.uid, self.env.context)
            holder = env["auto.vehicle"].browse(self.vehicle_id.ids)
            for reservation in holder._active_reservation():
                return UserError(reservation._taken_sentence(env))
        # It is free again already: the request is repeated.
        return ConcurrencyError(str(error))

    @api.model
    def _search_whole(self, domain):
        """Search reservations and read them in the same query."""
        names = [
            name
            for name, field in self._fields.items()
            if field.prefetch is True and field.column_type
        ]
        return self.search_fetch(domain, names)

    def _end(self, state, reason=""):
        """End these reservations, and give their cars to the next in line.

        :param str state: ``expired``, ``cancelled`` or ``done``
        :param str reason: why, in words
        """
        if not self:
            return
        held = self.filtered(lambda one: one.state == "active")
        self._set_state({"state": state, "cancel_reason": reason or False})
        in_line = self.filtered("date_queue")
        in_line.activity_unlink(["auto_crm_sale.mail_activity_reservation_turn"])
        if state != "done":
            held._tell_vehicle(self.env._("Reservation ended"))
        held.vehicle_id._sync_sale_state()
        if state != "done":
            held.vehicle_id._next_in_line()
            self.vehicle_id._drop_number()

    def _set_state(self, vals):
        self.with_context(auto_reservation=STATE).write(vals)

    def _tell_vehicle(self, what):
        for reservation in self.filtered("vehicle_id"):
            reservation.vehicle_id._log_event(
                "sale",
                f"{what} ({reservation.name})",
                document=reservation,
                partner=reservation.partner_id,
                company=reservation.company_id,
            )

    @api.model
    def _cron_expire(self, batch_size=CRON_BATCH):
        """End the reservations whose time has passed and that no contract holds."""
        domain = self._expiry_domain()
        cron = self.env["ir.cron"]
        due = self.search(domain, limit=batch_size, order="date_expiry, id")
        cron._commit_progress(remaining=self.search_count(domain))
        for reservation in due:
            reservation = reservation.try_lock_for_update().filtered_domain(domain)
            if reservation:
                reservation._end("expired", reservation._expiry_reason())
                reservation._tell_expired()
            if not cron._commit_progress(1):
                break

    @api.model
    def _expiry_domain(self):
        """Return which reservations end by themselves now."""
        return Domain(
            [
                ("state", "=", "active"),
                ("date_expiry", "<=", fields.Datetime.now()),
                "|",
                ("order_id", "=", False),
                ("order_id.state", "!=", "sale"),
            ]
        )

    def _expiry_reason(self):
        """Say why the reservation ends by itself."""
        self.ensure_one()
        return self.env._("The time has passed.")

    def _tell_expired(self):
        """Tell the consultant that the customer's car is free again."""
        for reservation in self.filtered("user_id"):
            reservation.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("The reservation has expired"),
                user_id=reservation.user_id.id,
            )
