from odoo import api, models
from odoo.exceptions import UserError

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
