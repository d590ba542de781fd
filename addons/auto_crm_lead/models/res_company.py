from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    auto_escalate_days = fields.Integer(
        string="Sales manager after (days)",
        default=2,
        help="A follow-up overdue for so many days is shown to the sales manager; "
        "0: never.",
    )
    auto_escalate_manager_days = fields.Integer(
        string="Store manager after (days)",
        default=5,
        help="A follow-up overdue for so many days is shown to the store manager; "
        "0: never.",
    )

    auto_grade_hot_days = fields.Integer(
        string="A grade is hot up to (days)",
        default=30,
        help="Grades whose customers buy within so many days are held against their "
        "evidence as hot ones; the others as cold ones.",
    )
    auto_grade_visit_days = fields.Integer(
        string="A visit counts for (days)",
        default=14,
        help="A visit within so many days speaks against a cold grade.",
    )

    _auto_escalate_positive = models.Constraint(
        "CHECK (auto_escalate_days >= 0 AND auto_escalate_manager_days >= 0)",
        "The days until a follow-up is escalated are not negative.",
    )
    _auto_grade_days_positive = models.Constraint(
        "CHECK (auto_grade_hot_days >= 0 AND auto_grade_visit_days >= 0)",
        "The days of a grade are not negative.",
    )

    def _auto_today(self):
        """Return today's date by the clock of the store."""
        zone = timezone(self.resource_calendar_id.tz or self.env.user.tz or "UTC")
        return utc.localize(fields.Datetime.now()).astimezone(zone).date()

    def _auto_working_days(self, days):
        """Return for each day itself, or the next day on which the store works.

        Weekdays come from the store's working hours; a day is passed over when the
        whole store is closed at noon of it. Without working hours every day counts.

        :param days: an iterable of dates
        :return dict: day wished for → day, at most 30 days later
        """
        days = set(days)
        calendar = self.resource_calendar_id
        if not days or not calendar.attendance_ids:
            return {day: day for day in days}
        zone = timezone(calendar.tz or "UTC")
        attendances = calendar.attendance_ids.filtered(
            lambda attendance: attendance.day_period != "lunch"
        )
        closings = self.env["resource.calendar.leaves"].search_fetch(
            [
                ("resource_id", "=", False),
                ("calendar_id", "in", [False, calendar.id]),
                ("company_id", "in", [False, self.id]),
                ("date_to", ">=", min(days) - timedelta(days=1)),
                ("date_from", "<=", max(days) + timedelta(days=32)),
            ],
            ["date_from", "date_to"],
        )

        def works(day):
            week = str(attendances.get_week_type(day))
            noon = zone.localize(datetime.combine(day, time(12)))
            noon = noon.astimezone(utc).replace(tzinfo=None)
            return any(
                int(attendance.dayofweek) == day.weekday()
                and (not calendar.two_weeks_calendar or attendance.week_type == week)
                for attendance in attendances
            ) and not any(
                closing.date_from <= noon <= closing.date_to for closing in closings
            )

        return {
            day: next(
                (
                    candidate
                    for candidate in (day + timedelta(days=n) for n in range(31))
                    if works(candidate)
                ),
                day,
            )
            for day in days
        }

    def _auto_working_minutes(self, spans):
        """Return the working minutes of the store within each span.

        :param list spans: pairs of naive UTC datetimes (from, to)
        :return list: whole minutes, in the order given; the plain difference for
            a store without working hours
        """
        if not spans:
            return []
        calendar = self.resource_calendar_id
        if not calendar:
            return [
                max(0, int((stop - start).total_seconds() // 60))
                for start, stop in spans
            ]
        first = utc.localize(min(start for start, _stop in spans))
        last = utc.localize(max(stop for _start, stop in spans))
        if last <= first:
            return [0] * len(spans)
        intervals = [
            (start.astimezone(utc), stop.astimezone(utc))
            for start, stop, _meta in calendar._work_intervals_batch(first, last)[False]
        ]
        minutes = []
        for naive_start, naive_stop in spans:
            start, stop = utc.localize(naive_start), utc.localize(naive_stop)
            seconds = sum(
                max(0, (min(stop, b) - max(start, a)).total_seconds())
                for a, b in intervals
            )
            # A day of work that ends at midnight lacks its last microsecond.
            minutes.append(int(round(seconds, 3) // 60))
        return minutes
