from odoo import models


class RepairOrder(models.Model):
    _inherit = "repair.order"

    def _satisfaction_people(self):
        """Return who is rated by the customer of this order."""
        self.ensure_one()
        jobs = self.job_ids.filtered("technician_id").sorted(
            lambda job: job.standard_hours, reverse=True
        )
        return {
            "user_id": self.user_id.id,
            "technician_id": jobs[:1].technician_id.id,
        }
