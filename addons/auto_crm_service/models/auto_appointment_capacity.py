from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.date_utils import localized

from ..tools import capacity as workshop
from .auto_appointment import COMING, HOLDING, PUBLIC_CHANNELS, STATE
from .repair_order import OVER

#: How far behind the last day work may go on.
OVERHANG = timedelta(days=14)
#: Another time of the same car so near is probably a mistake.
NEAR = timedelta(hours=12)
#: How far ahead the store's own people book.
FAR = timedelta(days=400)
#: How many days are looked at for the next free time, and shown at once.
SHOWN_DAYS = 7


class AutoAppointment(models.Model):
    """Where an appointment finds its place: bays, technicians, share, opening hours."""

    _inherit = "auto.appointment"

    slots = fields.Json(
        string="Free times",
        compute="_compute_slots",
        help="What is free in the week from the day looked at.",
    )
    slot_day = fields.Date(
        string="Look from", compute="_compute_slot_day", store=False, readonly=False
    )

    same_car = fields.Char(
        string="Booked already",
        compute="_compute_same_car",
        help="Other times of the same car, near this one.",
    )

    @api.depends("vehicle_id", "start", "state")
    def _compute_same_car(self):
        for appointment in self:
            others = appointment._near_bookings()
            appointment.same_car = (
                ", ".join(
                    f"{other._when_text()} ({other.type_id.name})" for other in others
                )
                or False
            )

    def _near_bookings(self):
        """Return the other times that the car has within a day of this one."""
        self.ensure_one()
        if not self.vehicle_id or not self.start or self.state not in COMING:
            return self.browse()
        # Of whatever store: a car is in one place only.
        return self.sudo().search(
            [
                ("id", "!=", self._origin.id),
                ("vehicle_id", "=", self.vehicle_id.id),
                ("state", "in", COMING),
                ("start", ">=", self.start - NEAR),
                ("start", "<=", self.start + NEAR),
            ],
            order="start",
            limit=5,
        )

    @api.depends("company_id")
    def _compute_slot_day(self):
        for appointment in self:
            appointment.slot_day = appointment.slot_day or fields.Date.context_today(
                self
            )

    @api.depends("company_id", "type_id", "hours", "slot_day", "bay_id")
    def _compute_slots(self):
        for appointment in self:
            appointment.slots = (
                self._slots_json(
                    appointment.company_id,
                    appointment.type_id,
                    appointment.slot_day,
                    hours=appointment.hours,
                    bay=appointment.bay_id,
                )
                if appointment.type_id and not appointment._origin
                else False
            )

    # ------------------------------------------------------------------
    # What is free
    # ------------------------------------------------------------------

    @api.model
    def _free_times(self, company, kind, first_day, days=SHOWN_DAYS, **options):
        """Return the free times of some days.

        :param company: the store
        :param kind: the ``auto.appointment.type``
        :param date first_day: in the calendar of the store
        :param int days: how many days
        :param options: ``hours`` when it takes other than usual; ``bay`` for that bay
            only; ``public`` for what customers may book; ``ignore`` an appointment
            that is to be moved; ``now`` for another moment than now
        :return: list of ``(date, [start])`` for each day, moments in UTC
        """
        setting = self.env["auto.appointment.setting"]._of_store(company)
        earliest, latest = self._window(setting, **options)
        last_day = first_day + timedelta(days=days - 1)
        book = self._capacity(setting, first_day, last_day, options.get("ignore"))
        hours = options.get("hours") or kind.hours
        skill = kind.sudo().skill_id.id  # trades are no secret
        bay_id = (options.get("bay") or self.env["auto.bay"]).id
        result = []
        for number, (day, next_day) in enumerate(book.days[:days]):
            # Only what is too long for a day keeps the car over night.
            by = next_day if hours <= book.opening_hours(day, next_day) else None
            starts = [
                start
                for start in book.starts(max(day, earliest), min(next_day, latest))
                if (stop := book.stop_of(start, hours))
                and (not by or stop <= by)
                and not book.why_not(start, stop, skill, bay_id)
            ]
            result.append((first_day + timedelta(days=number), starts))
        return result

    @api.model
    def _window(self, setting, public=False, now=None, **_options):
        """Return between which moments may be booked, the second one excluded."""
        now = now or fields.Datetime.now()
        if not public:
            return now - timedelta(minutes=int(setting.step)), now + FAR
        return (
            now + timedelta(hours=setting.lead_hours),
            now + timedelta(days=setting.horizon_days),
        )

    @api.model
    def _capacity(self, setting, first_day, last_day, ignore=None):
        """Return the workshop of a store over some days.

        :param setting: the settings of the store
        :param ignore: appointments that do not count
        :return: :class:`~..tools.capacity.Capacity`
        """
        company = setting.company_id
        zone = setting._zone()
        count = (last_day - first_day).days + OVERHANG.days
        midnights = [
            datetime.combine(first_day + timedelta(days=number), time(), zone)
            .astimezone(UTC)
            .replace(tzinfo=None)
            for number in range(count + 1)
        ]
        begin, end = midnights[0], midnights[-1]
        return workshop.Capacity(
            spans=company._auto_working_spans(begin, end),
            days=list(pairwise(midnights)),
            bays=self._capacity_bays(company),
            technicians=self._capacity_technicians(company, begin, end),
            bookings=self._capacity_bookings(company, begin, end, ignore),
            share=setting.share / 100,
            arrivals=setting.arrivals,
            step=timedelta(minutes=int(setting.step)),
        )

    @api.model
    def _capacity_bays(self, company):
        # What the workshop can do is no secret; who books need not read it.
        bays = self.env["auto.bay"].sudo().search([("company_id", "=", company.id)])
        return [workshop.Bay(bay.id, frozenset(bay.skill_ids.ids)) for bay in bays]

    @api.model
    def _capacity_technicians(self, company, begin, end):
        """Return the technicians with their working hours; None without any file."""
        # As for the bays; only hours and trades are used.
        technicians = (
            self.env["auto.technician"].sudo().search([("company_id", "=", company.id)])
        )
        if not technicians:
            return None
        spans = {
            calendar: self._calendar_spans(calendar, begin, end)
            for calendar in {one._working_calendar() for one in technicians}
        }
        return [
            workshop.Technician(
                technician.id,
                frozenset(technician.skill_ids.ids),
                spans[technician._working_calendar()],
            )
            for technician in technicians
        ]

    @api.model
    def _calendar_spans(self, calendar, begin, end):
        if not calendar:
            return []
        intervals = calendar._work_intervals_batch(localized(begin), localized(end))
        return [
            (
                first.astimezone(UTC).replace(tzinfo=None),
                last.astimezone(UTC).replace(tzinfo=None),
            )
            for first, last, _meta in intervals[False]
        ]

    @api.model
    def _capacity_bookings(self, company, begin, end, ignore=None):
        """Return what is booked, and the jobs that are planned besides."""
        return self._capacity_promised(company, begin, end, ignore) + (
            self._capacity_planned(company, begin, end)
        )

    @api.model
    def _capacity_promised(self, company, begin, end, ignore):
        self.flush_model()
        # Of the whole store, whoever books.
        rows = self.sudo().search_fetch(
            [
                ("company_id", "=", company.id),
                ("state", "in", HOLDING),
                ("start", "<", end),
                ("start", ">=", begin - OVERHANG),
                ("stop", ">", begin),
            ],
            ["start", "stop", "skill_id", "bay_id"],
        )
        return [
            workshop.Booking(row.start, row.stop, row.skill_id.id, row.bay_id.id)
            for row in rows - (ignore or self.browse()).sudo()
        ]

    @api.model
    def _capacity_planned(self, company, begin, end):
        """Return the planned jobs of cars that came without an appointment."""
        # As above; only times, bays and trades are used.
        jobs = (
            self.env["auto.repair.job"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", company.id),
                    ("is_done", "=", False),
                    ("planned_start", "<", end),
                    ("planned_stop", ">", begin),
                    ("repair_id.appointment_id", "=", False),
                    ("repair_id.service_state", "not in", (*OVER, "settled")),
                ],
                ["planned_start", "planned_stop", "bay_id"],
            )
        )
        return [
            workshop.Booking(
                job.planned_start,
                job.planned_stop,
                job.line_ids.operation_id[:1].skill_id.id,
                job.bay_id.id,
                promised=False,
            )
            for job in jobs
        ]

    # ------------------------------------------------------------------
    # Taking a place
    # ------------------------------------------------------------------

    @api.model
    def _placed(self, vals):
        """Return the values of a new appointment with its place in the workshop.

        :raise UserError: saying why the time cannot be had
        """
        vals = dict(vals)
        company = self.env["res.company"].browse(
            vals.setdefault("company_id", self.env.company.id)
        )
        kind = self.env["auto.appointment.type"].browse(vals.get("type_id")).exists()
        start = fields.Datetime.to_datetime(vals.get("start"))
        if not kind:
            raise ValidationError(self.env._("Say what work is wanted."))
        if not start:
            raise ValidationError(self.env._("Choose a time."))
        if not vals.get("partner_id"):
            raise ValidationError(self.env._("Say whose car it is."))
        start = start.replace(second=0, microsecond=0)
        vals["hours"] = vals.get("hours") or kind.hours
        if not 0 < vals["hours"] <= 80:
            raise ValidationError(self.env._("Work takes between 0 and 80 hours."))
        vals.update(
            self._place(
                company,
                kind,
                start,
                vals["hours"],
                bay_id=vals.get("bay_id"),
                public=vals.get("channel") in PUBLIC_CHANNELS,
            )
        )
        vals.setdefault("first_start", vals["start"])
        if vals.get("followup_id"):
            vals.setdefault("channel", "followup")
            vals.update(res_model="auto.followup", res_id=vals["followup_id"])
        vals["skill_id"] = kind.sudo().skill_id.id  # trades are no secret
        return vals

    @api.model
    def _place(self, company, kind, start, hours, bay_id=None, **options):
        """Find the place of some work and hold it until the transaction ends.

        :param options: ``public`` and ``ignore`` as in :meth:`_free_times`
        :raise UserError: saying why the time cannot be had
        :return: dict ``start``, ``stop``, ``bay_id``
        """
        if company not in self.env.companies and not self.env.su:
            raise UserError(self.env._("This is not one of your stores."))
        setting = self.env["auto.appointment.setting"]._of_store(company)
        past = self.env.context.get("auto_appointment_past") is STATE
        earliest, latest = self._window(setting, **options)
        if not past and not earliest <= start < latest:
            raise UserError(self._not_free_text("window"))
        zone = setting._zone()
        day = localized(start).astimezone(zone).date()
        book = self._capacity(setting, day, day, options.get("ignore"))
        if stop := book.stop_of(start, hours):
            # Work may go on for days: whoever books on one of these waits as well.
            last_day = localized(stop).astimezone(zone).date()
            self.env["auto.appointment.day"]._take_turns(
                company,
                [
                    day + timedelta(days=number)
                    for number in range((last_day - day).days + 1)
                ],
            )
        skill = kind.sudo().skill_id.id  # trades are no secret
        if why := book.why_not(start, stop, skill, bay_id):
            raise UserError(self._not_free_text(why))
        return {
            "start": start,
            "stop": stop,
            "bay_id": book.free_bay(start, stop, skill, bay_id),
        }

    @api.model
    def _not_free_text(self, why):
        """Return in words why a time cannot be had.

        :param str why: a word of :mod:`~..tools.capacity`, or ``window``
        """
        texts = {
            "window": self.env._("This time cannot be booked any more, or not yet."),
            workshop.CLOSED: self.env._("The store is closed then."),
            workshop.BAY: self.env._("No bay for this work is free then."),
            workshop.TECHNICIAN: self.env._(
                "No technician for this work is free then."
            ),
            workshop.SHARE: self.env._(
                "What can be booked on that day is taken; the rest is kept for "
                "customers who come without an appointment."
            ),
            workshop.ARRIVALS: self.env._("Too many cars come at that time already."),
        }
        return self.env._("%(why)s Please choose another time.", why=texts[why])

    # ------------------------------------------------------------------
    # For the screen
    # ------------------------------------------------------------------

    @api.model
    def _slots_json(self, company, kind, first_day, **options):
        """Return the free times of a week for the widget that shows them."""
        first_day = max(first_day or fields.Date.today(), self._store_today(company))
        setting = self.env["auto.appointment.setting"]._of_store(company)
        zone = setting._zone()
        return {
            "days": [
                {
                    "date": fields.Date.to_string(day),
                    "times": [
                        {
                            "start": fields.Datetime.to_string(start),
                            "label": localized(start)
                            .astimezone(zone)
                            .strftime("%H:%M"),
                        }
                        for start in starts
                    ],
                }
                for day, starts in self._free_times(company, kind, first_day, **options)
            ]
        }

    @api.model
    def _store_today(self, company):
        """Return the date that it is in a store."""
        zone = self.env["auto.appointment.setting"]._of_store(company)._zone()
        return localized(fields.Datetime.now()).astimezone(zone).date()
