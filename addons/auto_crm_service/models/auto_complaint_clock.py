from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools.date_utils import localized

from .auto_complaint import OPEN_STATES, RUNNING_STATES

#: How far ahead working hours are looked for: longer than any holiday.
HORIZON = timedelta(days=90)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _auto_working_spans(self, start, end):
        """Return the store's working hours between two moments (UTC, without zone).

        :return: list of (start, end); empty when the store keeps no hours
        """
        self.ensure_one()
        # When the store is open is no secret; who complains need not read calendars.
        calendar = self.sudo().resource_calendar_id
        if not calendar or start >= end:
            return []
        spans = calendar._work_intervals_batch(localized(start), localized(end))
        return [
            (
                first.astimezone(localized(start).tzinfo).replace(tzinfo=None),
                last.astimezone(localized(start).tzinfo).replace(tzinfo=None),
            )
            for first, last, _meta in spans[False]
        ]

    def _auto_spans_of(self, start, hours):
        """Return the working hours from ``start``, at least ``hours`` of them.

        Looks as far ahead as they reach and not much further, since each day costs;
        fewer come back when they do not fit into :data:`HORIZON`.
        """
        window = timedelta(days=4 + hours / 4)
        while True:
            window = min(window, HORIZON)
            spans = self._auto_working_spans(start, start + window)
            found = sum(((last - first) for first, last in spans), timedelta())
            if window == HORIZON or found >= timedelta(hours=hours):
                return spans
            window *= 4

    def _auto_after_hours(self, start, hours_list, spans=None):
        """Return the moments that are so many working hours after ``start``.

        A store without working hours counts every hour.

        :param datetime start: in UTC, without zone
        :param hours_list: the hours, as floats
        :param spans: the working hours as of :meth:`_auto_spans_of`, from ``start`` or
            earlier, when they are known already
        :return: list of datetimes, in the order of ``hours_list``
        """
        if spans is None:
            spans = self._auto_spans_of(start, max(hours_list))
        spans = [(max(first, start), last) for first, last in spans if last > start]
        moments = []
        for hours in hours_list:
            left = timedelta(hours=hours)
            for first, last in spans:
                if left <= last - first:
                    moments.append((first + left).replace(microsecond=0))
                    break
                left -= last - first
            else:
                moments.append((start + timedelta(hours=hours)).replace(microsecond=0))
        return moments

    def _auto_hours_between(self, start, end):
        """Return the working hours between two moments, every hour without any."""
        self.ensure_one()
        if start >= end:
            return 0.0
        if not self.sudo().resource_calendar_id:  # as in _auto_working_spans
            return (end - start).total_seconds() / 3600
        spans = self._auto_working_spans(start, end)
        return sum((last - first).total_seconds() for first, last in spans) / 3600


