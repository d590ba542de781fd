from odoo import models
from odoo.tools import html2plaintext


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        # The task of a defect resolves it, from whatever list it is done.
        defects = (
            self.env["auto.checklist.line"]
            .sudo()
            .search([("activity_id", "in", self.ids), ("is_resolved", "=", False)])
            if self
            else self.env["auto.checklist.line"]
        )
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if defects:
            defects._resolve(
                html2plaintext(feedback or "").strip() or self.env._("Done")
            )
        return result
