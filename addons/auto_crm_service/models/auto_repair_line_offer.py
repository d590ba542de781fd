from odoo import fields, models


class AutoRepairLine(models.Model):
    """What of an estimate the customer may look at."""

    _inherit = "auto.repair.line"

    is_offered = fields.Boolean(
        string="Shown to the customer",
        readonly=True,
        copy=False,
        help="The customer was asked about this line.",
    )

    def _offer_to_customer(self):
        """Let the customer see these lines on the page of the repair order."""
        # Nobody else writes it: what is still being typed is nobody's estimate.
        self.filtered(lambda line: not line.is_offered).sudo().is_offered = True

    def _shown(self):
        """Return what the customer sees of these lines: asked for, or decided."""
        return self.filtered(
            lambda line: line.is_offered or line.decision != "proposed"
        )
