import secrets
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize

from odoo.addons.auto_crm_base.tools import vin as vin_tools
from odoo.addons.auto_crm_base.tools.phone import normalise_phone

from .auto_appointment import CHOSEN_FIELDS, COMING, PUBLIC_CHANNELS, STATE

MAX_WORD = 200
MAX_TEXT = 5000
# What a caller of :meth:`_book` may say.
BOOK_FIELDS = CHOSEN_FIELDS | {
    "partner_id",
    "vehicle_id",
    "car_text",
    "concern",
    "user_id",
    "promised_on",
    "channel",
    "external_ref",
    "res_model",
    "res_id",
}


class AutoAppointment(models.Model):
    """How appointments come in: by one method, whatever the door."""

    _inherit = "auto.appointment"

    @api.model
    def _book(self, values, origin=None):
        """Book a time in the workshop: the only door besides the form.

        The customer is found by number or address, else created; the car by VIN or
        plate. A request that comes twice is booked once.

        :param dict values: ``type_id`` and ``start`` (UTC) are required; the customer
            as ``partner_id`` or ``name``, ``phone``, ``email``; the car as
            ``vehicle_id`` or ``plate``, ``vin``; ``company_id`` (the current store when
            left out), ``hours``, ``bay_id``, ``user_id`` (adviser), ``concern``,
            ``promised_on``, ``channel``, ``external_ref``
        :param origin: the record that it comes from, such as a follow-up; customer,
            car and store are taken from it where ``values`` say nothing
        :raise UserError: saying what is missing, or why the time cannot be had
        :return: the appointment
        """
        values = self._clean_book_values(values)
        if origin:
            values = {**self._origin_values(origin), **values}
        company = self.env["res.company"].browse(
            values.get("company_id") or self.env.company.id
        )
        values["company_id"] = company.id
        if known := self._by_external_ref(
            values.get("channel"), values.get("external_ref")
        ):
            return known
        desk = self.with_company(company)
        values.setdefault("channel", "phone")
        values["partner_id"] = desk._book_partner(values).id
        if values["channel"] in PUBLIC_CHANNELS:
            desk._check_open_limit(company, values["partner_id"])
        vehicle, car_text = desk._book_vehicle(values)
        values.update(vehicle_id=vehicle.id, car_text=car_text or False)
        row = {name: values[name] for name in BOOK_FIELDS if name in values}
        if values["channel"] in PUBLIC_CHANNELS and vehicle:
            desk._check_car_free(vehicle, values.get("start"), values.get("hours"))
        try:
            with self.env.cr.savepoint():
                appointment = desk.with_context(auto_appointment=STATE).create(row)
                self.env.flush_all()
        except psycopg2.errors.UniqueViolation as error:
            # The same request was booked meanwhile: look again from the start.
            raise ConcurrencyError(str(error)) from error
        return self.browse(appointment.id)

    @api.model
    def _clean_book_values(self, values):
        clean = {}
        for name, value in values.items():
            if isinstance(value, str):
                value = value.replace("\x00", "").strip()
                limit = MAX_TEXT if name == "concern" else MAX_WORD
                if len(value) > limit:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” is longer than %(limit)s.",
                            field=name,
                            limit=limit,
                        )
                    )
            clean[name] = value
        return clean

    @api.model
    def _origin_values(self, origin):
        """Return what the record that it comes from says already."""
        origin.ensure_one()
        # The customer and the car are those of the record, seen by the user or not.
        known = origin.sudo()
        values = {"res_model": origin._name, "res_id": origin.id}
        for name in ("partner_id", "vehicle_id", "company_id"):
            if name in known._fields and known[name]:
                values[name] = known[name].id
        if origin._name == "auto.followup":
            values.update(followup_id=origin.id, channel="followup")
        return values

    @api.model
    def _by_external_ref(self, channel, ref):
        """Return the appointment that a request was booked as, if it was."""
        if not ref:
            return self.browse()
        # The sender asks about his own request.
        found = self.sudo().search(
            [("channel", "=", channel), ("external_ref", "=", ref)], limit=1
        )
        return self.browse(found.id)

    @api.model
    def _book_partner(self, values):
        """Return the customer, found or created, with the store joined."""
        company = self.env.company
        partners = self.env["res.partner"]
        if values.get("partner_id"):
            partner = partners.browse(values["partner_id"]).exists()
            if not partner:
                raise ValidationError(self.env._("There is no such customer."))
            return partner
        self._check_person(values)
        found = partners._find_customer(
            phone=values.get("phone"), email=values.get("email")
        ).sudo()
        # Of several with one number the one with this name, else the latest.
        named = found.filtered(
            lambda partner: (
                values.get("name")
                and (partner.name or "").casefold() == values["name"].casefold()
            )
        )
        detail = self.env._("Appointment: by number or address")
        if partner := (named or found)[:1]:
            self.env["auto.access.log"]._log("lookup", partner, detail)
            partner._join_store(company, detail)
            return partners.browse(partner.id)
        if not values.get("name"):
            raise ValidationError(self.env._("Give the name of the customer."))
        # Who books becomes a customer of the store, whoever takes it down.
        partner = (
            partners.sudo()
            .with_context(tracking_disable=True, mail_create_nolog=True)
            .create(
                {
                    "name": values["name"],
                    "phone": values.get("phone") or False,
                    "email": values.get("email") or False,
                    "lang": self.env.lang,
                    "is_auto_customer": True,
                    "auto_store_id": company.id,
                    "store_ids": [Command.set(company.ids)],
                }
            )
        )
        self.env["auto.access.log"]._log("lookup", partner, detail)
        return partners.browse(partner.id)

    @api.model
    def _check_person(self, values):
        phone, email = values.get("phone"), values.get("email")
        if not phone and not email:
            raise ValidationError(
                self.env._("Give a phone number or an e-mail address.")
            )
        if phone and not normalise_phone(phone, self.env.company.country_id.code):
            raise ValidationError(
                self.env._("“%(phone)s” is no phone number.", phone=phone)
            )
        if email and not email_normalize(email):
            raise ValidationError(
                self.env._("“%(email)s” is no e-mail address.", email=email)
            )

    @api.model
    def _check_open_limit(self, company, partner_id):
        """Keep one customer from taking all the times.

        :raise ValidationError: for who has booked enough
        """
        setting = self.env["auto.appointment.setting"]._of_store(company)
        count = self.sudo().search_count(  # of the customer, whoever asks
            [
                ("partner_id", "=", partner_id),
                ("channel", "in", PUBLIC_CHANNELS),
                ("state", "in", COMING),
            ],
            limit=setting.open_limit,
        )
        if count >= setting.open_limit:
            raise ValidationError(
                self.env._("You have booked several times already. Please call us.")
            )

    @api.model
    def _check_car_free(self, vehicle, start, hours=None):
        """Refuse customers a second time for a car that is in a workshop then.

        :raise ValidationError: saying when
        """
        start = fields.Datetime.to_datetime(start)
        if not start:
            return  # said when it is placed
        # Of whatever store: a car is in one place only.
        other = self.sudo().search(
            [
                ("vehicle_id", "=", vehicle.id),
                ("state", "in", COMING),
                ("start", "<", start + timedelta(hours=hours or 1)),
                ("stop", ">", start),
            ],
            limit=1,
        )
        if other:
            raise ValidationError(
                self.env._(
                    "This car is booked already: %(when)s. Move that appointment, or "
                    "choose another time.",
                    when=other._when_text(),
                )
            )

    @api.model
    def _book_vehicle(self, values):
        """Return the car and, when it is not certain, what was said of it."""
        vehicles = self.env["auto.vehicle"].sudo()
        if values.get("vehicle_id"):
            vehicle = vehicles.browse(values["vehicle_id"]).exists()
            if not vehicle:
                raise ValidationError(self.env._("There is no such car."))
            return vehicle, values.get("car_text")
        told = values.get("vin") or values.get("plate") or values.get("car_text") or ""
        if not told:
            return vehicles, ""
        # Anybody can say a stranger's plate: only the customer's own cars are meant.
        plate = vehicles._normalise_plate(values.get("plate") or told)
        vin = vin_tools.normalise(values.get("vin") or told)
        either = Domain.OR(
            Domain(name, "=", value)
            for name, value in (("vin", vin), ("license_plate", plate))
            if value
        )
        if either.is_false():
            return vehicles, told
        # The customer may be one whom the one who books sees only by this number.
        partner = self.env["res.partner"].sudo().browse(values["partner_id"])
        owner = Domain("owner_id", "child_of", partner.commercial_partner_id.id)
        vehicle = vehicles.search(either & owner, limit=1)
        if vehicle:
            detail = self.env._("Appointment: by plate or VIN")
            self.env["auto.access.log"]._log("lookup", vehicle, detail)
            vehicle._join_store(self.env.company, detail)
        return vehicle, "" if vehicle else told

    # ------------------------------------------------------------------
    # After it is booked
    # ------------------------------------------------------------------

    def _booked(self):
        """Let customer and car join the store, and tell what was booked."""
        for company, appointments in self.grouped("company_id").items():
            reason = self.env._("Workshop appointment")
            appointments.partner_id._join_store(company, reason)
            appointments.vehicle_id._join_store(company, reason)
        for appointment in self:
            known = appointment.sudo()  # what only the methods write
            known._set(
                {
                    "access_token": secrets.token_urlsafe(24),
                    "date_remind": known._remind_moment(),
                    "user_id": known.user_id.id or known._usual_adviser().id,
                }
            )
            known._log_on_car(self.env._("Appointment booked"))
            known.followup_id._appointment_booked(appointment)
        self._send_confirmation()

    def _usual_adviser(self):
        """Return the adviser who books it; the others are chosen at the counter."""
        self.ensure_one()
        user = self.registered_by_id
        is_adviser = user.has_group("auto_crm_base.group_adviser")
        return user if is_adviser else user.browse()

    def _log_on_car(self, what):
        """Write a line on the car's timeline."""
        for appointment in self.filtered("vehicle_id"):
            appointment.vehicle_id._log_event(
                "appointment",
                self.env._(
                    "%(what)s: %(work)s", what=what, work=appointment.type_id.name
                ),
                document=appointment,
                partner=appointment.partner_id,
                company=appointment.company_id,
            )
