from odoo import models
from odoo.fields import Domain


class AutoBookHandover(models.TransientModel):
    _inherit = "auto.book.handover"

    def _book_models(self):
        """Hand over the prospects that are still worked on, shelved ones included."""
        return [
            *super()._book_models(),
            {
                "model": "crm.lead",
                "user_field": "user_id",
                "partner_field": "partner_id",
                "domain": Domain("company_id", "=", self.company_id.id)
                & Domain("won_status", "=", "pending")
                & Domain("active", "=", True),
                "label": self.env._("Open prospects"),
            },
        ]
