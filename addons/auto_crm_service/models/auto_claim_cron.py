from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# A pre-authorisation is spoken of so many days before it ends.
EXPIRY_DAYS = 7


class AutoClaim(models.Model):
    """The daily look at claims: answers overdue, pre-authorisations that end."""

    _inherit = "auto.claim"

    reminded_on = fields.Date(readonly=True, copy=False)

    @api.model
    def _cron_remind(self, batch_size=200):
        """Give activities for what is late or about to end, once for each."""
        today = fields.Date.context_today(self)
        soon = today + timedelta(days=EXPIRY_DAYS)
        self._remind_batches(
            self,
            Domain("step", "=", "submitted")
            & Domain("date_answer_due", "<", today)
            & Domain("reminded_on", "=", False),
            batch_size,
        )
        self._remind_batches(
            self.env["auto.claim.authorisation"],
            Domain("claim_id.step", "in", ("draft", "returned"))
            & Domain("date_expiry", "<=", soon)
            & Domain("date_expiry", ">=", today)
            & Domain("reminded_on", "=", False),
            batch_size,
        )

    @api.model
    def _remind_batches(self, model, domain, batch_size):
        cron = self.env["ir.cron"]
        while True:
            records = model.sudo().search(domain, limit=batch_size)
            batch = records.try_lock_for_update()
            batch._remind_now()
            if not batch or not cron._commit_progress(len(batch)):
                break

    def _remind_now(self):
        """Tell of an answer that is overdue."""
        self._remind(self.env._("The payer's answer is overdue"))
        self._set({"reminded_on": fields.Date.context_today(self)})
