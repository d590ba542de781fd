from itertools import groupby

from odoo import api, models


class AutoPartnerGuardMixin(models.AbstractModel):
    """Shows a person's name only to those who may read that person.

    Odoo names the target of a many2one to whoever reads the record, as
    superuser. A car is read by every store that has business with it, its former
    owners are not: on the fields named in ``_guarded_partner_fields`` the name is
    replaced by a neutral word where the reader may not read the partner.
    """

    _name = "auto.partner.guard.mixin"
    _description = "Guards the names of people"

    _guarded_partner_fields = ()

    @api.model
    def _guarded_partner_label(self):
        """Return the word shown instead of a name."""
        return self.env._("Person of another store")

    def _guarded_partner_ids(self, partner_ids):
        """Return those of ``partner_ids`` that this user may not read."""
        ids = {partner_id for partner_id in partner_ids if partner_id}
        if not ids or self.env.su:
            return set()
        partners = self.env["res.partner"].browse(ids)
        return ids - set(partners._filtered_access("read").ids)

    def read(self, fields=None, load="_classic_read"):
        rows = super().read(fields, load=load)
        for name in self._guarded_partner_fields:
            if load != "_classic_read" or not rows or name not in rows[0]:
                continue
            hidden = self._guarded_partner_ids(
                row[name][0] for row in rows if row[name]
            )
            for row in rows:
                if row[name] and row[name][0] in hidden:
                    row[name] = (row[name][0], self._guarded_partner_label())
        return rows

    def web_read(self, specification):
        rows = super().web_read(specification)
        for name in self._guarded_partner_fields:
            if "fields" not in specification.get(name, {}):
                continue
            hidden = self._guarded_partner_ids(
                row[name]["id"] for row in rows if row[name]
            )
            for row in rows:
                if row[name] and row[name]["id"] in hidden:
                    row[name] = {
                        **row[name],
                        "display_name": self._guarded_partner_label(),
                    }
        return rows

    def _web_read_group_format(self, groupby, aggregates, groups):
        result = super()._web_read_group_format(groupby, aggregates, groups)
        for name in set(groupby) & set(self._guarded_partner_fields):
            hidden = self._guarded_partner_ids(
                group[name][0] for group in result if group[name]
            )
            for group in result:
                if group[name] and group[name][0] in hidden:
                    group[name] = (group[name][0], self._guarded_partner_label())
        return result

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        guarded = {
            path[0]
            for path in fields
            if path and path[0] in self._guarded_partner_fields
        }
        if not guarded or self.env.su:
            return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        hidden = self._guarded_partner_ids(
            partner_id for name in guarded for partner_id in self[name].ids
        )
        rows = []
        # Runs in the given order are wanted, not groups.
        for is_hidden, run in groupby(  # pylint: disable=bad-builtin-groupby
            self, lambda record: any(record[name].id in hidden for name in guarded)
        ):
            records = self.browse(record.id for record in run)
            kept = [
                index
                for index, path in enumerate(fields)
                if not (is_hidden and path and path[0] in guarded)
            ]
            part = super(AutoPartnerGuardMixin, records)._export_rows(
                [fields[index] for index in kept], _is_toplevel_call=_is_toplevel_call
            )
            for line in part:
                full = [""] * len(fields)
                for index, value in zip(kept, line, strict=True):
                    full[index] = value
                rows.append(full)
        return rows
