from odoo import api, fields, models


class CrmLostReason(models.Model):
    _inherit = "crm.lost.reason"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    needs_competitor = fields.Boolean(
        string="Ask for the competitor",
        help="A loss for this reason is only accepted with the competitor's name.",
    )
    is_automotive = fields.Boolean(
        string="Offer for cars",
        default=True,
        help="Whether this reason can be chosen when a prospect of a car store is "
        "given up. Switch off those of other businesses.",
    )

    @api.model
    def _set_aside_generic(self):
        """Do not offer Odoo's three sample reasons, which are not about cars."""
        for number in (1, 2, 3):
            reason = self.env.ref(f"crm.lost_reason_{number}", raise_if_not_found=False)
            if reason:
                reason.is_automotive = False
