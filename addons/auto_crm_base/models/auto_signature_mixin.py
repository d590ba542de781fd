from odoo import fields, models


class AutoSignatureMixin(models.AbstractModel):
    """Documents that are signed on the screen.

    A signature gets its moment by itself, in the field ``<name>_signed_on`` of a field
    ``<name>_signature``; a change of what was signed makes the signatures void.
    """

    _name = "auto.signature.mixin"
    _description = "Signed on the screen"

    #: Image fields, each ending in ``_signature``.
    _signatures = ()
    #: What is signed: a change of one of these asks for a new signature.
    _signed_fields = frozenset()

    def _sign_vals(self, vals):
        """Return ``vals`` with the time of a signature, or without the signatures
        that a change of what was signed has made void.

        :param dict vals: what a user writes
        """
        vals = dict(vals)
        now = fields.Datetime.now()
        if vals.keys() & self._signed_fields:
            for name in self._signatures:
                if name not in vals and any(record[name] for record in self):
                    vals[name] = False
        for name in self._signatures:
            if name in vals:
                vals[name.replace("_signature", "_signed_on")] = (
                    now if vals[name] else False
                )
        return vals
