from odoo import models


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    def _mass_purpose(self):
        """Ask for the consent that the bulk message needs."""
        return self.env.context.get("auto_bulk_purpose") or super()._mass_purpose()