class AutoComplaint(models.Model):
    """The limits of a complaint in working hours, and who is told past them."""

    _inherit = "auto.complaint"

    @api.model
    def _clock_values(
        self, company, severity, received, clock=None, limits=None, spans=None
    ):
        """Return the limits of a complaint of ``severity``, in values to write.

        :param company: the store, whose working hours count
        :param datetime received: when the first clock began
        :param datetime clock: when the second one began, if that is later
        :param dict limits: of the store, when they are known already
        :param spans: its working hours from then on, when they are known already
        """
        limits = limits or self.env["auto.complaint.limit"]._of_store(company)
        first, solution, _callback = limits[severity]
        first_due, due = company._auto_after_hours(received, [first, solution], spans)
        if clock and clock != received:
            [due] = company._auto_after_hours(clock, [solution])
        return {"date_first_due": first_due, "date_due": due}

    @api.model
    def _escalations(self):
        """Return the levels, as superuser."""
        levels = self.env["auto.complaint.escalation"].sudo()
        return levels.search_fetch(
            [("active", "=", True)], ["level", "clock", "hours_after", "target"]
        )

    @api.model
    def _escalation_dates(
        self, levels, first_due, due, company, callback=False, spans=None
    ):
        """Return when each level is reached, as ``{level: moment}``.

        :param first_due: limit of the first answer, False when it was given
        :param due: limit of the solution, False when it was given
        :param callback: when the customer is to be called back, if that is awaited
        :param spans: the store's working hours around all these, when they are known
        """
        limits = {"first": first_due, "solution": due, "callback": callback}
        moments = {level: limits[level.clock] for level in levels}
        for clock, limit in limits.items():
            later = levels.filtered(
                lambda level, clock=clock: level.clock == clock and level.hours_after
            )
            if limit and later:
                ends = company._auto_after_hours(
                    limit, later.mapped("hours_after"), spans
                )
                moments.update(zip(later, ends, strict=True))
        return {level: moment for level, moment in moments.items() if moment}

    def _told_levels(self):
        """Return the levels told since it was received or last reopened."""
        self.ensure_one()
        events = self.event_ids.filtered(lambda event: event.round == self.reopen_count)
        return events.escalation_id

    def _pending_levels(self):
        """Return when each level is reached that was not told yet."""
        self.ensure_one()
        levels = self._escalations() - self._told_levels()
        if self.state not in RUNNING_STATES:
            return self._escalation_dates(
                levels, False, False, self.company_id, self.date_callback
            )
        return self._escalation_dates(
            levels,
            not self.date_first_answer and self.date_first_due,
            self.date_due,
            self.company_id,
        )

    def _plan_clock(self, limits=True):
        """Set the limits anew, and when the next level is told.

        :param bool limits: False when only the next level changes
        """
        for complaint in self.sudo():
            if limits:
                complaint._set(
                    complaint._clock_values(
                        complaint.company_id,
                        complaint.severity,
                        complaint.date_received,
                        complaint.date_clock,
                    )
                )
            pending = {}
            if complaint.state in OPEN_STATES:
                pending = complaint._pending_levels()
            next_date = min(pending.values(), default=False)
            complaint._set({"date_next_escalation": next_date})

    # ------------------------------------------------------------
    # The job
    # ------------------------------------------------------------

    @api.model
    def _cron_clock(self, batch_size=200):
        """Tell managers of what takes too long, and bring up the call-backs."""
        cron = self.env["ir.cron"]
        while True:
            now = self._now()
            late = self.sudo().search(
                [
                    ("date_next_escalation", "<=", now),
                    ("state", "in", OPEN_STATES),
                ],
                order="date_next_escalation, id",
                limit=batch_size,
            )
            batch = late.try_lock_for_update()
            batch._escalate()
            if not batch or not cron._commit_progress(len(batch)):
                break
        while True:
            due = self.sudo().search(
                [("state", "=", "answered"), ("date_callback", "<=", self._now())],
                limit=batch_size,
            )
            batch = due.try_lock_for_update()
            batch._begin_callback()
            if not batch or not cron._commit_progress(len(batch)):
                break

    def _escalate(self):
        """Tell, for each complaint, whoever the levels reached by now name, once."""
        now = self._now()
        for complaint in self.sudo():
            for level, moment in complaint._pending_levels().items():
                if moment <= now:
                    complaint._escalate_to(level)
            complaint._plan_clock(limits=False)

    def _escalate_to(self, level):
        self.ensure_one()
        user = self._escalation_user(level)
        clocks = dict(level._fields["clock"]._description_selection(self.env))
        self._log_clock(
            "escalated",
            escalation_id=level.id,
            from_text=self.user_id.name,
            to_text=user.name,
            note=f"{level.name} ({clocks[level.clock]})",
        )
        self._set({"escalation_level": max(self.escalation_level, level.level)})
        if user:
            self._remind(
                user,
                self.env._(
                    "Overdue complaint: %(level)s", level=level.with_user(user).name
                ),
            )

    def _escalation_user(self, level):
        """Return whom a level tells: one person, or nobody when there is none."""
        departments = self.env["auto.complaint.department"]
        roles = {"store": ["store_manager"], "head_office": ["head_office"]}
        department = (
            self.task_ids.filtered(lambda task: task.state == "todo").department_id
            or self.category_id.department_ids
        )[:1]
        roles["department"] = [department.manager_role or "service_manager"]
        # Where nobody has the role, the next above is told.
        for role in (*roles[level.target], "store_manager", "head_office"):
            users = departments._role_users(role, self.company_id)
            if users:
                # An administrator may have every role, and is seldom the one meant.
                return users.sorted(lambda user: user._is_system())[:1]
        return self.env["res.users"]

    def _keeper(self):
        """Return who sees the complaint through: who has it, else the desk.

        Nobody is told of a complaint whose person has left, or that nobody took.
        """
        self.ensure_one()
        user = self.user_id
        if user.active and self.company_id in user.company_ids:
            return user
        departments = self.env["auto.complaint.department"]
        for role in ("complaint", "service_manager", "store_manager"):
            users = departments._role_users(role, self.company_id)
            if users:
                return users.sorted(lambda one: one._is_system())[:1]
        return self.env["res.users"]

    @api.model
    def _activities(self):
        """Return the activities as the system, which gives them to anybody.

        Those of a visitor are the system's own: nobody of the store may read who the
        visitor is as a user, and the activity would not open.
        """
        activities = self.env["mail.activity"].sudo()
        if self.env.user.share:
            activities = activities.with_user(SUPERUSER_ID)
        return activities.with_context(mail_activity_quick_update=True)

    def _remind(self, users, summary, deadline=None):
        """Give users an activity on the complaint, without a mail for each."""
        model_id = self.env["ir.model"]._get_id(self._name)
        todo = self.env.ref("mail.mail_activity_data_todo")
        self._activities().create(
            [
                {
                    "activity_type_id": todo.id,
                    "res_model_id": model_id,
                    "res_id": complaint.id,
                    "user_id": user.id,
                    "date_deadline": deadline or fields.Date.context_today(self),
                    "summary": summary,
                    "automated": True,
                }
                for complaint in self
                for user in users
            ]
        )
