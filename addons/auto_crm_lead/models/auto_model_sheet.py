import re

from odoo import api, models
from odoo.tools import formatLang

#: Facts that both catalogues have as fields of the same name, in the order of the
#: sheet, and which value is better.
FACTS = (
    ("category_id", None),
    ("seats", None),
    ("doors", None),
    ("default_fuel_type", None),
    ("transmission", None),
    ("drive_type", None),
    ("power", "high"),
    ("vehicle_range", "high"),
)
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


class AutoModelSheet(models.AbstractModel):
    """The specification sheet: models of ours and of others, line by line.

    The comparison sheet of the consultant and the public buying guide show the same.
    """

    _name = "auto.model.sheet"
    _description = "Specification sheet"

    @api.model
    def _sheet(self, columns, prices=True):
        """Return the sheet of models side by side.

        :param list columns: records of ``fleet.vehicle.model`` or
            ``auto.competitor.model``, one each
        :param bool prices: whether prices are in it
        :return: list of dicts ``label`` and ``cells``; a cell has ``text`` and
            ``best``; lines that nobody has filled in are left out
        """
        rows = [self._price_row(columns)] if prices else []
        for name, better in FACTS:
            label = columns[0]._fields[name]._description_string(self.env)
            cells = [self._fact(record, name) for record in columns]
            rows.append(self._row(label, cells, better))
        rows += self._spec_rows(columns)
        return [row for row in rows if any(cell["text"] for cell in row["cells"])]

    @api.model
    def _price_row(self, columns):
        cells = []
        currencies = {record._sheet_price()[2] for record in columns}
        for record in columns:
            low, high, currency = record._sheet_price()
            text = ""
            if low or high:
                parts = [
                    formatLang(self.env, amount, currency_obj=currency, digits=0)
                    for amount in sorted({low or high, high or low})
                ]
                text = " – ".join(parts)
            cells.append((text, low or high or None))
        better = "low" if len(currencies) == 1 else None
        return self._row(self.env._("Guide price"), cells, better)

    @api.model
    def _fact(self, record, name):
        """Return the text and the number of a fact of a model."""
        value = record[name]
        field = record._fields[name]
        if not value:
            return "", None
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, ""), None
        if field.type == "many2one":
            return value.display_name, None
        units = {"power": "kW", "vehicle_range": "km"}
        if name == "vehicle_range" and "range_unit" in record:
            units[name] = record.range_unit
        text = f"{value:g}" if field.type == "float" else str(value)
        return " ".join(filter(None, (text, units.get(name)))), value

    @api.model
    def _spec_rows(self, columns):
        by_spec = {}
        for index, record in enumerate(columns):
            for line in record.spec_value_ids:
                texts = by_spec.setdefault(line.spec_id, {})
                texts[index] = " ".join(filter(None, (line.value, line.unit)))
        rows = []
        for spec in sorted(by_spec, key=lambda one: (one.sequence, one.id)):
            cells = []
            for index in range(len(columns)):
                text = by_spec[spec].get(index, "")
                found = NUMBER.search(text)
                number = float(found[0].replace(",", ".")) if found else None
                cells.append((text, number))
            rows.append(self._row(spec.name, cells, spec.better))
        return rows

    @api.model
    def _row(self, label, cells, better):
        """Return a line of the sheet, in which the better values stand out."""
        numbers = [number for _text, number in cells if number is not None]
        best = None
        if better and len(set(numbers)) > 1:
            best = max(numbers) if better == "high" else min(numbers)
        return {
            "label": label,
            "cells": [
                {"text": text, "best": best is not None and number == best}
                for text, number in cells
            ],
        }
