from odoo import api, models

# What a spreadsheet runs as a formula. Odoo's CSV export already quotes
# "=", "+" and "-", and in an XLSX file only "=" makes a formula.
FORMULA_STARTS = ("=", "@", "\t", "\r")


class Base(models.AbstractModel):
    _inherit = "base"

    def export_data(self, fields_to_export):
        """Log what automotive roles take out, and let no cell be a formula."""
        result = super().export_data(fields_to_export)
        for row in result["datas"]:
            for index, cell in enumerate(row):
                if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
                    row[index] = f"'{cell}"
        # Headings of grouped exports ask for the same records again: log once.
        if self and self.env.user._auto_roles():
            self.env["auto.access.log"]._log_export(self, fields_to_export)
        return result

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Offer, to whoever asks for all fields, those only that can be read.

        Odoo offers lists of records, too, on which the user has no right at all: a
        program that reads whole records, as ``read`` does when it names no field,
        would be refused the record. Fields asked for by name are told as ever.
        """
        description = super().fields_get(allfields, attributes)
        if allfields or self.env.su:
            return description
        for name in self._fields_out_of_reach(description):
            del description[name]
        return description

    def web_read(self, specification):
        """Show what cannot be read as empty, instead of refusing the whole screen.

        A role that may open a document need not have a right on all the lists that its
        form shows.
        """
        hidden = (
            []
            if self.env.su
            else self._fields_out_of_reach(
                name for name in specification if name in self._fields
            )
        )
        if not hidden:
            return super().web_read(specification)
        rows = super().web_read(
            {name: specification[name] for name in specification if name not in hidden}
        )
        for name in hidden:
            is_list = self._fields[name].type in ("one2many", "many2many")
            for row in rows:
                row[name] = [] if is_list else False
        return rows

    @api.model
    def _field_needs(self):
        """Return what must be readable for a field to be so, as ``{field: need}``.

        For computed fields that read more than they say. A need is the name of a
        model, or of another field of this one.
        """
        return {}

    @api.model
    def _fields_out_of_reach(self, names):
        """Return those of the fields ``names`` that the user cannot read."""
        needs = self._field_needs()
        reach = {}

        def readable(need):
            if need not in reach:
                reach[need] = (
                    self._has_field_access(self._fields[need], "read")
                    if need in self._fields
                    else need not in self.env or self.env[need].has_access("read")
                )
            return reach[need]

        return [
            name
            for name in names
            if not readable(
                self._fields[name].comodel_name
                if self._fields[name].type in ("one2many", "many2many")
                else needs.get(name, name)
            )
        ]
