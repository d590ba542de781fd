import hashlib
import json
import re
import unicodedata
from datetime import date, datetime, timedelta, timezone

from dateutil.relativedelta import relativedelta
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError, ValidationError

from ..tools import vin as vin_tools
from .auto_factory_message import WRITER
from .auto_factory_status_code import FACTORY_STATES

#: Rows of one call.
MAX_ROWS = 1000
#: Rows written together, as long as all of them are good.
BATCH = 250
#: What a row may say, and how long it may be.
LENGTHS = {
    "production_number": 64,
    "vin": 40,
    "model": 64,
    "color": 64,
    "interior_color": 64,
    "status": 64,
    "status_date": 40,
    "expected_date": 40,
    "store": 64,
    "order": 64,
    "message_id": 128,
    "sequence": 12,
}
REQUIRED = ("production_number", "status", "status_date")
#: Dates as factories write them: 2026/1/5, 2026.01.05, 2026年1月5日, 20260105.
DATE = re.compile(r"^(\d{4})\D(\d{1,2})\D(\d{1,2})日?(?:[T\s]*(\d.*))?$")
COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
CLOSED_STATES = ("in_stock", "out")


class BadRow(Exception):
    """A row cannot be taken in; the message is for whoever sent it."""


#: What is wrong with a row, rather than with the program.
ROW_ERRORS = (BadRow, UserError, ValidationError, AccessError)


class Unit:
    """One car as the rows of a batch have it so far."""

    def __init__(self, number, vehicle):
        self.number = number
        self.vehicle = vehicle
        self.vals = {}
        #: The day on which the car was expected before.
        self.expected_before = vehicle.expected_date
        #: What other addons need to write with the car.
        self.more = {}

    def get(self, name):
        """Return a value as it will be stored."""
        if name in self.vals:
            return self.vals[name]
        value = self.vehicle[name] if self.vehicle else False
        return value.id if isinstance(value, models.BaseModel) else value

    @property
    def is_closed(self):
        """Whether stock decides about the car and no longer the factory."""
        vehicle = self.vehicle
        return bool(
            vehicle
            and (vehicle.stock_location_id or vehicle.supply_state in CLOSED_STATES)
        )


