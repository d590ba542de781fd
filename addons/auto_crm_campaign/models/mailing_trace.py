from odoo import models


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    def set_replied(self, domain=None):
        """Keep the e-mail answer of a bulk message in the contact log."""
        traces = super().set_replied(domain=domain)
        if not self.env.context.get("auto_bulk_answered"):
            # Mail comes in as nobody; what it says is kept with the customer.
            lines = (
                self.env["auto.bulk.recipient"]
                .sudo()
                .search([("trace_id", "in", traces.ids), ("reply_date", "=", False)])
            )
            lines._log_answer("email", self.env._("Answered by e-mail"))
        return traces
