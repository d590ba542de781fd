from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime
from odoo.tools.date_utils import localized

# Whoever writes it down afterwards is at most so late.
LATEST_ENTRY = timedelta(days=1)
LONGEST_KM = 1000


class AutoTestDrive(models.Model):
    """The steps of a test drive: key out, key in, not come, cancelled."""

    _inherit = "auto.test.drive"

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_key_out(self):
        """Open the window that hands out the key.

        :raise UserError: saying what is missing
        """
        self.ensure_one()
        self._check_ready()
        return self._open_window("auto.test.drive.key", self.env._("Hand out the key"))

    def action_key_in(self):
        """Open the window that takes the key back."""
        self.ensure_one()
        self._check_state(("out",))
        return self._open_window("auto.test.drive.key", self.env._("Take the key back"))

    def action_feedback(self):
        """Open the form for what the customer said."""
        self.ensure_one()
        self._check_state(("back", "done"))
        return self._open_window("auto.test.drive.feedback", self.env._("Feedback"))

    def action_cancel(self):
        """Open the window that takes the reason."""
        self.ensure_one()
        self._check_state(("booked",))
        return self._open_window(
            "auto.test.drive.cancel", self.env._("Cancel the test drive")
        )

    def action_no_show(self):
        """Note that the customers did not come, and make their prospects due.

        :raise UserError: for a drive that is still to come
        """
        self._check_step(("booked",))
        now = fields.Datetime.now()
        if early := self.filtered(lambda one: one.start > now)[:1]:
            raise UserError(
                self.env._("%(drive)s is still to come.", drive=early.display_name)
            )
        self._set({"state": "no_show"})
        self._log_on_car(self.env._("Did not come to the test drive"))
        # Of whichever consultant the prospect is.
        leads = self.sudo().lead_id.filtered("active")
        for lead in leads:
            lead.message_post(
                body=self.env._("The customer did not come to the test drive.")
            )
        leads._due_at_once()

    def action_open_lead(self):
        """Open the prospect."""
        self.ensure_one()
        return self._action_open(self.lead_id)

    def action_open_vehicle(self):
        """Open the car."""
        self.ensure_one()
        return self._action_open(self.vehicle_id)

    @api.model
    def _action_open(self, record):
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _open_window(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_drive_id": self.id},
        }

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _check_step(self, states):
        """Take the drives for a step that begins in one of ``states``.

        :raise UserError: when somebody else was there before
        """
        self._lock_for_step("state")
        self._check_state(states)

    def _check_state(self, states):
        names = dict(self._fields["state"]._description_selection(self.env))
        for drive in self:
            if drive.state not in states:
                raise UserError(
                    self.env._(
                        "%(drive)s: %(state)s already.",
                        drive=drive.display_name,
                        state=names[drive.state],
                    )
                )

    def _check_ready(self):
        """Refuse to hand out the key without licence and signature.

        :raise UserError: naming all that is missing
        """
        self.ensure_one()
        self._check_state(("booked",))
        missing = self._licence_problems()
        if not self.driver_signature:
            missing.append(self.env._("The driver has not signed the agreement."))
        if self.licence_expiry_date and self.licence_expiry_date < (
            self.company_id._auto_today()
        ):
            missing.append(self.env._("The licence has expired."))
        if missing:
            raise UserError(
                self.env._("%(drive)s cannot start:", drive=self.name)
                + "\n"
                + "\n".join(f"– {sentence}" for sentence in missing)
            )

    def _check_moment(self, moment, earliest):
        now = fields.Datetime.now()
        if not earliest <= moment <= now + timedelta(minutes=5):
            raise ValidationError(
                self.env._(
                    "The moment lies between %(start)s and now.",
                    start=format_datetime(self.env, earliest),
                )
            )

    def _refuse_car_out(self):
        """Refuse a car whose key is not there, saying who has it."""
        self.ensure_one()
        other = self.sudo().search(  # of the whole store
            [
                ("vehicle_id", "=", self.vehicle_id.id),
                ("state", "=", "out"),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        if other:
            raise UserError(
                self.env._(
                    "%(car)s is out with %(person)s: take its key back first.",
                    car=other.vehicle_id.display_name,
                    person=other.user_id.name,
                )
            )

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def _key_out(self, odometer, moment=None):
        """Hand out the key.

        :param int odometer: km as the meter shows them
        :param datetime moment: when; now when left out
        :raise UserError: when licence or signature is missing, or the car is out
        """
        self.ensure_one()
        self._check_step(("booked",))
        self._check_ready()
        self._refuse_car_out()
        moment = moment or fields.Datetime.now()
        self._check_moment(moment, fields.Datetime.now() - LATEST_ENTRY)
        self._read_meter(odometer, moment)
        self._set({"state": "out", "date_out": moment, "odometer_out": odometer})
        self._log_on_car(self.env._("Test drive begun at %s km", odometer))

    def _key_in(self, odometer, moment=None, note=""):
        """Take the key back.

        :param int odometer: km as the meter shows them
        :param str note: how the car came back, such as new scratches
        :raise ValidationError: for fewer km than at the start, or far too many
        """
        self.ensure_one()
        self._check_step(("out",))
        moment = moment or fields.Datetime.now()
        self._check_moment(moment, self.date_out)
        driven = odometer - self.odometer_out
        if driven < 0:
            raise ValidationError(
                self.env._(
                    "The car left with %(out)s km; it cannot come back with %(in)s.",
                    out=self.odometer_out,
                    **{"in": odometer},
                )
            )
        if driven > LONGEST_KM:
            raise ValidationError(
                self.env._(
                    "%(driven)s km in one test drive? Please read the meter again.",
                    driven=driven,
                )
            )
        self._read_meter(odometer, moment)
        note = (note or "").strip()[:250]
        self._set(
            {
                "state": "back",
                "date_in": moment,
                "odometer_in": odometer,
                "condition_note": note or False,
            }
        )
        self._log_on_car(
            self.env._("Test drive ended at %(km)s km", km=odometer)
            if not note
            else self.env._(
                "Test drive ended at %(km)s km: %(note)s", km=odometer, note=note
            )
        )

    def _read_meter(self, odometer, moment):
        """Add the reading to the ledger of the car."""
        if odometer <= 0:
            raise ValidationError(self.env._("Enter what the odometer shows."))
        zone = self._zone_of(self.company_id)
        day = localized(moment).astimezone(zone).date()
        car = self.vehicle_id.with_company(self.company_id)
        car._record_odometer(odometer, day, "test_drive", document=self)

    def _cancel(self, reason, note=""):
        """Cancel the drives, and keep why.

        :param reason: an ``auto.test.drive.reason``
        """
        self._check_step(("booked",))
        note = (note or "").strip()[:250]
        self._set(
            {"state": "cancelled", "reason_id": reason.id, "reason_note": note or False}
        )
        why = " · ".join(filter(None, [reason.name, note]))
        self._log_on_car(self.env._("Test drive cancelled: %s", reason.name))
        for drive in self:
            drive.message_post(body=self.env._("Cancelled: %s", why))
        self._send_letters("auto_crm_lead.mail_template_test_drive_cancelled")

    # ------------------------------------------------------------------
    # Feedback
    # ------------------------------------------------------------------

    def _give_feedback(self, values, grade=None):
        """Keep what the customer said, and log it as a contact of the prospect.

        :param dict values: ratings, ``liked``, ``disliked``, ``intent``,
            ``next_step``, ``next_date``
        :param grade: an ``auto.lead.grade`` that the prospect gets
        """
        self.ensure_one()
        self._check_step(("back", "done"))
        self._set({**values, "state": "done", "date_feedback": fields.Datetime.now()})
        # The prospect may be a colleague's: who drove tells what was said.
        lead = self.sudo().lead_id
        result = "not_interested" if self.intent == "no" else "visited"
        if lead.active:
            contact = lead._log_contact(
                "visit",
                self._feedback_text(),
                result=result,
                next_date=self.next_date,
                grade=grade if grade and grade != lead.grade_id else None,
                direction="in",
                next_step=self.next_step or None,
                date=self.date_in,
            )
        else:
            # The log is open to whoever met the customer.
            contact = (
                self.env["auto.contact"]
                .sudo()
                .create(
                    {
                        "partner_id": self.partner_id.id,
                        "company_id": self.company_id.id,
                        "date": self.date_in,
                        "channel": "visit",
                        "direction": "in",
                        "summary": self._feedback_text(),
                        "result": result,
                        "next_step": self.next_step,
                        "res_model": self._name,
                        "res_id": self.id,
                    }
                )
            )
        self._set({"contact_id": contact.id})

    def _feedback_text(self):
        """Return what the customer said, in some sentences."""
        self.ensure_one()
        car = self.vehicle_id.sudo()
        parts = [
            self.env._(
                "Test drive of %(car)s (%(km)s km)",
                car=car.model_id.display_name or car.display_name,
                km=self.distance,
            )
        ]
        if self.rating:
            parts.append(self.env._("Rating %s of 5", f"{self.rating:.1f}"))
        if self.liked:
            parts.append(self.env._("Liked: %s", self.liked))
        if self.disliked:
            parts.append(self.env._("Did not like: %s", self.disliked))
        if self.intent:
            parts.append(
                dict(self._fields["intent"]._description_selection(self.env))[
                    self.intent
                ]
            )
        return ". ".join(parts)