class AutoFactoryIntake(models.AbstractModel):
    """Takes in what factories say about cars on order, by API or file.

    The rows of a batch are checked together with a fixed number of queries, and
    written together; when that fails, one by one, so that the good ones are kept.
    Every row but a repeated one is logged as an ``auto.factory.message``.
    """

    _name = "auto.factory.intake"
    _description = "Intake of factory messages"

    @api.model
    def _check_right(self):
        """Refuse who may not speak for the factory.

        :raise AccessError:
        """
        if not (
            self.env.su
            or self.env.user.has_group("auto_crm_base.group_factory_interface")
        ):
            raise AccessError(
                self.env._(
                    "Messages of the factory are taken in by head office, or by who "
                    "has the right “factory interface”."
                )
            )

    @api.model
    def _check_rows(self, rows):
        """Refuse what is no list of rows.

        :raise ValidationError:
        """
        if not isinstance(rows, list) or not rows:
            raise ValidationError(self.env._("“rows” must be a list of objects."))
        if len(rows) > MAX_ROWS:
            raise ValidationError(
                self.env._("At most %(most)s rows at a time.", most=MAX_ROWS)
            )

    @api.model
    def _take_in(self, rows, source="api", file=None, lines=None):
        """Take rows in, for the stores of the user.

        The right is checked by the caller.

        :param list rows: see :meth:`auto.vehicle.factory_update`
        :param str source: ``api``, ``file`` or ``person``
        :param file: the ``auto.factory.file`` they are from
        :param list lines: their numbers in the file; else counted from 1
        :return: list of dicts: ``line``, ``number`` (production number), ``result``,
            ``error``
        """
        # The user need not be able to change vehicles: what a row may do is checked
        # here, row by row, against the stores of the user.
        intake = self.sudo()
        items = []
        for line, row in zip(lines or range(1, len(rows) + 1), rows, strict=True):
            items.append(intake._read_row(line, row))
        for start in range(0, len(items), BATCH):
            batch = items[start : start + BATCH]
            intake._mark_repeats(batch)
            fresh = [item for item in batch if not item["result"]]
            if fresh:
                intake._apply(fresh)
            intake._log(batch, source, file)
        return items

    # ------------------------------------------------------------------
    # Reading a row
    # ------------------------------------------------------------------

    def _read_row(self, line, row):
        """Return a row as an item: its texts cleaned, its dates read.

        What is wrong with it alone is told in the item.
        """
        item = {
            "line": line,
            "number": "",
            "raw": {},
            "values": {},
            "result": "",
            "error": "",
            "vehicle": self.env["auto.vehicle"],
            "company": self.env.company,
            "status": self.env["auto.factory.status.code"],
            "same_as": None,
        }
        try:
            item["raw"] = self._texts(row)
            item["number"] = item["raw"].get("production_number", "")
            item["values"] = self._parsed(item["raw"])
        except BadRow as error:
            item.update(result="refused", error=str(error))
        raw = item["raw"]
        content = json.dumps(raw, sort_keys=True, ensure_ascii=False)
        item["hash"] = hashlib.sha256(content.encode()).hexdigest()
        item["key"] = "|".join(
            [
                item["number"],
                raw.get("status", "").upper(),
                raw.get("status_date", ""),
                f"id:{raw['message_id']}" if raw.get("message_id") else item["hash"],
            ]
        )
        return item

    def _texts(self, row):
        """Return what a row says as clean texts.

        :raise BadRow: when it is no object of texts, or says what nobody knows
        """
        if not isinstance(row, dict):
            raise BadRow(self.env._("The row is no object."))
        texts = {}
        for name, value in row.items():
            if name not in LENGTHS:
                raise BadRow(
                    self.env._("Nobody knows what “%(name)s” is.", name=str(name)[:64])
                )
            if value is None or value is False:
                continue
            if isinstance(value, bool) or not isinstance(value, (str, int)):
                raise BadRow(self.env._("“%(name)s” must be a text.", name=name))
            text = unicodedata.normalize("NFKC", str(value))
            text = "".join(c for c in text if c.isprintable()).strip()
            if len(text) > LENGTHS[name]:
                raise BadRow(
                    self.env._(
                        "“%(name)s” is longer than %(most)s characters.",
                        name=name,
                        most=LENGTHS[name],
                    )
                )
            if text:
                texts[name] = text
        if "production_number" in texts:
            number = "".join(texts["production_number"].split()).upper()
            texts["production_number"] = number
        return texts

    def _parsed(self, raw):
        """Return the values of a row, read.

        :raise BadRow: saying what is missing or wrong
        """
        for name in REQUIRED:
            if not raw.get(name):
                raise BadRow(self.env._("“%(name)s” is missing.", name=name))
        now = fields.Datetime.now()
        moment = self._moment(raw["status_date"], "status_date")
        if moment > now + timedelta(days=1):
            raise BadRow(
                self.env._(
                    "“status_date” %(date)s is in the future.", date=raw["status_date"]
                )
            )
        values = {"status_date": moment, "sequence": 0}
        if raw.get("expected_date"):
            day = self._day(raw["expected_date"], "expected_date")
            if day.year < 2000 or day > now.date() + relativedelta(years=5):
                raise BadRow(
                    self.env._(
                        "A car is not expected on %(date)s.", date=raw["expected_date"]
                    )
                )
            values["expected_date"] = day
        if raw.get("sequence"):
            if not raw["sequence"].isdecimal() or int(raw["sequence"]) > 2**31 - 1:
                raise BadRow(self.env._("“sequence” must be a whole number."))
            values["sequence"] = int(raw["sequence"])
        vin = vin_tools.normalise(raw.get("vin"))
        if vin:
            problems = vin_tools.validate(vin, with_check_digit=False)
            if problems:
                raise BadRow(self.env["auto.vehicle"]._vin_error(vin, problems))
            values["vin"] = vin
        return values

    def _moment(self, text, name):
        """Return a date, with or without a time, as a datetime in UTC.

        :raise BadRow:
        """
        year, month, day, rest = self._date_parts(text, name)
        try:
            iso = f"{year:04}-{month:02}-{day:02}T{rest or '00:00:00'}"
            moment = datetime.fromisoformat(iso)
            if not moment.tzinfo:
                moment = self.env.tz.localize(moment)
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        except (ValueError, OverflowError) as error:
            raise BadRow(self._no_date(text, name)) from error
        if not 2000 <= moment.year <= 2100:
            raise BadRow(self._no_date(text, name))
        return moment.replace(microsecond=0)

    def _day(self, text, name):
        year, month, day, _rest = self._date_parts(text, name)
        try:
            return date(year, month, day)
        except ValueError as error:
            raise BadRow(self._no_date(text, name)) from error

    def _date_parts(self, text, name):
        """Return year, month, day and the rest of a date as factories write it."""
        match = DATE.match(text) or COMPACT.match(text)
        if not match:
            raise BadRow(self._no_date(text, name))
        year, month, day, *rest = match.groups()
        return int(year), int(month), int(day), (rest[0] if rest else "") or ""

    def _no_date(self, text, name):
        return self.env._("“%(name)s”: “%(text)s” is no date.", name=name, text=text)

    # ------------------------------------------------------------------
    # What is known already
    # ------------------------------------------------------------------

    def _mark_repeats(self, items):
        """Mark the rows that were taken in before, or come twice."""
        keys = [item["key"] for item in items if not item["result"]]
        messages = self.env["auto.factory.message"]
        known = {
            message.message_key: message
            for message in messages.search_fetch(
                [("message_key", "in", keys), ("result", "!=", "refused")],
                ["message_key", "content_hash"],
            )
        }
        first = {}
        for item in items:
            if item["result"]:
                continue
            key = item["key"]
            if key in known:
                same = known[key].content_hash == item["hash"]
            elif key in first:
                same = first[key]["hash"] == item["hash"]
                item["same_as"] = first[key] if same else None
            else:
                first[key] = item
                continue
            if same:
                item["result"] = "repeated"
            else:
                item["result"] = "refused"
                item["error"] = self.env._(
                    "The message %(number)s was sent before and said something else.",
                    number=item["raw"].get("message_id", ""),
                )

    def _known(self, items):
        """Return what the rows speak of, found by a fixed number of queries."""
        vehicles = self.env["auto.vehicle"].with_context(active_test=False)
        numbers = [item["number"] for item in items]
        vins = [item["values"]["vin"] for item in items if item["values"].get("vin")]
        found = vehicles.search(
            ["|", ("production_number", "in", numbers), ("vin", "in", vins)]
        )
        return {
            "units": {
                one.production_number: Unit(one.production_number, one)
                for one in found
                if one.production_number in numbers
            },
            "vins": {one.vin: one for one in found if one.vin},
            "status": self.env["auto.factory.status.code"]._by_code(),
            "stores": self._known_stores(),
            "models": self._known_models(
                {item["raw"]["model"] for item in items if item["raw"].get("model")}
            ),
        }

    def _known_stores(self):
        """Return code or name in small letters → the user's stores of that name."""
        stores = {}
        for company in self.env.user.company_ids:
            for name in (company.auto_factory_code, company.name):
                if name:
                    stores[name.casefold()] = company
        return stores

    def _known_models(self, codes):
        """Return code → list of (product, model, trim) that it may mean, by the
        product's reference, the trim's code, or the model's name."""
        result = {code: [] for code in codes}
        if not codes:
            return result
        products = self.env["product.product"].search(
            [("default_code", "in", list(codes)), ("is_vehicle", "=", True)]
        )
        trims = self.env["auto.trim"].search([("code", "in", list(codes))])
        named = self.env["fleet.vehicle.model"].search([("name", "in", list(codes))])
        no_product, no_trim = products.browse(), trims.browse()
        by_product = {trim.product_id: trim for trim in trims if trim.product_id}
        for product in products:
            result[product.default_code].append(
                (
                    product,
                    product.vehicle_model_id,
                    by_product.get(product, no_trim),
                )
            )
        for trim in trims:
            if not result[trim.code]:
                result[trim.code].append((trim.product_id, trim.model_id, trim))
        for model in named:
            if not result[model.name]:
                result[model.name].append((no_product, model, no_trim))
        return result

    # ------------------------------------------------------------------
    # Checking and writing
    # ------------------------------------------------------------------

    def _apply(self, items):
        """Check the rows one after the other, and write them together.

        Rows that cannot be written together are written one by one.
        """
        known = self._known(items)
        for item in items:
            unit = known["units"].get(item["number"])
            unit = unit or Unit(item["number"], self.env["auto.vehicle"])
            before = dict(unit.vals), dict(unit.more), unit.vehicle
            vin = item["values"].get("vin")
            holder = known["vins"].get(vin)
            try:
                self._plan(item, unit, known)
            except ROW_ERRORS as error:
                unit.vals, unit.more, unit.vehicle = before
                known["vins"][vin] = holder
                self._refuse(item, error)
            else:
                known["units"][unit.number] = unit
                item["unit"] = unit
        good = [item for item in items if not item["error"]]
        if not good:
            return
        try:
            with self.env.cr.savepoint():
                self._write(good, known)
        except UniqueViolation as error:
            # Somebody wrote the same at the same moment: the request is repeated.
            raise ConcurrencyError(str(error)) from error
        except ROW_ERRORS as error:
            self.env.invalidate_all()
            for item in good:
                item["vehicle"] = self.env["auto.vehicle"]
            if len(good) == 1:
                self._refuse(good[0], error)
                return
            for item in good:
                item["result"] = ""
                self._apply([item])

    def _refuse(self, item, error):
        item.update(result="refused", error=" ".join(str(error).split()))

    def _plan(self, item, unit, known):
        """Decide what a row changes, and put it into ``unit``.

        :raise BadRow: when it says what cannot be
        """
        raw, values = item["raw"], item["values"]
        # First of all, so that the store hears of what is refused.
        self._check_store(item, unit, known)
        status = known["status"].get("".join(raw["status"].split()).upper())
        if not status:
            raise BadRow(
                self.env._(
                    "Nobody knows the status code “%(code)s”.", code=raw["status"]
                )
            )
        item["status"] = status
        self._plan_vin(values.get("vin"), unit, known)
        if unit.vehicle != item["vehicle"]:
            self._check_store(item, unit, known)
        if unit.is_closed:
            item["result"] = "stock"
        elif self._is_older(item, unit, status):
            item["result"] = "older"
        else:
            item["result"] = "applied"
            unit.vals |= {
                "supply_state": status.supply_state,
                "factory_status_id": status.id,
                "factory_date": values["status_date"],
                "factory_sequence": values["sequence"],
            }
            for name in ("color", "interior_color"):
                if raw.get(name):
                    unit.vals[name] = raw[name]
            if values.get("expected_date"):
                unit.vals["expected_date"] = values["expected_date"]
            self._plan_model(raw.get("model"), unit, known)
            self._plan_store(item, unit)
        if not unit.get("production_number"):
            unit.vals["production_number"] = unit.number
        self._plan_more(item, unit, known)
        if not unit.vehicle and not unit.get("model_id"):
            raise BadRow(self.env._("“model” is missing: the car is not known yet."))

    def _plan_vin(self, vin, unit, known):
        """Give the unit its VIN, or find the car that has it.

        :raise BadRow: when the VIN is another car's, or the car has another VIN
        """
        if not vin:
            return
        present = unit.get("vin")
        if present and present != vin:
            raise BadRow(
                self.env._(
                    "The production number %(number)s has the VIN %(present)s already, "
                    "so it cannot be %(vin)s.",
                    number=unit.number,
                    present=present,
                    vin=vin,
                )
            )
        if present:
            return
        holder = known["vins"].get(vin)
        if isinstance(holder, Unit) and holder is not unit:
            raise BadRow(self._vin_taken(vin, holder.number))
        if isinstance(holder, models.BaseModel) and holder != unit.vehicle:
            number = holder.production_number
            if unit.vehicle or unit.vals or (number and number != unit.number):
                raise BadRow(self._vin_taken(vin, number))
            # Known by its VIN before the factory told its number.
            unit.vehicle = holder
            unit.expected_before = holder.expected_date
            known["vins"][vin] = unit
            return
        unit.vals["vin"] = vin
        known["vins"][vin] = unit

    def _vin_taken(self, vin, number):
        if number:
            return self.env._(
                "The VIN %(vin)s is that of the production number %(number)s.",
                vin=vin,
                number=number,
            )
        return self.env._(
            "Another vehicle has the VIN %(vin)s. When it is this car, give it the "
            "production number by hand.",
            vin=vin,
        )

    def _check_store(self, item, unit, known):
        """Find the store of the row, and refuse cars of stores that are not the
        user's.

        :raise BadRow:
        """
        code = item["raw"].get("store")
        if code and code.casefold() not in known["stores"]:
            raise BadRow(self.env._("Nobody knows the store “%(code)s”.", code=code))
        vehicle = unit.vehicle
        if vehicle and vehicle.company_id not in self.env.user.company_ids:
            raise BadRow(
                self.env._("The car belongs to a store for which you may not speak.")
            )
        item["vehicle"] = vehicle
        item["store"] = known["stores"].get((code or "").casefold())
        present = self.env["res.company"].browse(unit.get("company_id") or [])
        item["company"] = present or item["store"] or self.env.company

    def _plan_store(self, item, unit):
        """Give the car to the store that the factory sends it to."""
        store, vehicle = item["store"], unit.vehicle
        if not vehicle:
            unit.vals.setdefault("company_id", item["company"].id)
        if not store or store.id == unit.get("company_id"):
            return
        if vehicle.sale_state in ("reserved", "sold"):
            raise BadRow(
                self.env._(
                    "The car is held for a customer of another store than “%(store)s”.",
                    store=store.name,
                )
            )
        unit.vals["company_id"] = store.id
        item["company"] = store

    def _plan_model(self, code, unit, known):
        """Give the car the product, model and trim of a code.

        :raise BadRow: when nobody knows the code, or the car is sold as another
        """
        if not code:
            return
        meant = known["models"][code]
        if len(meant) != 1:
            raise BadRow(
                self.env._("Several models are called “%(code)s”.", code=code)
                if meant
                else self.env._("Nobody knows the model “%(code)s”.", code=code)
            )
        for record in meant[0]:
            name = {"product.product": "product_id", "auto.trim": "trim_id"}.get(
                record._name, "model_id"
            )
            present = unit.get(name)
            if not record or record.id == present:
                continue
            if present and unit.vehicle.sale_state in ("reserved", "sold"):
                raise BadRow(
                    self.env._(
                        "The car is held for a customer as another configuration than "
                        "“%(code)s”.",
                        code=code,
                    )
                )
            unit.vals[name] = record.id
            if name == "model_id" and unit.get("trim_id") and not meant[0][2]:
                unit.vals["trim_id"] = False

    def _plan_more(self, item, unit, known):
        """Let other addons check and add what they know about a row.

        :raise BadRow: to refuse it
        """

    def _is_older(self, item, unit, status):
        """Return whether the car is known to be further than the row says."""
        known_date = unit.get("factory_date")
        if not known_date:
            return False
        moment, sequence = item["values"]["status_date"], item["values"]["sequence"]
        if moment != known_date:
            return moment < known_date
        known_sequence = unit.get("factory_sequence") or 0
        if sequence and known_sequence:
            return sequence < known_sequence
        # Of the same moment, and nothing says which was first: a car goes forward.
        present = unit.get("supply_state")
        return present in FACTORY_STATES and (
            FACTORY_STATES.index(status.supply_state) < FACTORY_STATES.index(present)
        )

    def _write(self, items, known):
        """Write what the rows change; raises what the cars' own checks refuse."""
        units = list({id(item["unit"]): item["unit"] for item in items}.values())
        vehicles = self.env["auto.vehicle"].with_context(tracking_disable=True)
        new = [unit for unit in units if not unit.vehicle]
        by_store = {}
        for unit in new:
            by_store.setdefault(unit.vals["company_id"], []).append(unit)
        for company_id, siblings in by_store.items():
            created = vehicles.with_company(company_id).create(
                [{**unit.vals, "sale_state": "free"} for unit in siblings]
            )
            for unit, vehicle in zip(siblings, created, strict=True):
                unit.vehicle = vehicle.with_env(self.env)
        for unit in units:
            if unit.vals and unit not in new:
                unit.vehicle._write_from_factory(unit.vals)
        self.env.flush_all()
        for item in items:
            item["vehicle"] = item["unit"].vehicle
            item["company"] = item["vehicle"].company_id
        self._written(units, items)

    def _written(self, units, items):
        """Let other addons follow what was written, in the same savepoint."""

    # ------------------------------------------------------------------
    # The log
    # ------------------------------------------------------------------

    def _log(self, items, source, file):
        """Log the rows, settle what they say again, and tell the cars' timelines."""
        for item in items:
            if item["same_as"]:
                item.update(
                    result=item["same_as"]["result"], error=item["same_as"]["error"]
                )
                if item["result"] != "refused":
                    item["result"] = "repeated"
        told = [i for i in items if i["result"] != "repeated" and not i["same_as"]]
        messages = self._create_messages(told, source, file)
        self._settle(messages)
        self.env["auto.vehicle"]._log_events(
            [
                {
                    "vehicle_id": item["vehicle"].id,
                    "kind": "factory",
                    "name": self._sentence(item),
                    "date": item["values"]["status_date"],
                    "company_id": item["company"].id,
                    "res_model": "auto.factory.message",
                    "res_id": message.id,
                }
                for item, message in zip(told, messages, strict=True)
                if item["result"] == "applied"
            ]
        )

    def _sentence(self, item):
        """Say in a line what a row has told."""
        label = dict(
            self.env["auto.vehicle"]
            ._fields["supply_state"]
            ._description_selection(self.env)
        )[item["status"].supply_state]
        parts = [self.env._("Factory: %(state)s", state=label)]
        if item["values"].get("vin"):
            parts.append(self.env._("VIN %(vin)s", vin=item["values"]["vin"]))
        if item["values"].get("expected_date"):
            day = item["values"]["expected_date"]
            parts.append(self.env._("expected on %(day)s", day=day))
        return " · ".join(parts)

    def _create_messages(self, items, source, file):
        messages = self.env["auto.factory.message"].with_context(
            auto_factory_writer=WRITER
        )
        try:
            with self.env.cr.savepoint():
                created = messages.create(
                    [
                        {
                            "production_number": item["number"] or False,
                            "vehicle_id": item["vehicle"].id,
                            "company_id": item["company"].id,
                            "result": item["result"],
                            "error": item["error"] or False,
                            "status_code": item["raw"].get("status"),
                            "status_id": item["status"].id,
                            "status_date": item["values"].get("status_date"),
                            "expected_date": item["values"].get("expected_date"),
                            "vin": item["values"].get("vin") or item["raw"].get("vin"),
                            "order_ref": item["raw"].get("order"),
                            "message_ref": item["raw"].get("message_id"),
                            "raw": item["raw"],
                            "message_key": item["key"],
                            "content_hash": item["hash"],
                            "source": source,
                            "file_id": file.id if file else False,
                            "line": item["line"] if file else 0,
                            "is_open": item["result"] == "refused",
                            "user_id": self.env.uid,
                        }
                        for item in items
                    ]
                )
                created.flush_recordset()
        except UniqueViolation as error:
            # Somebody sent the same at the same moment: the request is repeated.
            raise ConcurrencyError(str(error)) from error
        return created.with_env(self.env)

    def _settle(self, messages):
        """Close the refused messages that these say again."""
        if not messages:
            return
        latest = {message.message_key: message for message in messages}
        before = self.env["auto.factory.message"].search(
            [
                ("message_key", "in", list(latest)),
                ("is_open", "=", True),
                ("id", "not in", messages.ids),
            ]
        )
        for message in before:
            message.write(
                {"is_open": False, "settled_by_id": latest[message.message_key].id}
            )
