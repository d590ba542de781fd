from datetime import timedelta
from itertools import pairwise

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, format_time

from .auto_repair_job_clock import WORKSHOP
from .repair_order import OVER, WRITERS

# A plan begins at most so long before the car came, as when it came late, and so far
# ahead of today.
BEFORE_CAR = timedelta(days=2)
FAR = timedelta(days=3653)
# A job without standard hours is planned for this long.
DEFAULT_MINUTES = 30
MAX_MINUTES = 24 * 60
# The day of the board, where the store's calendar says nothing (in minutes).
DAY_FROM, DAY_TO = 8 * 60, 18 * 60
STEP = 15
# What changes what the plan and the screens show.
SHOWN = {"technician_id", "bay_id", "planned_start", "planned_stop", "is_done"}


class AutoRepairJob(models.Model):
    """When and where a job is to be done: the plan of the workshop."""

    _inherit = "auto.repair.job"

    planned_start = fields.Datetime(string="Planned start", copy=False)
    planned_stop = fields.Datetime(string="Planned end", copy=False)
    plan_clash = fields.Char(
        string="Clash",
        compute="_compute_plan_clash",
        help="Who or what is planned twice at that time.",
    )

    _plan_check = models.Constraint(
        "CHECK ((planned_start IS NULL) = (planned_stop IS NULL)"
        " AND planned_stop > planned_start)",
        "A job is planned from a time to a later one.",
    )
    _plan_idx = models.Index(
        "(company_id, planned_start) WHERE planned_start IS NOT NULL"
    )

    @api.depends("planned_start", "planned_stop", "technician_id", "bay_id")
    def _compute_plan_clash(self):
        planned = self.filtered(lambda job: job.planned_start and job.planned_stop)
        (self - planned).plan_clash = False
        if not planned:
            return
        # One read for all of them: whatever lies in their span.
        others = self.search(
            [
                ("company_id", "in", planned.company_id.ids),
                ("is_done", "=", False),
                ("planned_start", "<", max(planned.mapped("planned_stop"))),
                ("planned_stop", ">", min(planned.mapped("planned_start"))),
            ]
        )
        clashes = (others | planned._origin)._clashes()
        for job in planned:
            job.plan_clash = " ".join(clashes.get(job._origin.id or job.id, []))

    @api.constrains("planned_start")
    def _check_planned_start(self):
        latest = fields.Datetime.now() + FAR
        for job in self.filtered("planned_start"):
            came = job.repair_id.date_in
            if came and job.planned_start < came - BEFORE_CAR:
                raise ValidationError(
                    self.env._("Nobody works on a car before it comes.")
                )
            if job.planned_start > latest:
                raise ValidationError(self.env._("That is too far ahead to plan."))

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.onchange("planned_start")
    def _onchange_planned_start(self):
        if self.planned_start and not (
            self.planned_stop and self.planned_stop > self.planned_start
        ):
            self.planned_stop = self.planned_start + timedelta(
                minutes=self._plan_minutes()
            )
        elif not self.planned_start:
            self.planned_stop = False

    @api.model_create_multi
    def create(self, vals_list):
        jobs = super().create(vals_list)
        jobs.company_id._tell_workshop()
        return jobs

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & SHOWN:
            self.company_id._tell_workshop()
        return result

    # ------------------------------------------------------------------
    # The board
    # ------------------------------------------------------------------

    @api.model
    def workshop_board(self, day=None):
        """Return the plan of a day of the user's store, for the board.

        :param str day: as ``YYYY-MM-DD``, by the clock of the store; today without one
        :return: a dict: ``day``, ``from`` and ``to`` (minutes), ``breaks``, ``now``,
            ``technicians``, ``bays``, ``jobs`` (``start`` in minutes of the day or
            ``None``), ``may_plan``
        :raise UserError: for what is no day
        """
        company = self.env.company
        day, begin, end = self._day_of(company, day)
        is_today = day == self._day_of(company)[0]
        late = Domain("planned_start", "=", False)
        if is_today:
            # What was not done in time is planned anew.
            late |= Domain("planned_start", "<", begin)
        jobs = self.search_fetch(
            Domain("company_id", "=", company.id)
            & Domain("vehicle_id", "!=", False)
            & (
                Domain("planned_start", "<", end)
                & Domain("planned_stop", ">", begin)
                & Domain("repair_id.service_state", "!=", "cancelled")
                | late
                & Domain("is_done", "=", False)
                & Domain("repair_id.service_state", "in", WORKSHOP)
                & Domain("line_ids.decision", "=", "approved")
            ),
            [
                "repair_id",
                "concern",
                "kind",
                "technician_id",
                "bay_id",
                "planned_start",
                "planned_stop",
                "standard_hours",
                "is_done",
            ],
            order="planned_start, id",
        )
        running = self._running_jobs(company)
        planned = jobs.filtered(
            lambda job: job.planned_start and job.planned_stop > begin
        )
        clashes = planned._clashes()
        cards = [
            job._board_card(begin, job in planned, clashes, running) for job in jobs
        ]
        first, last, breaks = self._day_hours(company, day)
        bays = self.env["auto.bay"].search([("company_id", "=", company.id)])
        spans = [(card["start"], card["start"] + card["minutes"]) for card in cards
                 if card["start"] is not None]  # fmt: skip
        return {
            "day": fields.Date.to_string(day),
            "day_name": format_date(self.env, day, date_format="full"),
            "is_today": is_today,
            "now": int((fields.Datetime.now() - begin).total_seconds() // 60),
            "from": max(min([first, *(start for start, _end in spans)]) // 60 * 60, 0),
            "to": min(-(-max([last, *(stop for _start, stop in spans)]) // 60) * 60,
                      MAX_MINUTES),
            "breaks": breaks,
            "technicians": self._board_technicians(company, jobs),
            "bays": [{"id": bay.id, "name": bay.name} for bay in bays],
            "jobs": cards,
            "may_plan": self.env.user.has_groups(WRITERS),
            "channel": f"auto_workshop_{company.id}",
        }  # fmt: skip

    def _board_card(self, begin, is_planned, clashes, running):
        """Return one job as the board shows it."""
        repair = self.repair_id
        vehicle = repair.vehicle_id.sudo()  # the car is before whoever has the order
        start = stop = None
        if is_planned:
            start = int((self.planned_start - begin).total_seconds() // 60)
            stop = int((self.planned_stop - begin).total_seconds() // 60)
        return {
            "id": self.id,
            "plate": vehicle.license_plate or vehicle.vin or "",
            "model": vehicle.model_id.name or "",
            "order": repair.name,
            "key_tag": repair.key_tag or "",
            "concern": self.concern.strip().splitlines()[0],
            "technician_id": self.technician_id.id,
            "technician": self.technician_id.sudo().name or "",
            "bay_id": self.bay_id.id,
            "bay": self.bay_id.name or "",
            "start": start,
            "minutes": stop - start if is_planned else self._plan_minutes(),
            "state": "done" if self.is_done else repair.service_state,
            "is_running": self.id in running,
            "is_late": repair.is_late,
            "promised": self._promised_time(repair),
            "missed": format_date(self.env, self.planned_start)
            if self.planned_start and not is_planned
            else "",
            "parts": repair.service_state == "parts" and (repair.parts_reason or ""),
            "clash": " ".join(clashes.get(self.id, [])),
        }

    @api.model
    def _promised_time(self, repair):
        """Return the hour of a promise by the clock of the store."""
        if not repair.promised_on:
            return ""
        tz = repair.company_id._workshop_tz()
        return format_time(self.env, repair.promised_on, tz=tz, time_format="HH:mm")

    @api.model
    def _board_technicians(self, company, jobs):
        """Return the rows of technicians: those of the store and who else has a job."""
        files = self.env["auto.technician"].search([("company_id", "=", company.id)])
        # Names of colleagues are no secret of the workshop.
        users = files.user_id.sudo() | jobs.technician_id.sudo()
        return [{"id": user.id, "name": user.name} for user in users]

    @api.model
    def _running_jobs(self, company):
        """Return the ids of the jobs of a store on which somebody works now."""
        # Who works on what is no secret either.
        times = (
            self.env["auto.labour.time"]
            .sudo()
            .search_fetch(
                [("company_id", "=", company.id), ("stop", "=", False)], ["job_id"]
            )
        )
        return set(times.job_id.ids)

    @api.model
    def _day_of(self, company, day=None):
        """Return a day of a store, and when it begins and ends in UTC.

        :raise UserError: for what is no day
        """
        zone = pytz.timezone(company._workshop_tz())
        if day:
            try:
                day = fields.Date.to_date(day)
            except (TypeError, ValueError) as error:
                raise UserError(self.env._("That is no day: %s", day)) from error
        else:
            day = pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()
        begin, end = (
            zone.localize(fields.Datetime.to_datetime(one))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for one in (day, day + timedelta(days=1))
        )
        return day, begin, end

    @api.model
    def _day_hours(self, company, day):
        """Return the first and the last minute of a store's day, and its breaks."""
        # Opening hours are on the door.
        rows = company.sudo().resource_calendar_id.attendance_ids.filtered(
            lambda row: row.dayofweek == str(day.weekday())
        )
        hours = sorted(
            (round(row.hour_from * 60), round(row.hour_to * 60))
            for row in rows
            if row.day_period != "lunch"
        )
        if not hours:
            return DAY_FROM, DAY_TO, []
        breaks = [
            [before[1], after[0]]
            for before, after in pairwise(hours)
            if after[0] > before[1]
        ]
        return hours[0][0], max(stop for _start, stop in hours), breaks

    def _plan_minutes(self):
        """Return for how long a job is planned, by its standard hours."""
        minutes = -(-round(self.standard_hours * 60) // STEP) * STEP
        return min(max(minutes, DEFAULT_MINUTES), MAX_MINUTES)

    def _clashes(self):
        """Return in words what is planned twice among these jobs.

        :return: a list of sentences for the id of each job that clashes
        """
        clashes = {}
        todo = self.filtered(lambda job: not job.is_done and job.planned_start)
        kinds = (
            ("technician_id", self.env._("The technician is on two jobs.")),
            ("bay_id", self.env._("The bay has two cars.")),
        )
        for name, words in kinds:
            for resource, jobs in todo.grouped(name).items():
                if not resource:
                    continue
                row = jobs.sorted("planned_start")
                for index, job in enumerate(row):
                    for other in row[index + 1 :]:
                        if other.planned_start >= job.planned_stop:
                            break
                        # One car is in a bay once, with all its jobs.
                        if name == "bay_id" and other.repair_id == job.repair_id:
                            continue
                        for one in (job, other):
                            told = clashes.setdefault(one.id, [])
                            if words not in told:
                                told.append(words)
        return clashes

    # ------------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------------

    def plan(self, day, minute, technician_id=None, bay_id=None, minutes=None):
        """Plan this job; what is not given stays as it is.

        :param str day: by the clock of the store
        :param int minute: of that day
        :param int technician_id: who does it
        :param int bay_id: where
        :param int minutes: for how long
        :return: what clashes, in words, or ``""``
        :raise UserError: for a job that is done, or a time that is none
        """
        self.ensure_one()
        if self.is_done or self.service_state in (*OVER, "settled"):
            raise UserError(self.env._("What is done is not planned any more."))
        if self.planned_start and not minutes:
            minutes = (self.planned_stop - self.planned_start).total_seconds() // 60
        minutes = minutes or self._plan_minutes()
        if not 0 <= minute < MAX_MINUTES or not STEP <= minutes <= MAX_MINUTES:
            raise ValidationError(self.env._("A job is planned within a day."))
        _day, begin, _end = self._day_of(self.company_id, day)
        values = {"planned_start": begin + timedelta(minutes=int(minute))}
        values["planned_stop"] = values["planned_start"] + timedelta(
            minutes=int(minutes)
        )
        if technician_id:
            values["technician_id"] = technician_id
        if bay_id:
            values["bay_id"] = bay_id
        self.write(values)
        return self.plan_clash or ""

    def unplan(self):
        """Take jobs off the plan; technician and bay stay."""
        self.write({"planned_start": False, "planned_stop": False})
        return True
