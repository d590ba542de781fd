from datetime import UTC, datetime, time, timedelta

import babel.dates

from odoo import api, fields, models
from odoo.tools import get_lang
from odoo.tools.date_utils import localized

from .auto_appointment import COMING

# Who would wait longer leaves the car.
LONGEST_WAIT = timedelta(hours=4)


class AutoAppointment(models.Model):
    """What the customer is told: confirmation with a calendar file, reminder."""

    _inherit = "auto.appointment"

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    def _when_text(self):
        """Return day and time in the store's zone and the reader's language."""
        self.ensure_one()
        zone = self.env["auto.appointment.setting"]._of_store(self.company_id)._zone()
        moment = localized(self.start).astimezone(zone)
        return f"{self._day_text(moment, 'yMMMEd')} {moment:%H:%M}"

    @api.model
    def _day_text(self, day, skeleton="MMMEd"):
        """Return a day as the reader's language writes it.

        :param str skeleton: the parts, in the terms of Unicode
        """
        locale = get_lang(self.env).code
        return babel.dates.format_skeleton(skeleton, day, locale=locale)

    def _customer_url(self):
        """Return the page on which the customer sees, moves and cancels it."""
        self.ensure_one()
        base = self.get_base_url()
        # Whoever has the letter has the link; it is written by the system.
        return f"{base}/auto/appointment/mine/{self.sudo().access_token}"

    def _calendar_stop(self):
        """Return until when the customer is busy with it.

        Who leaves the car for long only brings it.
        """
        self.ensure_one()
        stop = max(self.start + timedelta(minutes=15), self.promised_on or self.stop)
        if stop - self.start > LONGEST_WAIT:
            return self.start + timedelta(minutes=30)
        return stop

    def _calendar_event(self):
        self.ensure_one()
        car = self.vehicle_id.license_plate or self.car_text or ""
        return {
            "start": self.start,
            "stop": self._calendar_stop(),
            "summary": " · ".join(filter(None, [self.type_id.name, car])),
            "description": f"{self.name} {self._customer_url()}",
            "sequence": self.move_count,
            "cancelled": self.state == "cancelled",
        }

    # ------------------------------------------------------------------
    # Letters
    # ------------------------------------------------------------------

    def _send_confirmation(self):
        """Tell the customers by mail what is booked, with a calendar file."""
        self._send_letters("auto_crm_service.mail_template_appointment_booked")

    def _send_cancellation(self):
        """Tell the customers by mail that it is off."""
        self._send_letters("auto_crm_service.mail_template_appointment_cancelled")

    # ------------------------------------------------------------------
    # Reminder
    # ------------------------------------------------------------------

    def _remind_moment(self):
        """Return when the customer is reminded; False when it is too near for that."""
        self.ensure_one()
        setting = self.env["auto.appointment.setting"]._of_store(self.company_id)
        if not setting.remind_days:
            return False
        zone = setting._zone()
        day = localized(self.start).astimezone(zone).date()
        day -= timedelta(days=setting.remind_days)
        midnight = datetime.combine(day, time(), zone)
        at = midnight + timedelta(hours=setting.remind_hour)
        moment = at.astimezone(UTC).replace(tzinfo=None)
        return moment if moment > fields.Datetime.now() else False

    @api.model
    def _cron_remind(self, batch_size=100):
        """Remind the customers whose time has come, each once."""
        cron = self.env["ir.cron"]
        while True:
            now = fields.Datetime.now()
            domain = [
                ("date_remind", "<=", now),
                ("date_reminded", "=", False),
                ("state", "in", COMING),
            ]
            due = self.sudo().search(domain, order="date_remind, id", limit=batch_size)
            cron._commit_progress(remaining=len(due))
            left = 1
            for appointment in due:
                appointment = appointment.try_lock_for_update().filtered_domain(domain)
                if appointment:
                    appointment._remind(now)
                left = cron._commit_progress(1)
                if not left:
                    break
            if len(due) < batch_size or not left:
                break

    def _remind(self, now):
        """Remind one customer by mail and by SMS, as far as they want either.

        That it was done is written in the same transaction as the messages, which wait
        in Odoo's queues: a job that is killed and begun again sends nothing twice.
        """
        self.ensure_one()
        self._set({"date_reminded": now})
        if self.start <= now:
            return  # too late: the job did not run in time
        self._send_letters("auto_crm_service.mail_template_appointment_reminder")
        partner = self.partner_id
        # Odoo's SMS may be missing in a small installation.
        may = "sms.sms" in self.env and partner.phone
        if may and partner._may_contact("sms", "service"):
            self.with_context(lang=partner.lang)._remind_by_sms()

    def _remind_by_sms(self):
        car = self.vehicle_id.license_plate or self.car_text or ""
        body = self.env._(
            "%(store)s expects you on %(when)s: %(work)s %(car)s",
            store=self.company_id.name,
            when=self._when_text(),
            work=self.type_id.name,
            car=car,
        )
        self._message_sms(
            body.strip(), partner_ids=self.partner_id.ids, put_in_queue=True
        )
