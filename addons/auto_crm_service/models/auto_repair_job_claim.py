from odoo import api, fields, models


class AutoRepairJob(models.Model):
    """What the warranty of the car says about a job, before the work begins."""

    _inherit = "auto.repair.job"

    warranty_note = fields.Text(
        string="Warranty says", compute="_compute_warranty_note"
    )

    @api.depends("pay_type", "causal_part_id", "vehicle_id")
    def _compute_warranty_note(self):
        for job in self:
            job.warranty_note = False
            if job.pay_type == "warranty" and job.vehicle_id:
                repair = job.repair_id
                # The dates of the car are on its repair order.
                job.warranty_note = job.vehicle_id.sudo()._warranty_words(
                    fields.Date.context_today(job, repair.date_in or None),
                    repair.odometer_in,
                    job.causal_part_id,
                )[1]
