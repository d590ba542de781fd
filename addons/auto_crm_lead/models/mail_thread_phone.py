from odoo import models

from odoo.addons.auto_crm_base.tools.phone import normalise_phone

from .crm_lead_intake import INTAKE


class MailThreadPhone(models.AbstractModel):
    _inherit = "mail.thread.phone"

    def _compute_phone_sanitized(self):
        # The intake writes numbers with the prefix of their country, so nobody's
        # address is read for them.
        known = []
        if self.env.context.get("auto_intake") is INTAKE:
            for record in self:
                number = record.phone or ""
                if number.startswith("+"):
                    record.phone_sanitized = normalise_phone(number)
                    known.append(record.id)
        others = self - self.browse(known)
        return super(MailThreadPhone, others)._compute_phone_sanitized()
