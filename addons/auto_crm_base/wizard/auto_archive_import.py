import base64
import re
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import sheet
from ..tools import vin as vin_tools
from ..tools.phone import normalise_phone

#: Rows written together, as long as all of them are good.
BATCH = 100

#: The columns of each archive's template; labels and types are the fields' own.
ARCHIVES = {
    "customer": (
        "res.partner",
        (
            "name",
            "phone",
            "email",
            "social_id",
            "birthday",
            "company_type",
            "auto_kind_ids",
            "auto_level_id",
            "city",
            "street",
            "user_id",
            "comment",
        ),
    ),
    "vehicle": (
        "auto.vehicle",
        (
            "vin",
            "license_plate",
            "model_id",
            "model_year",
            "color",
            "engine_number",
            "production_date",
            "owner_id",
            "supply_state",
            "sale_state",
            "odometer",
            "delivery_date",
            "warranty_end_date",
            "inspection_due_date",
        ),
    ),
    "policy": (
        "auto.insurance.policy",
        (
            "number",
            "vehicle_id",
            "insurer_id",
            "kind",
            "date_start",
            "date_end",
            "premium",
            "is_sold_by_us",
        ),
    ),
    "owner": (
        "auto.vehicle.owner",
        ("vehicle_id", "partner_id", "date_start", "reason"),
    ),
    "odometer": (
        "auto.odometer.reading",
        ("vehicle_id", "date", "value", "source", "old_value", "note"),
    ),
}
#: 2026/1/5, 2026.01.05 and 2026年1月5日, with or without a time.
DATE = re.compile(r"^(\d{4})\D(\d{1,2})\D(\d{1,2})(?:\D.*)?$")


class BadRow(Exception):
    """A row cannot be taken in; the message is for whoever imports."""


#: What is wrong with a row, rather than with the program.
ROW_ERRORS = (BadRow, UserError, ValidationError, AccessError)


