from datetime import timedelta
from itertools import combinations
from statistics import median

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

# More than any car has run; a longer number is a slip of the keyboard.
MAX_KM = 2_000_000

# The daily distance is estimated from this window, with at most so many readings,
# at least so many days apart; nothing drives further than that in a day for long.
ESTIMATE_DAYS = 730
ESTIMATE_READINGS = 60
ESTIMATE_MIN_DAYS = 7
MAX_KM_A_DAY = 1500

# Filled in by the system, whoever adds a reading.
SYSTEM_FIELDS = frozenset(
    {
        "offset",
        "true_value",
        "is_rollback",
        "is_mistake",
        "user_id",
        "company_id",
        "res_model",
        "res_id",
    }
)


class AutoOdometerReading(models.Model):
    """The ledger of a vehicle's odometer: every reading, never changed.

    A reading lower than an earlier one is kept and flagged; a replaced meter is a
    reading of its own that says what the old meter showed, so that the true
    distance goes on.
    """

    _name = "auto.odometer.reading"
    _inherit = ["auto.append.only.mixin"]
    _description = "Odometer reading"
    _order = "date desc, id desc"
    _rec_name = "value"

    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Vehicle",
        required=True,
        index=True,
        ondelete="restrict",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    value = fields.Integer(
        string="Reading (km)", required=True, aggregator="max", help="As on the meter."
    )
    source = fields.Selection(
        selection=[
            ("manual", "Read by hand"),
            ("repair", "Repair order"),
            ("handover", "Handover"),
            ("inspection", "Inspection"),
            ("telematics", "Telematics"),
            ("replacement", "Meter replaced"),
        ],
        required=True,
        default="manual",
    )
    old_value = fields.Integer(
        string="Old meter (km)",
        aggregator=False,
        help="What the old meter showed when it was replaced.",
    )
    offset = fields.Integer(
        string="Before this meter (km)",
        readonly=True,
        aggregator=False,
        help="What the car had run with earlier meters, less what this one showed "
        "when it was fitted.",
    )
    true_value = fields.Integer(
        string="True distance (km)", readonly=True, aggregator="max"
    )
    is_rollback = fields.Boolean(
        string="Turned back",
        readonly=True,
        help="Lower than an earlier reading, and no meter was replaced.",
    )
    is_mistake = fields.Boolean(
        string="Mistake",
        readonly=True,
        help="Marked as a wrong entry and left out of account; it stays in the ledger.",
    )
    note = fields.Char()
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        readonly=True,
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        readonly=True,
        default=lambda self: self.env.company,
    )
    res_model = fields.Char(string="Document model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True
    )

    _vehicle_date_idx = models.Index("(vehicle_id, date, id)")
    _value_check = models.Constraint(
        "CHECK (value >= 0 AND value <= 2000000)",
        "An odometer shows between 0 and 2,000,000 km.",
    )
    _old_value_check = models.Constraint(
        "CHECK (old_value IS NULL OR (old_value >= 0 AND old_value <= 2000000))",
        "An odometer shows between 0 and 2,000,000 km.",
    )

    @api.constrains("date")
    def _check_date(self):
        latest = fields.Date.context_today(self) + timedelta(days=1)
        for reading in self:
            built = reading.vehicle_id.production_date
            if built and reading.date < built:
                raise ValidationError(
                    self.env._(
                        "The odometer cannot have been read on %(date)s: the car was "
                        "built on %(built)s.",
                        date=reading.date,
                        built=built,
                    )
                )
            if not (reading.date.year >= 1900 and reading.date <= latest):
                raise ValidationError(
                    self.env._(
                        "An odometer cannot have been read on %(date)s.",
                        date=reading.date,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su and SYSTEM_FIELDS & set(vals):
                raise AccessError(
                    self.env._("These fields are filled in by the system.")
                )
            self._refuse_absurd(vals)
        self._refuse_empty(vals_list)
        readings = super().create(vals_list)
        # Whoever may add a reading need not have the right to change the car.
        readings.sudo()._refresh_ledger()
        return readings

    @api.model
    def _append_only_open_fields(self):
        return frozenset({"offset", "true_value", "is_rollback", "is_mistake"})

    def write(self, vals):
        if not self.env.su and vals:
            raise AccessError(
                self.env._(
                    "A reading is never changed. Mark it as a mistake and add the "
                    "right one."
                )
            )
        return super().write(vals)

    @api.model
    def _refuse_absurd(self, vals):
        for name in ("value", "old_value"):
            value = vals.get(name)
            if value and not 0 <= value <= MAX_KM:
                raise ValidationError(
                    self.env._(
                        "%(value)s km is no odometer reading: it must be between 0 "
                        "and 2,000,000.",
                        value=value,
                    )
                )
        if vals.get("source") == "replacement" and vals.get("old_value") is None:
            raise ValidationError(
                self.env._("When a meter is replaced, enter what the old meter showed.")
            )

    @api.model
    def _refuse_empty(self, vals_list):
        """Refuse a zero where the car has run already: nothing was typed in.

        A form that is left empty would else be kept for good as a meter that was
        turned back.
        """
        ids, replaced_ids = [], []
        for vals in vals_list:
            if vals.get("source") == "replacement":
                if not vals.get("old_value"):
                    replaced_ids.append(vals.get("vehicle_id"))
            elif not vals.get("value"):
                ids.append(vals.get("vehicle_id"))
        # The ledger decides, whoever may read it.
        vehicles = self.env["auto.vehicle"].sudo()
        if vehicles.browse(filter(None, replaced_ids)).filtered("true_odometer"):
            raise ValidationError(
                self.env._("When a meter is replaced, enter what the old meter showed.")
            )
        if vehicles.browse(filter(None, ids)).filtered("true_odometer"):
            raise ValidationError(
                self.env._(
                    "Enter the reading: this car has run already, so its meter does "
                    "not show 0 km. A new meter is a reading of the kind “Meter "
                    "replaced”."
                )
            )

    def action_mark_mistake(self):
        """Leave these readings out of account; they stay visible in the ledger."""
        vehicles = self.vehicle_id
        vehicles.check_access("write")
        # The ledger itself cannot be written by anybody.
        self.sudo().write({"is_mistake": True})
        self.sudo()._refresh_ledger()
        for reading in self:
            reading.vehicle_id._log_event(
                "odometer",
                self.env._(
                    "Reading of %(value)s km marked as a mistake", value=reading.value
                ),
            )

    @api.model
    def _record(self, vals_list):
        """Write readings for the system, see ``auto.vehicle._record_odometer``.

        :param list vals_list: field values; ``user_id`` and ``company_id`` are
            those of the caller
        :return: the readings, with the caller's rights
        """
        if not vals_list:
            return self.browse()
        # A document brings the reading; its user need not have the right to.
        readings = self.sudo().create(
            [
                {"user_id": self.env.uid, "company_id": self.env.company.id, **vals}
                for vals in vals_list
            ]
        )
        return readings.with_env(self.env)

    def _refresh_ledger(self):
        """Go through the whole ledger of these readings' vehicles again.

        A reading may be entered late, and a meter's replacement after readings
        that it explains, so the later ones are judged anew.
        """
        vehicles = self.vehicle_id
        ledger = self.search([("vehicle_id", "in", vehicles.ids)], order="date, id")
        by_vehicle = ledger.grouped("vehicle_id")
        fresh = set(self.ids)
        flagged = self.browse()
        for vehicle in vehicles:
            readings = by_vehicle[vehicle]
            flagged |= readings._judge().filtered(lambda row: row.id in fresh)
            vehicle._write_odometer(readings._summary(vehicle))
        flagged._warn_of_rollback()

    def _judge(self):
        """Set offset, true distance and flag of one vehicle's whole ledger.

        :return: the readings that are turned back
        """
        offset, furthest = 0, None
        flagged = self.browse()
        for reading in self:
            if reading.is_mistake:
                turned_back = False
            else:
                if reading.source == "replacement":
                    offset += reading.old_value - reading.value
                turned_back = furthest is not None and reading.value + offset < furthest
                if not turned_back:
                    furthest = reading.value + offset
            values = {
                "offset": offset,
                "true_value": reading.value + offset,
                "is_rollback": turned_back,
            }
            changed = {
                name: value for name, value in values.items() if reading[name] != value
            }
            if changed:
                reading.write(changed)
            if turned_back:
                flagged |= reading
        return flagged

    def _summary(self, vehicle):
        """Return what the vehicle shows of its ledger, as field values."""
        counted = self.filtered(lambda row: not row.is_mistake)
        straight = counted.filtered(lambda row: not row.is_rollback)
        if not straight:
            return {
                "odometer": 0,
                "true_odometer": 0,
                "odometer_date": False,
                "true_odometer_date": False,
                "odometer_offset": 0,
                "odometer_alert": False,
                "daily_distance": 0.0,
            }
        last = counted[-1]
        return {
            "odometer": last.value,
            "true_odometer": straight[-1].true_value,
            "odometer_date": last.date,
            "true_odometer_date": straight[-1].date,
            "odometer_offset": last.offset,
            "odometer_alert": bool(counted - straight),
            "daily_distance": straight._daily_distance(vehicle),
        }

    def _daily_distance(self, vehicle):
        """Estimate the km a day: the median slope between pairs of readings.

        The median (Theil and Sen's estimate) is not moved by one long holiday or
        one mistyped reading. A new car with one reading counts from the day it was
        delivered or built.

        :return: km a day, 0.0 when nothing can be said
        """
        last = self[-1]
        since = last.date - timedelta(days=ESTIMATE_DAYS)
        points = [(row.date, row.true_value) for row in self if row.date >= since][
            -ESTIMATE_READINGS:
        ]
        start = vehicle.delivery_date or vehicle.production_date
        if start and start >= since and start < points[0][0]:
            points.insert(0, (start, 0))
        slopes = [
            (km_2 - km_1) / (day_2 - day_1).days
            for (day_1, km_1), (day_2, km_2) in combinations(points, 2)
            if (day_2 - day_1).days >= ESTIMATE_MIN_DAYS
        ]
        if not slopes:
            return 0.0
        return min(max(median(slopes), 0.0), float(MAX_KM_A_DAY))

    def _warn_of_rollback(self):
        """Tell the timeline and the store manager of readings turned back."""
        if not self:
            return
        managers = self._managers_of(self.vehicle_id.company_id)
        for reading in self:
            vehicle = reading.vehicle_id
            summary = self.env._(
                "Odometer turned back: %(value)s km on %(date)s, but %(before)s km "
                "were reached before",
                value=reading.value,
                date=reading.date,
                before=vehicle.true_odometer - reading.offset,
            )
            vehicle.with_user(self.env.user)._log_event("odometer", summary)
            manager = managers.get(vehicle.company_id)
            if manager:
                vehicle.activity_schedule(
                    "mail.mail_activity_data_warning",
                    summary=summary,
                    user_id=manager.id,
                )

    @api.model
    def _managers_of(self, companies):
        """Return company → the store manager to tell, one for each store."""
        group = self.env.ref("auto_crm_base.group_store_manager")
        users = group.all_user_ids.filtered("active").sorted("id")
        result = {}
        for company in companies:
            there = users.filtered(
                lambda user, store=company: store in user.company_ids
            )
            at_home = there.filtered(
                lambda user, store=company: user.company_id == store
            )
            result[company] = (at_home or there)[:1]
        return result
