from odoo import api, models


class AutoRestrictedMixin(models.AbstractModel):
    """Numbers of identity documents: masked, and each reading in full is logged."""

    _name = "auto.restricted.mixin"
    _inherit = ["auto.masked.mixin"]
    _description = "Numbers of identity documents"

    #: What only the group of identity documents reads in full.
    _restricted_fields = frozenset()

    def _read_format(self, fnames, load="_classic_read"):
        result = super()._read_format(fnames, load=load)
        self._log_restricted(fnames)
        return result

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        rows = super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        self._log_restricted({path[0] for path in fields if path})
        return rows

    def _log_restricted(self, names):
        """Keep who read a number in full, where there is one.

        :param names: the fields that were read
        """
        restricted = self._restricted_fields & set(names)
        if restricted and self._origin and self._reading_is_logged():
            # The log is about what could be read, whatever the fields' own groups.
            known = self._origin.sudo()
            read = known.filtered(lambda record: any(record[n] for n in restricted))
            if read:
                self.env["auto.access.log"]._log(
                    "restricted_read", self.browse(read.ids)
                )

    @api.model
    def _reading_is_logged(self):
        """Tell whether the current user sees the numbers in full."""
        return not self.env.su and not self._masked_for_user()
