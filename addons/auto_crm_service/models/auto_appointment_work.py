import hmac
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .auto_appointment import COMING


class AutoAppointment(models.Model):
    """What becomes of an appointment: confirmed, moved, cancelled, received, missed."""

    _inherit = "auto.appointment"

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Note that the customer said to come."""
        self._check_step(("booked",))
        self._set({"state": "confirmed", "date_confirmed": fields.Datetime.now()})

    def action_move(self):
        """Open the window that takes another time."""
        self.ensure_one()
        return self._open_window("auto.appointment.move", self.env._("Another time"))

    def action_cancel(self):
        """Open the window that takes the reason."""
        self.ensure_one()
        return self._open_window(
            "auto.appointment.cancel", self.env._("Cancel the appointment")
        )

    def action_no_show(self):
        """Note that the customer did not come."""
        self._check_step(COMING)
        now = fields.Datetime.now()
        if early := self.filtered(lambda one: one.start > now)[:1]:
            raise UserError(
                self.env._(
                    "%(appointment)s is still to come.", appointment=early.display_name
                )
            )
        self._miss()

    def action_receive(self):
        """Receive the car: open the counter with all that is known filled in."""
        self.ensure_one()
        if order := self._open_order():
            return order._get_records_action(
                views=[
                    (
                        self.env.ref(
                            "auto_crm_service.repair_order_view_form_service"
                        ).id,
                        "form",
                    )
                ]
            )
        self._check_step((*COMING, "no_show"))
        return self.env["auto.reception"]._from_appointment(self)

    def action_open_orders(self):
        """Open the repair order that it became."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_service.repair_order_action_service"
        )
        return action | {"domain": [("appointment_id", "=", self.id)], "context": {}}

    def _open_window(self, model, name):
        self._check_step(COMING)
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_appointment_id": self.id},
        }

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def _check_step(self, states):
        """Take the appointments for a step that begins in one of ``states``.

        :raise UserError: when somebody else was there before
        """
        self._lock_for_step("state")
        names = dict(self._fields["state"]._description_selection(self.env))
        for appointment in self:
            if appointment.state not in states:
                raise UserError(
                    self.env._(
                        "%(appointment)s: %(state)s already.",
                        appointment=appointment.display_name,
                        state=names[appointment.state],
                    )
                )

    def _move(self, start, reason=None, note="", by="store", **options):
        """Give the appointment another time, and keep why.

        :param datetime start: the new time, in UTC
        :param reason: an ``auto.appointment.reason``
        :param str by: ``customer`` or ``store``
        :param options: ``hours``, ``bay_id``; ``public`` when the customer does it
        :raise UserError: when the time cannot be had, or it is too late to move it
        """
        self.ensure_one()
        self._check_step(COMING)
        hours = options.pop("hours", None) or self.hours
        old = self._when_text()
        place = self._place(
            self.company_id,
            self.type_id,
            start.replace(second=0, microsecond=0),
            hours,
            ignore=self,
            **options,
        )
        self._set(
            {
                **place,
                "hours": hours,
                "state": "booked",
                "date_confirmed": False,
                "date_reminded": False,
                "move_count": self.move_count + 1,
                **self._reason_values(reason, note, by),
            }
        )
        self._set({"date_remind": self.sudo()._remind_moment()})
        self._tell_change(
            self.env._("Moved from %(old)s to %(new)s", old=old, new=self._when_text()),
            reason,
            note,
        )
        self._send_confirmation()

    def _cancel(self, reason=None, note="", by="store"):
        """Cancel the appointments, and keep why.

        :raise UserError: when one is over already
        """
        self._check_step(COMING)
        self._set({"state": "cancelled", **self._reason_values(reason, note, by)})
        for appointment in self:
            appointment._tell_change(self.env._("Cancelled"), reason, note)
        self._send_cancellation()

    @api.model
    def _reason_values(self, reason, note, by):
        return {
            "reason_id": reason.id if reason else False,
            "reason_note": (note or "").strip()[:250] or False,
            "changed_by": by,
        }

    def _tell_change(self, what, reason, note):
        """Write in the chatter and on the car's timeline what changed, and why."""
        self.ensure_one()
        why = " · ".join(filter(None, [reason and reason.name, (note or "").strip()]))
        # The customer's own change is written by the system.
        known = self.sudo()
        known.message_post(body=f"{what} ({why})" if why else what)
        known._log_on_car(what)

    def _miss(self):
        """Note that the customers did not come, and free their times."""
        self._set({"state": "no_show"})
        self.sudo()._log_on_car(self.env._("Did not come"))

    def _arrive(self):
        """Note that the cars are here."""
        # The lift may be somebody else's by now when they come late.
        late = self.filtered(lambda one: one.state == "no_show")
        for appointment in late:
            if appointment._bay_is_taken():
                appointment._set({"bay_id": False})
        self._set({"state": "arrived", "date_arrived": fields.Datetime.now()})

    def _bay_is_taken(self):
        self.ensure_one()
        return bool(
            self.sudo().search_count(  # of the whole store, whoever receives
                [
                    ("id", "!=", self.id),
                    ("bay_id", "=", self.bay_id.id),
                    ("state", "in", (*COMING, "arrived")),
                    ("start", "<", self.stop),
                    ("stop", ">", self.start),
                ],
                limit=1,
            )
        )

    def _open_order(self):
        """Return the repair order that it became, but not a cancelled one."""
        self.ensure_one()
        return self.repair_ids.filtered(
            lambda order: order.service_state != "cancelled"
        )[:1]

    # ------------------------------------------------------------------
    # By the customer
    # ------------------------------------------------------------------

    @api.model
    def _by_access_token(self, token):
        """Return the appointment of a link as superuser, else an empty one."""
        # Whoever has the letter is the customer: the token is what lets him in.
        appointments = self.sudo()
        if not token or not 20 < len(token) < 100 or "\x00" in token:
            return appointments.browse()
        found = appointments.search([("access_token", "=", token)], limit=1)
        same = hmac.compare_digest((found.access_token or "").encode(), token.encode())
        days = found.company_id.auto_service_link_days
        ended = same and fields.Datetime.now() > found.stop + timedelta(days=days)
        return found if same and not ended else appointments.browse()

    def _may_change(self):
        """Return whether the customer may still move or cancel it without a call."""
        self.ensure_one()
        setting = self.env["auto.appointment.setting"]._of_store(self.company_id)
        latest = self.start - timedelta(hours=setting.change_hours)
        return self.state in COMING and fields.Datetime.now() <= latest

    def _check_may_change(self):
        """Refuse a change that comes too late.

        :raise UserError: saying to call
        """
        if not self._may_change():
            raise UserError(
                self.env._("It is too late to change it here. Please call us.")
            )

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    @api.model
    def _cron_no_show(self, batch_size=200):
        """Note who has not come within the time that the store waits."""
        cron = self.env["ir.cron"]
        while True:
            ids = [id_ for (id_,) in self.env.execute_query(self._missed_sql())]
            cron._commit_progress(remaining=len(ids))
            batch = self.sudo().browse(ids[:batch_size]).try_lock_for_update()
            batch = batch.filtered(lambda one: one.state in COMING)
            batch._miss()
            if not batch or not cron._commit_progress(len(batch)):
                break

    @api.model
    def _missed_sql(self):
        self.flush_model(["state", "start", "company_id"])
        self.env["auto.appointment.setting"].flush_model()
        usual = self.env["auto.appointment.setting"].new({}).grace_minutes
        return SQL(
            """SELECT a.id
                 FROM auto_appointment a
            LEFT JOIN auto_appointment_setting s ON s.company_id = a.company_id
                WHERE a.state IN ('booked', 'confirmed') AND a.start < %(now)s
                  AND COALESCE(s.grace_minutes, %(usual)s) > 0
                  AND a.start + COALESCE(s.grace_minutes, %(usual)s)
                      * INTERVAL '1 minute' < %(now)s
             ORDER BY a.start, a.id""",
            now=fields.Datetime.now(),
            usual=usual,
        )

    # ------------------------------------------------------------------
    # For other documents
    # ------------------------------------------------------------------

    @api.model
    def _action_book(self, partner=None, vehicle=None, company=None, followup=None):
        """Return the action that opens a new appointment with what is known."""
        defaults = {
            "default_partner_id": partner and partner.id,
            "default_vehicle_id": vehicle and vehicle.id,
            "default_company_id": company and company.id,
            "default_followup_id": followup and followup.id,
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New appointment"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {name: value for name, value in defaults.items() if value},
        }

    @api.model
    def _action_of(self, domain, **context):
        """Return the action that opens some appointments."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_service.auto_appointment_action_all"
        )
        return action | {"domain": domain, "context": context}
