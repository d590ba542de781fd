import json

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, json_default

# Only code that imports this object can pass it, so no client can. It is for
# the erasure of a person's data on request; nothing else may use it.
ERASE = object()


class AutoAppendOnlyMixin(models.AbstractModel):
    """Records that are written once and never changed or deleted.

    A log that can be edited proves nothing, so the rule holds for everybody,
    the superuser too. Models that must fill in some fields later name them in
    :meth:`_append_only_open_fields`.
    """

    _name = "auto.append.only.mixin"
    _description = "Append-only log"

    @api.model
    def _append_only_open_fields(self):
        """Return the names of the stored fields that may still change."""
        return frozenset()

    @api.model
    def _log_many(self, vals_list):
        """Write many entries in one statement, for jobs that log by the hundred.

        What is not named takes its default. The entries have no computed columns, and
        nothing follows from their creation.

        :param vals_list: dicts of stored fields: numbers, texts, dates and JSON
        """
        if not vals_list:
            return
        stored = [
            name
            for name, field in self._fields.items()
            if field.column_type and field.store and name != "id"
        ]
        now, uid = self.env.cr.now(), self.env.uid
        defaults = self.default_get(stored) | {
            "create_uid": uid,
            "create_date": now,
            "write_uid": uid,
            "write_date": now,
        }
        rows = [
            {
                name: None if value is False and kind != "boolean" else value
                for name, value in {**defaults, **vals}.items()
                for kind in (self._fields[name].type,)
            }
            for vals in vals_list
        ]
        columns = [SQL.identifier(name) for name in stored]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s"
                " FROM jsonb_to_recordset(%s::jsonb) AS entry (%s)",
                SQL.identifier(self._table),
                SQL(", ").join(columns),
                SQL(", ").join(columns),
                json.dumps(rows, default=json_default),
                SQL(", ").join(
                    SQL("%s %s", SQL.identifier(name), SQL(kind[1]))
                    for name in stored
                    for kind in (self._fields[name].column_type,)
                ),
            )
        )
        for name in stored:
            for inverse in self.pool.field_inverses[self._fields[name]]:
                model = self.env[inverse.model_name]
                model.invalidate_model([inverse.name], flush=False)

    def write(self, vals):
        open_fields = self._append_only_open_fields()
        closed = [
            name
            for name in vals
            if name not in open_fields and self._fields[name].store
        ]
        if closed and self and not self._may_erase():
            raise UserError(
                self.env._(
                    "An entry of “%(log)s” is kept as it was written and cannot be "
                    "changed. Add a new entry instead.",
                    log=self._description,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_erasure(self):
        if not self._may_erase():
            raise UserError(
                self.env._(
                    "An entry of “%(log)s” cannot be deleted.", log=self._description
                )
            )

    def _may_erase(self):
        return self.env.context.get("auto_erase") is ERASE
