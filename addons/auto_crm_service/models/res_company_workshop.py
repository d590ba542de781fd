from odoo import models

# The name of the bus channel of a store's workshop, beside the store.
CHANNEL = "auto_workshop"


class ResCompany(models.Model):
    """Tells the screens of a workshop that something has changed."""

    _inherit = "res.company"

    def _tell_workshop(self):
        """Let boards and screens of these stores look again, once a transaction.

        The message says nothing but that: who may look is asked when they do.
        """
        told = self.env.cr.precommit.data.setdefault("auto_workshop_told", set())
        for company in self:
            if company.id not in told:
                told.add(company.id)
                self.env["bus.bus"]._sendone((company, CHANNEL), CHANNEL, {})
