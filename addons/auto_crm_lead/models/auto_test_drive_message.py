import logging
from datetime import timedelta

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class AutoTestDrive(models.Model):
    """What the customer is told, with a calendar file: booked, moved, cancelled."""

    _inherit = "auto.test.drive"

    def _calendar_event(self):
        self.ensure_one()
        words = (self.env._("Test drive"), self.model_id.display_name)
        return {
            "start": self.start,
            "stop": self.stop,
            "summary": " · ".join(filter(None, words)),
            "description": self.name,
            "sequence": self.move_count,
            "cancelled": self.state == "cancelled",
        }

    def _remind_moment(self):
        """Return when the customer is reminded; False when it is too near for that."""
        self.ensure_one()
        hours = self.company_id.sudo().auto_drive_remind_hours
        moment = self.start - timedelta(hours=hours)
        return moment if hours and moment > fields.Datetime.now() else False

    @api.model
    def _cron_remind(self, batch_size=100):
        """Remind the customers whose time has come, each once.

        A drive that fails is left for the next run and does not stop the others.
        """
        cron = self.env["ir.cron"]
        failed = set()
        while True:
            domain = [
                ("date_remind", "<=", fields.Datetime.now()),
                ("date_reminded", "=", False),
                ("state", "=", "booked"),
                ("id", "not in", list(failed)),
            ]
            due = self.sudo().search(domain, order="date_remind, id", limit=batch_size)
            cron._commit_progress(remaining=len(due))
            left = 1
            for drive in due:
                drive = drive.try_lock_for_update().filtered_domain(domain)
                try:
                    with self.env.cr.savepoint():
                        drive._remind()
                except Exception:
                    failed.update(drive.ids)
                    _logger.exception("Test drive %s: not reminded", drive.ids)
                left = cron._commit_progress(1)
                if not left:
                    break
            if len(due) < batch_size or not left:
                break

    def _remind(self):
        """Remind the customers by mail and by SMS, as far as they want either.

        That it was done is written in the same transaction as the messages, which
        wait in Odoo's queues: a job that is killed sends nothing twice.
        """
        now = fields.Datetime.now()
        for drive in self:
            drive._set({"date_reminded": now})
            if drive.start <= now:
                continue  # too late: the job did not run in time
            drive._send_letters("auto_crm_lead.mail_template_test_drive_reminder")
            partner = drive.partner_id
            # Odoo's SMS may be missing in a small installation.
            may = "sms.sms" in self.env and partner.phone
            if may and partner._may_contact("sms", "service"):
                drive.with_context(lang=partner.lang)._remind_by_sms()

    def _remind_by_sms(self):
        self.ensure_one()
        body = self.env._(
            "%(store)s expects you on %(when)s: test drive %(car)s. Please bring your "
            "driving licence.",
            store=self.company_id.name,
            when=self._when_text(),
            car=self.model_id.display_name or "",
        )
        self._message_sms(body, partner_ids=self.partner_id.ids, put_in_queue=True)
