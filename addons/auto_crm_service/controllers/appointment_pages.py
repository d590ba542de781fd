"""What the public page, the customer's link and the portal share."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools.date_utils import localized

SHOWN_DAYS = 7
# No store takes bookings further ahead, and calendars end somewhere.
FURTHEST = timedelta(days=400)


class AppointmentPages:
    """Free times to choose from, and what customers do with their appointment.

    Mixed into the controllers; no controller itself.
    """

    def _number(self, text):
        """Return the whole number that was sent, or 0."""
        text = str(text or "")
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    def _day(self, text):
        """Return the date that was sent, or None for what is none to come."""
        today = fields.Date.today()
        try:
            day = fields.Date.to_date(str(text or "")[:10])
        except ValueError:
            return None
        near = day and today - timedelta(days=1) <= day < today + FURTHEST
        return day if near else None

    def _moment(self, text):
        """Return the moment (UTC) that was sent, or None for what is none to come."""
        now = fields.Datetime.now()
        try:
            moment = fields.Datetime.to_datetime(str(text or "").replace("T", " ")[:19])
        except ValueError:
            return None
        return moment if moment and now <= moment < now + FURTHEST else None

    def _public_types(self):
        # What can be booked is on the page, whoever looks at it.
        types = request.env["auto.appointment.type"].sudo()
        return types.search([("is_public", "=", True)])

    def _free_days(self, company, kind, day=None, ignore=None):
        """Return the free times of a week for the page.

        :return: dict ``days`` (list of dicts ``label`` and ``times``), ``earlier`` and
            ``later`` (dates to look from, or None)
        """
        # The page shows what is free, and nothing of who has booked the rest.
        appointments = request.env["auto.appointment"].sudo()
        setting = request.env["auto.appointment.setting"]._of_store(company)
        zone = setting._zone()
        today = appointments._store_today(company)
        last = today + timedelta(days=setting.horizon_days)
        first = min(max(day or today, today), last)
        rows = appointments._free_times(
            company, kind, first, days=SHOWN_DAYS, public=True, ignore=ignore
        )
        later = first + timedelta(days=SHOWN_DAYS)
        return {
            "days": [
                {
                    "label": appointments._day_text(one),
                    "times": [
                        {
                            "value": start.isoformat(timespec="minutes"),
                            "label": f"{localized(start).astimezone(zone):%H:%M}",
                        }
                        for start in starts
                    ],
                }
                for one, starts in rows
                if starts
            ],
            "earlier": (
                max(first - timedelta(days=SHOWN_DAYS), today)
                if first > today
                else None
            ),
            "later": later if later <= last else None,
        }

    def _when(self, company, start):
        """Return a moment in words, in the store's zone and the page's language."""
        if not start:
            return ""
        draft = request.env["auto.appointment"].sudo()  # only to put it in words
        return draft.new({"company_id": company.id, "start": start})._when_text()

    def _steps(self):
        """Return how far an appointment is, in the customer's words."""
        env = request.env
        return {
            "booked": env._("Booked"),
            "confirmed": env._("Confirmed"),
            "arrived": env._("Your car is with us"),
            "done": env._("Done"),
            "no_show": env._("You did not come"),
            "cancelled": env._("Cancelled"),
        }

    def _change(self, appointment, params):
        """Do what the customer asks of the appointment.

        :return: what is wrong, in words, else ``""``
        """
        what = str(params.get("what") or "")
        note = str(params.get("note") or "").replace("\x00", "").strip()[:200]
        try:
            with request.env.cr.savepoint():
                if what == "confirm":
                    appointment.action_confirm()
                elif what == "cancel" and appointment.state != "cancelled":
                    appointment._check_may_change()
                    appointment._cancel(note=note, by="customer")
                elif what == "move":
                    start = self._moment(params.get("start"))
                    if not start:
                        return request.env._("Choose a time.")
                    appointment._check_may_change()
                    appointment._move(start, note=note, by="customer", public=True)
                request.env.flush_all()
        except UserError as error:
            return str(error)
        return ""

    def _detail_values(self, appointment, url, error="", move=False, day=None):
        """Return what the page of one appointment shows.

        :param appointment: as superuser; the page chooses what it shows
        """
        values = {
            "appointment": appointment,
            "store": appointment.company_id,
            "when": appointment._when_text(),
            "steps": self._steps(),
            "may_change": appointment._may_change(),
            "is_coming": appointment.state in ("booked", "confirmed"),
            "url": url,
            "error": error,
            "move": move,
        }
        if move:
            values["free"] = self._free_days(
                appointment.company_id, appointment.type_id, self._day(day), appointment
            )
        return values

    def _calendar_response(self, appointment):
        """Return the calendar file of an appointment."""
        name = appointment._calendar_name()
        return request.make_response(
            appointment._calendar_file(),
            headers=[
                ("Content-Type", "text/calendar; charset=utf-8"),
                ("Content-Disposition", f'attachment; filename="{name}"'),
                ("Cache-Control", "no-store"),
            ],
        )
