from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.date_utils import localized

from .auto_test_drive import HOLDING

# Who wrote it down afterwards is at most so late.
LATEST = timedelta(hours=2)


class AutoTestDrive(models.Model):
    """Booking: car and consultant are free, and belong together."""

    _inherit = "auto.test.drive"

    @api.depends("start", "vehicle_id", "user_id", "company_id")
    def _compute_busy_text(self):
        for drive in self:
            drive.busy_text = drive._busy_text()

    @api.onchange("lead_id")
    def _onchange_lead_id(self):
        """Take the customer and the consultant of the prospect."""
        lead = self.lead_id
        if lead:
            self.partner_id = lead.partner_id or self.partner_id
            self.user_id = lead.user_id or self.user_id
            if not self.vehicle_id:
                self.vehicle_id = self.env["auto.vehicle"]._demo_for(
                    lead.need_model_ids, self.company_id
                )

    @api.constrains("vehicle_id", "company_id", "user_id", "lead_id")
    def _check_together(self):
        for drive in self.sudo():  # whoever books
            car, store = drive.vehicle_id, drive.company_id
            if not car.is_demo or car.company_id != store:
                raise ValidationError(
                    self.env._(
                        "%(car)s is no demo car of %(store)s.",
                        car=car.display_name,
                        store=store.name,
                    )
                )
            if car.sale_state in ("sold", "delivered"):
                raise ValidationError(
                    self.env._("%(car)s has been sold.", car=car.display_name)
                )
            if store not in drive.user_id.company_ids or drive.user_id.share:
                raise ValidationError(
                    self.env._(
                        "%(person)s does not work in %(store)s.",
                        person=drive.user_id.name,
                        store=store.name,
                    )
                )
            if drive.lead_id.company_id and drive.lead_id.company_id != store:
                raise ValidationError(
                    self.env._("The prospect belongs to another store.")
                )

    # ------------------------------------------------------------------
    # Free or taken
    # ------------------------------------------------------------------

    @api.model
    def _taken_over(self, vals):
        """Return ``vals`` with what follows from the prospect and the customer."""
        vals = dict(vals)
        # The prospect was checked to be one that the user sees.
        lead = self.env["crm.lead"].sudo().browse(vals.get("lead_id") or [])
        vals.setdefault("company_id", lead.company_id.id or self.env.company.id)
        if not lead and vals.get("partner_id"):
            # Whose prospect it is does not matter: the drive is one of its steps.
            lead = lead.search(
                [
                    ("partner_id", "=", vals["partner_id"]),
                    ("company_id", "=", vals["company_id"]),
                    ("won_status", "=", "pending"),
                ],
                order="id desc",
                limit=1,
            )
            vals["lead_id"] = lead.id
        vals.setdefault("user_id", lead.user_id.id or self.env.uid)
        vals.setdefault("start", self._next_quarter())
        if lead and not vals.get("partner_id"):
            vals["partner_id"] = lead.partner_id.id
        partner = self.env["res.partner"].browse(vals.get("partner_id") or [])
        drives_himself = vals.get("driver_name") in (None, False, partner.sudo().name)
        if partner and drives_himself and not vals.get("licence_number"):
            known = self._known_licence(partner)
            vals.update({n: value for n, value in known.items() if not vals.get(n)})
        return vals

    def _span(self, vals):
        """Return what ``vals`` would take: (car, person, start, stop, drive)."""
        drive = self.new(vals, origin=self._origin) if self else self.new(vals)
        stop = drive._stop_of_plan()
        return (
            drive.vehicle_id._origin,
            drive.user_id._origin,
            drive.start,
            stop,
            self._origin,
        )

    @api.model
    def _check_free(self, spans):
        """Refuse what is taken, naming by what; the database has the last word.

        :param list spans: as of :meth:`_span`
        :raise UserError: for a time that is over, or taken
        """
        earliest = fields.Datetime.now() - LATEST
        for car, person, start, stop, drive in spans:
            if not start or not stop:
                continue
            if start < earliest and start != drive.start:
                raise UserError(
                    self.env._("A test drive cannot be booked in the past.")
                )
            # Of the whole store, whoever may see it.
            taken = self.sudo().search(
                self._meeting_domain(start, stop)
                & Domain("id", "!=", drive.id)
                & (
                    Domain("vehicle_id", "=", car.id)
                    | Domain("user_id", "=", person.id)
                ),
                limit=1,
            )
            if not taken:
                continue
            words = {
                "start": self._moment_text(taken.start, taken.company_id),
                "stop": self._moment_text(taken.stop, taken.company_id, False),
            }
            if taken.vehicle_id == car:
                raise UserError(
                    self.env._(
                        "%(car)s is taken from %(start)s to %(stop)s. Choose another "
                        "time or car.",
                        car=taken.vehicle_id.display_name,
                        **words,
                    )
                )
            raise UserError(
                self.env._(
                    "%(person)s has another test drive from %(start)s to %(stop)s. "
                    "Choose another time or consultant.",
                    person=taken.user_id.name,
                    **words,
                )
            )

    @api.model
    def _meeting_domain(self, start, stop):
        return (
            Domain("state", "in", HOLDING)
            & Domain("start", "<", stop)
            & Domain("stop", ">", start)
        )

    def _busy_text(self):
        """Return when car and consultant are taken that day, and who is away."""
        self.ensure_one()
        if not self.start or not (self.vehicle_id or self.user_id):
            return False
        day = self._day()
        midnight = datetime.combine(day, time(), self._zone_of(self.company_id))
        begin = midnight.astimezone(UTC).replace(tzinfo=None)
        end = begin + timedelta(days=1)
        # When something is taken is no secret; by whom is not told.
        others = self.sudo().search(
            self._meeting_domain(begin, end)
            & Domain("id", "!=", self._origin.id)
            & (
                Domain("vehicle_id", "=", self.vehicle_id._origin.id)
                | Domain("user_id", "=", self.user_id._origin.id)
            ),
            order="start, id",
        )
        lines = []
        for what, taken in (
            (
                self.vehicle_id.sudo().display_name,
                others.filtered(lambda one: one.vehicle_id == self.vehicle_id._origin),
            ),
            (
                self.user_id.sudo().name,
                others.filtered(lambda one: one.user_id == self.user_id._origin),
            ),
        ):
            spans = [
                f"{self._moment_text(one.start, one.company_id, False)}–"
                f"{self._moment_text(one.stop, one.company_id, False)}"
                for one in taken
            ]
            if spans:
                lines.append(f"{what}: {', '.join(spans)}")
        leaves = self.env["auto.salesperson.leave"].sudo()  # that one is away
        if leaves.search_count(
            [
                ("user_id", "=", self.user_id._origin.id),
                ("date_from", "<=", day),
                ("date_to", ">=", day),
            ],
            limit=1,
        ):
            lines.append(
                self.env._("%(person)s is away that day.", person=self.user_id.name)
            )
        return "\n".join(lines) or False

    # ------------------------------------------------------------------
    # Words about time
    # ------------------------------------------------------------------

    @api.model
    def _zone_of(self, company):
        """Return the time zone of a store."""
        # When a store is open is no secret.
        store = company.sudo()
        return ZoneInfo(store.resource_calendar_id.tz or store.partner_id.tz or "UTC")

    def _day(self):
        """Return the day of the drive by the clock of the store."""
        self.ensure_one()
        return localized(self.start).astimezone(self._zone_of(self.company_id)).date()

    @api.model
    def _moment_text(self, moment, company, with_day=True):
        """Return a moment by the clock of a store, in the reader's language."""
        local = localized(moment).astimezone(self._zone_of(company))
        day = format_date(self.env, local.date())
        return f"{day} {local:%H:%M}" if with_day else f"{local:%H:%M}"

    def _when_text(self):
        """Return day and time by the clock of the store, in the reader's language."""
        self.ensure_one()
        return self._moment_text(self.start, self.company_id)

    # ------------------------------------------------------------------
    # After it is booked
    # ------------------------------------------------------------------

    def _booked(self):
        """Let the customer join the store, and tell what was booked."""
        for company, drives in self.grouped("company_id").items():
            drives.partner_id._join_store(company, self.env._("Test drive"))
        for drive in self:
            drive._set({"date_remind": drive._remind_moment()})
            if drive.driver_signature:
                drive._keep_terms()
        self.lead_id._drive_wish_settled()
        self._log_on_car(self.env._("Test drive booked"))
        self._send_letters("auto_crm_lead.mail_template_test_drive_booked")

    def _told(self):
        """Return of the plan what the customer was told."""
        self.ensure_one()
        return self.start, self.model_id, self.user_id

    def _replanned(self, before):
        """Tell the customer what changed; be ready to remind when the time did.

        :param dict before: drive → as of :meth:`_told`
        """
        changed = self.filtered(lambda drive: before[drive] != drive._told())
        for drive in changed:
            values = {"move_count": drive.move_count + 1}
            if before[drive][0] != drive.start:
                moment = drive._remind_moment()
                values |= {"date_remind": moment, "date_reminded": False}
            drive._set(values)
        changed._send_letters("auto_crm_lead.mail_template_test_drive_booked")

    def _log_on_car(self, what):
        """Write a line on the timeline of the car."""
        for drive in self:
            drive.vehicle_id._log_event(
                "test_drive",
                what,
                document=drive,
                partner=drive.partner_id,
                company=drive.company_id,
            )