class AutoArchiveImport(models.TransientModel):
    """Takes a list into one of the archives.

    Good rows are kept; bad ones come back with line and reason, also as a file
    that can be corrected and imported again.
    """

    _name = "auto.archive.import"
    _inherit = "auto.sheet.mixin"
    _description = "Import into an archive"

    archive = fields.Selection(
        selection=[
            ("customer", "Customers"),
            ("vehicle", "Vehicles"),
            ("policy", "Insurance policies"),
            ("owner", "Changes of owner"),
            ("odometer", "Odometer readings"),
        ],
        required=True,
        default="customer",
    )
    file = fields.Binary(string="File (CSV or XLSX)", attachment=False)
    filename = fields.Char()
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        readonly=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        selection=[("draft", "To check"), ("done", "Done")],
        default="draft",
        readonly=True,
    )
    header = fields.Json(readonly=True)
    unknown_columns = fields.Char(string="Columns left out", readonly=True)
    created_count = fields.Integer(string="Rows taken in", readonly=True)
    bad_count = fields.Integer(string="Rows not taken in", readonly=True)
    line_ids = fields.One2many(
        comodel_name="auto.archive.import.line",
        inverse_name="import_id",
        string="Bad rows",
        readonly=True,
    )
    bad_file = fields.Binary(string="Bad rows as a file", compute="_compute_bad_file")
    bad_filename = fields.Char(compute="_compute_bad_file")
    template_file = fields.Binary(compute="_compute_template_file")
    template_name = fields.Char(compute="_compute_template_file")

    @api.depends("line_ids")
    def _compute_bad_file(self):
        for record in self:
            record.bad_file = False
            record.bad_filename = f"{record.archive}-bad-rows.xlsx"
            if record.line_ids:
                header = record.header or []
                end = [self.env._("Row"), self.env._("Reason")]
                blank = [""] * len(header)
                rows = [
                    [*(row.cells + blank)[: len(header)], row.line, row.reason]
                    for row in record.line_ids
                ]
                content = sheet.write("xlsx", [[*header, *end], *rows])
                record.bad_file = base64.b64encode(content)

    @api.depends("archive")
    @api.depends_context("lang")
    def _compute_template_file(self):
        for record in self:
            model, names = ARCHIVES[record.archive]
            labels = self.env[model].fields_get(names, ["string"])
            header = [labels[name]["string"] for name in names if name in labels]
            content = sheet.write("xlsx", [header])
            record.template_file = base64.b64encode(content)
            record.template_name = f"{record.archive}.xlsx"

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_template(self):
        """Download an empty list with the headers that are understood."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/template_file/"
            f"{self.template_name}?download=1",
            "target": "download",
        }

    def action_import(self):
        """Take the good rows in, and show the others with the reason.

        :raise UserError: when the file is no list, or a needed column is missing
        """
        self.ensure_one()
        if self.state == "done":
            raise UserError(self.env._("This list is taken in already."))
        rows = self._rows()
        columns = self._columns(rows[0])
        done, bad = self._take_in(columns, rows)
        self.write(
            {
                "state": "done",
                "header": rows[0],
                "created_count": done,
                "bad_count": len(bad),
                "line_ids": [
                    fields.Command.create(
                        {
                            "line": number,
                            "reason": " ".join(reason.split()),
                            "cells": row,
                            "text": " · ".join(filter(None, row))[:500],
                        }
                    )
                    for number, row, reason in bad
                ],
            }
        )
        return self._reopen(self.env._("Import"))

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    def _columns(self, header):
        """Return position → field name of the columns that are understood.

        Headers are the labels of the template in any language of this database,
        or the technical names.
        """
        model, names = ARCHIVES[self.archive]
        known = {}
        for records in self._in_languages(model):
            for name, field in records.fields_get(names).items():
                known.setdefault(self._plain(field["string"]), name)
        known.update({self._plain(name): name for name in names})
        columns, unknown = {}, []
        for position, title in enumerate(header):
            name = known.get(self._plain(title))
            if name and name not in columns.values():
                columns[position] = name
            elif title:
                unknown.append(title)
        self.unknown_columns = ", ".join(unknown)
        described = self.env[model].fields_get(names, ["string", "required"])
        missing = [
            described[name]["string"]
            for name in self._needed(described)
            if name not in columns.values()
        ]
        if missing:
            raise UserError(
                self.env._(
                    "The list has no column “%(columns)s”. Start from the template.",
                    columns="”, “".join(missing),
                )
            )
        return columns

    def _needed(self, described):
        """Return the columns without which no row can be taken in."""
        model = ARCHIVES[self.archive][0]
        defaults = self.env[model].default_get(list(described))
        needed = {
            name
            for name, field in described.items()
            if field["required"] and not defaults.get(name)
        }
        extra = {"customer": {"name"}, "vehicle": {"model_id"}, "odometer": {"value"}}
        # Who writes the history of owners is the car; its fields are read-only.
        needed |= extra.get(self.archive, set())
        return sorted(needed - {"date_end", "date_start"})

    # ------------------------------------------------------------
    # Taking in
    # ------------------------------------------------------------

    def _take_in(self, columns, rows):
        """Take the good rows in.

        :param dict columns: position → field name
        :param list rows: with the header; the numbers of rows are those of the file
        :return: the number of rows taken in, and a sorted list of row number,
            cells and reason of the others
        """
        done, bad, seen = 0, [], set()
        for start in range(1, len(rows), BATCH):
            groups = defaultdict(list)
            for number, row in enumerate(rows[start : start + BATCH], start + 1):
                if not any(row):
                    continue
                try:
                    values = self._values(columns, row, seen)
                except ROW_ERRORS as error:
                    bad.append((number, row, str(error)))
                else:
                    groups[tuple(values)].append((number, row, values))
            for items in groups.values():
                wrong = self._write_rows(items)
                done += len(items) - len(wrong)
                bad += wrong
        return done, sorted(bad, key=lambda entry: entry[0])

    def _write_rows(self, items):
        """Write rows that fill the same fields: together, or else one by one.

        :param list items: row number, cells and values of each
        :return: list of row number, cells and reason of those that failed
        """
        try:
            with self.env.cr.savepoint():
                self._write_values([values for _number, _row, values in items])
        except ROW_ERRORS as error:
            if len(items) == 1:
                number, row, _values = items[0]
                return [(number, row, str(error))]
            return [wrong for item in items for wrong in self._write_rows([item])]
        return []

    def _values(self, columns, row, seen):
        """Return what one row says, as ``load`` reads it.

        :param set seen: the customers of the rows above, added to
        :raise BadRow: with the reason
        """
        model = self.env[ARCHIVES[self.archive][0]]
        values = {}
        for position, name in columns.items():
            text = row[position] if position < len(row) else ""
            if text:
                path, value = self._value(model._fields[name], text)
                values[path] = value
        if self.archive == "customer":
            self._refuse_known_customer(values, seen)
        return values

    def _write_values(self, rows):
        """Write rows that have the same keys.

        :raise BadRow: with the reason
        """
        if self.archive == "owner":
            for values in rows:
                self._change_owner(values)
            return
        model = self.env[ARCHIVES[self.archive][0]]
        result = model.load(
            list(rows[0]), [[str(v) for v in values.values()] for values in rows]
        )
        problems = [m["message"] for m in result["messages"] if m["type"] == "error"]
        if problems or not result["ids"]:
            raise BadRow(" ".join(dict.fromkeys(problems)))

    def _value(self, field, text):
        """Return how ``load`` calls the field, and the text as ``load`` reads it."""
        if field.type == "date":
            match = DATE.match(text)
            if match:
                year, month, day = map(int, match.groups())
                text = f"{year:04}-{month:02}-{day:02}"
        elif field.type in ("integer", "float", "monetary"):
            text = text.replace(",", "").replace(" ", "")
        elif field.type == "many2one" and field.comodel_name in self._finders():
            record = self._finders()[field.comodel_name](text)
            if len(record) != 1:
                label = field._description_string(self.env)
                raise BadRow(
                    self.env._(
                        "%(field)s: nothing is called “%(text)s”.",
                        field=label,
                        text=text,
                    )
                    if not record
                    else self.env._(
                        "%(field)s: several are called “%(text)s”.",
                        field=label,
                        text=text,
                    )
                )
            return f"{field.name}/.id", record.id
        return field.name, text

    def _finders(self):
        return {
            "auto.vehicle": self._find_vehicle,
            "res.partner": self._find_partner,
            "fleet.vehicle.model": self._find_model,
        }

    def _find_vehicle(self, text):
        vehicles = self.env["auto.vehicle"]
        return vehicles.search(
            [("vin", "=", vin_tools.normalise(text))], limit=2
        ) or vehicles.search(
            [("license_plate", "=", vehicles._normalise_plate(text))], limit=2
        )

    def _find_partner(self, text):
        partners = self.env["res.partner"]
        by_number = partners._find_customer(phone=text, email=text)
        found = by_number._filtered_access("read") if by_number else by_number
        return found or partners.search([("name", "=", text)], limit=2)

    def _find_model(self, text):
        models_ = self.env["fleet.vehicle.model"]
        brand, slash, name = text.partition("/")
        if slash:
            return models_.search(
                [
                    ("brand_id.name", "=ilike", brand.strip()),
                    ("name", "=ilike", name.strip()),
                ],
                limit=2,
            )
        return models_.search([("name", "=ilike", text)], limit=2)

    def _refuse_known_customer(self, values, seen):
        country = self.env.company.country_id.code
        number = normalise_phone(values.get("phone") or "", country)
        keys = {number, (values.get("social_id") or "").casefold()} - {""}
        known = self.env["res.partner"]._find_customer(
            phone=values.get("phone"), social_id=values.get("social_id")
        )
        repeated = keys & seen
        seen |= keys
        if known or repeated:
            # Of whatever store: that somebody is known is said, never whose.
            raise BadRow(
                self.env._(
                    "A customer with this number is known already; find them by the "
                    "number."
                )
            )

    def _change_owner(self, values):
        vehicle = self.env["auto.vehicle"].browse(values.get("vehicle_id/.id"))
        partner = self.env["res.partner"].browse(values.get("partner_id/.id"))
        if not vehicle or not partner:
            raise BadRow(self.env._("The vehicle and its new owner are needed."))
        try:
            date = fields.Date.to_date(values.get("date_start"))
        except ValueError as error:
            raise BadRow(
                self.env._("“%(text)s” is no date.", text=values["date_start"])
            ) from error
        vehicle.check_access("write")
        if vehicle.owner_id == partner:
            raise BadRow(self.env._("This is the owner already."))
        vehicle._change_owner(partner, date, values.get("reason") or "")
