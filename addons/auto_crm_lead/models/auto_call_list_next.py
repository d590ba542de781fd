from datetime import timedelta

import psycopg2.errors
import pytz

from odoo import fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tools import SQL, format_duration

# Whoever has somebody on the line for so long has gone home.
HELD = timedelta(hours=1)
# An agent who agreed a time is waited for so long.
PATIENCE = timedelta(minutes=30)
# A customer whom the group has contacted often enough waits so long.
CAP_PAUSE = timedelta(days=1)
# So many people who may not be called are passed over in one click.
TRIES = 100


class AutoCallList(models.Model):
    """Whom an agent calls next: one person for one agent, whoever asks at once."""

    _inherit = "auto.call.list"

    def action_next(self):
        """Give the current user the next person to call.

        Who has somebody on the line gets that person again.

        :return: the action of the call screen, or a notice that nobody is left
        """
        self.ensure_one()
        self._check_may_call()
        entry = self._held() or self._take_next()
        if not entry:
            return self._nobody_left()
        return self.env["auto.call"]._start_entry(entry)._reopen()

    def _check_may_call(self):
        """Refuse calls out of hours, of lists that rest, and by others.

        :raise UserError: telling which
        """
        self.check_access("read")
        if not self.env["auto.call"].has_access("create"):
            raise AccessError(self.env._("Your role takes no calls."))
        if self.agent_ids and self.env.user not in self.agent_ids:
            raise AccessError(self.env._("You do not call for this list."))
        today = fields.Date.context_today(self)
        if self.state != "running" or (self.date_end and self.date_end < today):
            raise UserError(self.env._("“%s” is not running.", self.name))
        zone = pytz.timezone(self.company_id.resource_calendar_id.tz or "UTC")
        local = pytz.utc.localize(fields.Datetime.now()).astimezone(zone)
        hour = local.hour + local.minute / 60
        if not self.hour_from <= hour < self.hour_to:
            raise UserError(
                self.env._(
                    "Calls of this list are made between %(start)s and %(stop)s.",
                    start=format_duration(self.hour_from),
                    stop=format_duration(self.hour_to),
                )
            )

    def _held(self):
        """Return whom the current user has on the line, of whatever list."""
        entries = self.env["auto.call.list.entry"]
        # One's own, and there is one at most.
        held = entries.sudo().search(
            [("user_id", "=", self.env.uid), ("state", "=", "calling")]
        )
        return entries.browse(held.ids)

    def _take_next(self):
        """Take the next person for the current user; nobody else gets them.

        Whom the customer or the group's cap keeps from being called is passed over.
        """
        for _try in range(TRIES):
            entry = self._lock_next()
            if not entry or entry._may_be_called():
                break
        if entry and entry.state != "calling":
            return entry.browse()
        return entry

    def _lock_next(self):
        """Return the next entry, locked and given to the current user.

        Rows that another agent is being given are passed over; who comes later with
        an older view of the database starts again.
        """
        now = fields.Datetime.now()
        entries = self.env["auto.call.list.entry"]
        entries.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM auto_call_list_entry
                 WHERE list_id = %(list)s AND (
                       state = 'waiting' AND next_date <= %(now)s
                           AND (NOT COALESCE(promised, FALSE) OR user_id = %(user)s
                                OR user_id IS NULL OR next_date <= %(late)s)
                       OR state = 'calling' AND taken_date <= %(gone)s)
              ORDER BY COALESCE(promised, FALSE) DESC, next_date, id
                 LIMIT 1
                   FOR UPDATE SKIP LOCKED
                """,
                list=self.id,
                user=self.env.uid,
                now=now,
                late=now - PATIENCE,
                gone=now - HELD,
            )
        )
        entry = entries.browse(id_ for (id_,) in rows)
        if entry:
            try:
                with self.env.cr.savepoint():
                    entry._step(state="calling", user_id=self.env.uid, taken_date=now)
                    entry.sudo().flush_recordset()
            except psycopg2.errors.UniqueViolation as error:
                # The agent has got somebody in another window: start again and see.
                raise ConcurrencyError from error
            self.env.invalidate_all()
        return entry

    def _nobody_left(self):
        """Tell when the next call is due, or that the list is done."""
        entries = self.env["auto.call.list.entry"].sudo()  # only the time is told
        coming = entries.search(
            [("list_id", "=", self.id), ("state", "=", "waiting")],
            order="next_date",
            limit=1,
        )
        if coming:
            when = fields.Datetime.context_timestamp(self, coming.next_date)
            text = self.env._(
                "Nobody is to be called now. The next call is due on %s.",
                when.strftime("%Y-%m-%d %H:%M"),
            )
        else:
            text = self.env._("Everybody on “%s” has been called.", self.name)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": text,
                "next": self.env["ir.actions.act_window"]._for_xml_id(
                    "auto_crm_lead.auto_call_list_action"
                ),
            },
        }


class AutoCallListEntry(models.Model):
    _inherit = "auto.call.list.entry"

    def _may_be_called(self):
        """Return whether the person may be called now; put aside who may not."""
        self.ensure_one()
        one = self.sudo()  # the agent sees the person once on the line
        partner = one.partner_id.with_company(one.company_id)
        purpose = one.list_id.purpose
        if partner._may_contact("phone", purpose):
            return True
        states = partner._consent_states("phone", purpose)
        capped = (
            purpose == "marketing"
            and states.get(partner.id) != "withdrawn"
            and partner._over_contact_cap()
        )
        if capped:
            self._step(
                state="waiting",
                user_id=False,
                taken_date=False,
                next_date=fields.Datetime.now() + CAP_PAUSE,
            )
        else:
            self._step(state="barred", user_id=False, taken_date=False)
        return False
