from odoo import api, models
from odoo.tools import frozendict, ormcache


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    def write(self, vals):
        self.env.registry.clear_cache("stable")
        return super().write(vals)

    @api.model
    @ormcache("sequence_id", cache="stable")
    def _plain_form(self, sequence_id):
        """Return what the numbers of a sequence look like, kept in memory.

        :return: dict ``prefix``, ``suffix``, ``padding``; ``None`` when the numbers
            have no gaps or start anew at some date, so that Odoo has to draw them
        """
        sequence = self.browse(sequence_id)
        if sequence.implementation != "standard" or sequence.use_date_range:
            return None
        return frozendict(
            prefix=sequence.prefix, suffix=sequence.suffix, padding=sequence.padding
        )
