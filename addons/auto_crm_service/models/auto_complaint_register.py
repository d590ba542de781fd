import re

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize, html2plaintext

from odoo.addons.auto_crm_base.tools import vin as vin_tools
from odoo.addons.auto_crm_base.tools.phone import clean_digits, normalise_phone

from .auto_complaint import OPEN_STATES, STATE

#: How a complaint is shown in the contact log.
CONTACT_CHANNELS = {
    "phone": "phone",
    "visit": "visit",
    "web": "web",
    "portal": "web",
    "email": "email",
    "chat": "chat",
    "letter": "letter",
}
#: By these anybody can say to own any car, or to be anybody.
UNPROVEN = ("web", "email")
MAX_TEXT = 20000
MAX_WORD = 200


class AutoComplaint(models.Model):
    """How complaints come in: by one method, whatever the door."""

    _inherit = "auto.complaint"

    # ------------------------------------------------------------
    # The door
    # ------------------------------------------------------------

    @api.model
    def register_complaint(self, values, channel, external_ref=None):
        """Register a complaint for another system; see :meth:`_register_complaint`.

        :param dict values: ``name``, ``phone``, ``email``, ``description`` (required),
            ``plate``, ``vin``, ``category`` (name), ``severity``
        :return: dict ``complaint`` (number), ``id`` and ``created``
        """
        self.check_access("create")
        if not isinstance(values, dict):
            raise ValidationError(self.env._("The values must be an object."))
        allowed = (
            "name",
            "phone",
            "email",
            "description",
            "subject",
            "plate",
            "vin",
            "category",
            "severity",
        )
        unknown = sorted(set(values) - set(allowed))
        if unknown:
            raise ValidationError(
                self.env._("Unknown: %(names)s.", names=", ".join(map(str, unknown)))
            )
        values = dict(values)
        if name := values.pop("category", None):
            # Which categories there are is read by everybody who may register.
            category = self.env["auto.complaint.category"].search(
                ["|", ("name", "=", name), ("complete_name", "=", name)], limit=1
            )
            if not category:
                raise ValidationError(
                    self.env._("There is no category “%(name)s”.", name=name)
                )
            values["category_id"] = category.id
        count = self.env["auto.complaint.event"].sudo()
        last = count.search([], order="id desc", limit=1).id
        complaint = self._register_complaint(values, channel, external_ref)
        known = complaint.sudo()  # who may register need not read all of it
        created = any(
            event.kind == "received" and event.id > last for event in known.event_ids
        )
        return {"complaint": known.name, "id": complaint.id, "created": created}

    @api.model
    def _register_complaint(self, values, channel, external_ref=None):
        """Take a complaint in: the only door, whatever the channel.

        The customer is found by number or address, else created; the car by VIN or
        plate. The store joins both. A delivery that comes twice does nothing the
        second time; what is the same matter as an open complaint of the customer is
        added to that one, so that nobody is asked twice.

        :param dict values: ``description`` (required); the customer as ``partner_id``
            or ``name``, ``phone``, ``email``; the car as ``vehicle_id`` or ``vin``,
            ``plate``; ``subject``, ``category_id``, ``severity``, ``date_received``;
            ``complaint_id`` to add to that one, False to make one in any case;
            ``contact`` False when the talk is in the contact log already;
            ``res_model`` and ``res_id`` of the document that it came from
        :param str channel: a key of ``channel``
        :param str external_ref: the delivery's id in the system that it came from
        :raise ValidationError: saying what is missing or wrong; nothing is kept
        :return: the complaint, new or known
        """
        values = self._check_register_values(values, channel, external_ref)
        ref = external_ref and str(external_ref)
        if known := self._by_external_ref(channel, ref):
            return known
        self.env["auto.complaint.key"]._take_turns(
            self._register_turns(values, channel, ref)
        )
        try:
            with self.env.cr.savepoint():
                complaint = self._register_once(values, channel, ref)
                self.env.flush_all()
        except psycopg2.errors.UniqueViolation as error:
            # The same delivery was taken in meanwhile: look again from the start.
            raise ConcurrencyError(str(error)) from error
        return complaint

    @api.model
    def _register_from(self, document, values=None, channel=None):
        """Make a complaint of an unhappy customer's answer to something else.

        :param document: a follow-up, a survey answer, a call …, one record with
            ``partner_id`` and, where it has them, ``vehicle_id`` and ``company_id``
        :param dict values: what differs; ``description`` when the document has no
            words of its own
        :param str channel: a key of ``channel``; by the document when left out
        :return: the complaint; the same again for the same document
        """
        document.ensure_one()
        # The customer and the car are those of the document, seen by the user or not.
        known = document.sudo()
        told = {
            "partner_id": known.partner_id.id,
            "res_model": document._name,
            "res_id": document.id,
            **(values or {}),
        }
        if "vehicle_id" in known._fields and known.vehicle_id:
            told.setdefault("vehicle_id", known.vehicle_id.id)
        company = known.company_id if "company_id" in known._fields else None
        # What the document says of its customer holds, whoever may read him.
        desk = (self.with_company(company) if company else self).sudo()
        channel = channel or {"auto.followup": "followup"}.get(document._name, "survey")
        complaint = desk._register_complaint(
            told, channel, f"{document._name},{document.id}"
        )
        return self.browse(complaint.id)

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    @api.model
    def _check_register_values(self, values, channel, external_ref):
        """Return cleaned ``values``; say what is missing or wrong."""
        if channel not in dict(self._fields["channel"].selection):
            raise ValidationError(
                self.env._("“%(channel)s” is no channel.", channel=channel)
            )
        if external_ref and len(str(external_ref)) > MAX_WORD:
            raise ValidationError(self.env._("The external reference is too long."))
        clean = self._clean_register_values(values)
        if not clean.get("description"):
            raise ValidationError(
                self.env._("Say what happened: a complaint needs a description.")
            )
        severities = dict(self._fields["severity"].selection)
        if clean.get("severity") and clean["severity"] not in severities:
            raise ValidationError(
                self.env._("“%(severity)s” is no severity.", severity=clean["severity"])
            )
        if not clean.get("partner_id"):
            self._check_person(clean)
        return clean

    @api.model
    def _clean_register_values(self, values):
        clean = {}
        for name, value in values.items():
            if isinstance(value, str):
                value = value.replace("\x00", "").strip()
                limit = MAX_TEXT if name == "description" else MAX_WORD
                if len(value) > limit:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” is longer than %(limit)s.",
                            field=name,
                            limit=limit,
                        )
                    )
            elif name in ("description", "name", "phone", "email", "vin", "plate"):
                if value not in (None, False):
                    raise ValidationError(
                        self.env._("“%(field)s” must be text.", field=name)
                    )
                value = ""
            clean[name] = value
        return clean

    @api.model
    def _check_person(self, values):
        country = self.env.company.country_id.code
        phone, email = values.get("phone"), values.get("email")
        if not phone and not email:
            raise ValidationError(
                self.env._("Give a phone number or an e-mail address to answer to.")
            )
        if phone and not normalise_phone(phone, country):
            raise ValidationError(
                self.env._("“%(phone)s” is no phone number.", phone=phone)
            )
        if email and not email_normalize(email):
            raise ValidationError(
                self.env._("“%(email)s” is no e-mail address.", email=email)
            )

    @api.model
    def _by_external_ref(self, channel, ref):
        """Return the complaint that a delivery was taken into, if it was."""
        if not ref:
            return self.browse()
        # The sender asks about his own delivery.
        event = self.env["auto.complaint.event"].sudo()
        found = event.search(
            [("channel", "=", channel), ("external_ref", "=", ref)], limit=1
        )
        return self.browse(found.complaint_id.id)

    @api.model
    def _register_turns(self, values, channel, ref):
        country = self.env.company.country_id.code
        names = []
        if ref:
            names.append(f"{channel}:{ref}")
        if values.get("partner_id"):
            names.append(f"partner:{values['partner_id']}")
        if values.get("phone"):
            names.append(normalise_phone(values["phone"], country))
        if values.get("email"):
            names.append(email_normalize(values["email"]))
        return filter(None, names)

    @api.model
    def _register_once(self, values, channel, ref):
        partner = self._register_partner(values)
        vehicle, car_text = self._register_vehicle(values, partner, channel)
        complaint = self._same_matter(partner, vehicle, values)
        if complaint:
            complaint._hear_again(values, channel, ref, vehicle)
        else:
            complaint = self._register_new(
                partner, vehicle, car_text, values, channel, ref
            )
        if values.get("contact", True):
            complaint._log_contact_of(values, channel, ref)
        return self.browse(complaint.id)

    @api.model
    def _register_partner(self, values):
        """Return the customer, found or created, with the store joined."""
        company = self.env.company
        partners = self.env["res.partner"]
        if values.get("partner_id"):
            partner = partners.browse(values["partner_id"]).exists()
            if not partner:
                raise ValidationError(self.env._("There is no such customer."))
            if not self.env.su:
                partner.check_access("read")
            return partner.sudo()
        found = partners._find_customer(
            phone=values.get("phone"), email=values.get("email")
        )
        # Of several with one number the one with this name, else the latest.
        named = found.sudo().filtered(
            lambda partner: (
                values.get("name")
                and (partner.name or "").casefold() == values["name"].casefold()
            )
        )
        partner = (named or found.sudo())[:1]
        detail = self.env._("Complaint: by number or address")
        if partner:
            self.env["auto.access.log"]._log("lookup", partner, detail)
            partner._join_store(company, detail)
            return partner
        if not values.get("name"):
            raise ValidationError(self.env._("Give the name of the customer."))
        # Who complains becomes a customer of the store, whoever takes it down.
        return (
            partners.sudo()
            .with_context(tracking_disable=True, mail_create_nolog=True)
            .create(
                {
                    "name": values["name"],
                    "phone": values.get("phone") or False,
                    "email": values.get("email") or False,
                    "is_auto_customer": True,
                    "auto_store_id": company.id,
                    "store_ids": [Command.set(company.ids)],
                }
            )
        )

    @api.model
    def _register_vehicle(self, values, partner, channel):
        """Return the car and, when it is not certain, what was said of it."""
        vehicles = self.env["auto.vehicle"].sudo()
        if values.get("vehicle_id"):
            vehicle = vehicles.browse(values["vehicle_id"]).exists()
            if not vehicle:
                raise ValidationError(self.env._("There is no such car."))
            if not self.env.su:
                vehicle.with_env(self.env).check_access("read")
            return vehicle, ""
        told = values.get("vin") or values.get("plate") or ""
        if not told:
            return vehicles, ""
        if channel in UNPROVEN:
            # Anybody can write a stranger's plate into a form.
            plate = vehicles._normalise_plate(values.get("plate"))
            vin = vin_tools.normalise(values.get("vin"))
            either = Domain.OR(
                Domain(name, "=", value)
                for name, value in (("vin", vin), ("license_plate", plate))
                if value
            )
            if either.is_false():
                return vehicles, told
            owner = Domain("owner_id", "child_of", partner.commercial_partner_id.id)
            vehicle = vehicles.search(either & owner, limit=1)
        else:
            vehicle = (
                self.env["auto.vehicle"]
                ._lookup(vin=values.get("vin"), plate=values.get("plate"))
                .sudo()[:1]
            )
        return vehicle, "" if vehicle else told

    @api.model
    def _same_matter(self, partner, vehicle, values):
        """Return the open complaint that this one is about, if there is one.

        The same matter is an open complaint of the customer at this store, about the
        same car and of the same category, as far as both are known.
        """
        chosen = values.get("complaint_id")
        desk = self.sudo()  # the store's, whoever may read it
        if chosen:
            complaint = desk.browse(chosen).exists()
            if complaint.partner_id != partner or complaint.state == "closed":
                raise UserError(
                    self.env._("That complaint is closed or of another customer.")
                )
            return complaint
        if chosen is False:
            return desk.browse()
        domain = Domain("partner_id", "=", partner.id) & Domain(
            "company_id", "=", self.env.company.id
        )
        domain &= Domain("state", "in", OPEN_STATES)
        for name, value in (
            ("vehicle_id", vehicle.id),
            ("category_id", values.get("category_id")),
        ):
            if value:
                domain &= Domain(name, "in", [value, False])
        return desk.search(domain, order="id desc", limit=1)

    def _hear_again(self, values, channel, ref, vehicle):
        """Add what the customer said to this open complaint."""
        self.ensure_one()
        vals = {"contact_count": self.contact_count + 1}
        if vehicle and not self.vehicle_id:
            vals["vehicle_id"] = vehicle.id
        if values.get("category_id") and not self.category_id:
            vals["category_id"] = values["category_id"]
        self._set(vals)
        self._log_clock(
            "again", note=values["description"], channel=channel, external_ref=ref
        )
        if self.user_id != self.env.user:
            self._remind(
                self._keeper(),
                self.env._("%(customer)s came back", customer=self.partner_id.name),
            )

    @api.model
    def _register_new(self, partner, vehicle, car_text, values, channel, ref):
        vals = {
            "partner_id": partner.id,
            "vehicle_id": vehicle.id,
            "car_text": car_text,
            "company_id": self.env.company.id,
            "channel": channel,
            "description": values["description"],
            "res_model": values.get("res_model"),
            "res_id": values.get("res_id"),
        }
        for name in ("subject", "category_id", "severity", "user_id"):
            if values.get(name):
                vals[name] = values[name]
        vals["date_received"] = values.get("date_received") or self._now()
        # Whoever has the right to register need not have the right to read.
        desk = self.sudo().with_context(
            auto_complaint_state=STATE, auto_complaint_ref=(channel, ref)
        )
        complaint = desk.create(vals)
        complaint = complaint.with_context(
            auto_complaint_state=None, auto_complaint_ref=None
        )
        complaint._start_work()
        return complaint

    def _log_contact_of(self, values, channel, ref):
        self.ensure_one()
        # As above: the talk is kept, whoever took it.
        self.env["auto.contact"].sudo().create(
            {
                "partner_id": self.partner_id.id,
                "vehicle_id": self.vehicle_id.id,
                "company_id": self.company_id.id,
                "channel": CONTACT_CHANNELS.get(channel, "system"),
                "direction": "in",
                "result": "visited" if channel == "visit" else "reached",
                "summary": values["description"],
                "date": values.get("date_received") or self._now(),
                "external_ref": ref or False,
                "complaint_id": self.id,
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    # ------------------------------------------------------------
    # What every new complaint gets, made by whatever way
    # ------------------------------------------------------------

    @api.model
    def _complete_values(self, vals_list):
        """Return the values with severity, limits and the earlier complaint."""
        categories = {
            vals["category_id"] for vals in vals_list if vals.get("category_id")
        }
        # What a category means holds for whoever registers.
        categories = self.env["auto.complaint.category"].sudo().browse(categories)
        limits, result = {}, []
        levels = self._escalations()
        me = self.env.user if "complaint" in self.env.user._auto_roles() else None
        for values in vals_list:
            vals = dict(values)
            company = self.env["res.company"].browse(
                vals.get("company_id") or self.env.company.id
            )
            vals["company_id"] = company.id
            # What the desk itself takes down, it has.
            if me and not vals.get("user_id") and company in me.company_ids:
                vals["user_id"] = me.id
            if vals.get("user_id"):
                vals["state"] = "assigned"
            if company not in limits:
                limits[company] = self.env["auto.complaint.limit"]._of_store(company)
            category = categories.filtered(
                lambda one, vals=vals: one.id == vals.get("category_id")
            )
            vals.setdefault("severity", category.severity or "normal")
            received = fields.Datetime.to_datetime(vals.get("date_received"))
            received = received or self._now()
            vals["date_received"] = vals["date_clock"] = received
            # One look at the calendar serves the limits and all who are told past them.
            hours = max(limits[company][vals["severity"]][:2])
            spans = company._auto_spans_of(
                received, hours + max(levels.mapped("hours_after"), default=0)
            )
            vals.update(
                self._clock_values(
                    company,
                    vals["severity"],
                    received,
                    limits=limits[company],
                    spans=spans,
                )
            )
            dates = self._escalation_dates(
                levels, vals["date_first_due"], vals["date_due"], company, spans=spans
            )
            vals["date_next_escalation"] = min(dates.values(), default=False)
            vals.update(self._repeat_values(vals, category))
            result.append(vals)
        return result

    @api.model
    def _repeat_values(self, vals, category, exclude=None):
        """Return what says of which earlier complaint this one is a repeat."""
        none = {"repeat_of_id": False, "repeat_number": 0}
        if not category or not category.repeat_days:
            return none
        who = Domain("partner_id", "=", vals["partner_id"])
        if vals.get("vehicle_id"):
            who |= Domain("vehicle_id", "=", vals["vehicle_id"])
        since = fields.Datetime.subtract(
            vals["date_received"], days=category.repeat_days
        )
        domain = who & Domain("category_id", "=", category.id)
        domain &= Domain("company_id", "=", vals["company_id"])
        domain &= Domain("date_received", ">=", since)
        domain &= Domain("date_received", "<=", vals["date_received"])
        if exclude:
            domain &= Domain("id", "<", exclude.id)
        # Whether it happened before counts, whoever handled it.
        earlier = self.sudo().search(
            domain, order="date_received desc, id desc", limit=1
        )
        if not earlier:
            return none
        return {"repeat_of_id": earlier.id, "repeat_number": earlier.repeat_number + 1}

    def _start_work(self):
        """Tell who has it, and hand it to the departments of its category."""
        for complaint in self.sudo():
            if complaint.user_id and complaint.user_id != self.env.user:
                complaint._remind(
                    complaint.user_id,
                    self.env._("Complaint for you"),
                    complaint._deadline_day(),
                )
                complaint._let_handler_see()
            elif not complaint.user_id:
                keeper = complaint._keeper()
                # A customer's page may speak another language than the desk.
                desk = self.with_context(lang=keeper.lang or self.env.lang)
                complaint._remind(keeper, desk.env._("New complaint"))
            if complaint.category_id.is_dispatched:
                complaint._dispatch()

    # ------------------------------------------------------------
    # E-mail
    # ------------------------------------------------------------

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Register what is written to the address of a door."""
        door = self.env["auto.complaint.door"].sudo()  # the mail names its door
        door = door.browse((custom_values or {}).get("door_id")).exists()
        company = door.company_id or self.env.company
        name, address = self._mail_sender(msg_dict)
        body = html2plaintext(msg_dict.get("body") or "").strip()
        subject = (msg_dict.get("subject") or "").strip()
        values = {
            "name": name or address,
            "email": address,
            "subject": subject[:MAX_WORD],
            "description": (body or subject or self.env._("(empty mail)"))[:MAX_TEXT],
            "plate": self._mail_plate(f"{subject} {body}"),
        }
        # The writer is nobody in Odoo; the door says to which store it goes.
        complaint = (
            self.sudo()
            .with_company(company)
            ._register_complaint(
                values, "email", (msg_dict.get("message_id") or "")[:MAX_WORD]
            )
        )
        return complaint.sudo()

    @api.model
    def _mail_sender(self, msg_dict):
        text = msg_dict.get("email_from") or msg_dict.get("from") or ""
        address = email_normalize(text, strict=False) or ""
        name = re.sub(r"<[^>]*>", "", text).strip().strip("\"'")
        return (name if name != address else "")[:MAX_WORD], address

    @api.model
    def _mail_plate(self, text):
        """Return the first Chinese plate in ``text``, else nothing."""
        found = re.search(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
            r"[A-Z][·\s]?[A-Z0-9]{5,6}",
            clean_digits(text).upper(),
        )
        return found.group() if found else ""

    def message_update(self, msg_dict, update_vals=None):
        """Note that the customer wrote again."""
        result = super().message_update(msg_dict, update_vals)
        for complaint in self.sudo():  # who writes a mail is nobody in Odoo
            if msg_dict.get("author_id") not in complaint.partner_id.ids:
                continue
            text = html2plaintext(msg_dict.get("body") or "").strip()[:MAX_TEXT]
            complaint._customer_says(text or self.env._("(empty mail)"), "email")
        return result
