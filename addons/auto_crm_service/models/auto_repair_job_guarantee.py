from odoo import api, fields, models

QUALITY_KINDS = ("repair", "rework")
QUALITY_PAYERS = ("warranty", "internal")


class AutoRepairJob(models.Model):
    """Whether a job counts for the three guarantees."""

    _inherit = "auto.repair.job"

    is_quality_fault = fields.Boolean(
        string="Fault of the car's quality",
        compute="_compute_is_quality_fault",
        store=True,
        readonly=False,
        help="Counts for the three guarantees. Repairs that the maker or the house "
        "pays, as a whole or in part, are taken for such; maintenance, wear and "
        "accidents are not.",
    )
    is_safety_fault = fields.Boolean(
        string="Serious safety fault",
        help="A fault that can endanger people, as steering or brakes failing.",
    )

    @api.depends("kind", "pay_type", "line_ids.pay_type", "line_ids.decision")
    def _compute_is_quality_fault(self):
        for job in self:
            # Often the job is the customer's, and the adviser gives lines to the maker.
            maker = any(
                line.pay_type == "warranty" and line.decision != "declined"
                for line in job.line_ids
            )
            job.is_quality_fault = job.kind in QUALITY_KINDS and (
                maker or job.pay_type in QUALITY_PAYERS
            )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {
            "is_quality_fault",
            "is_safety_fault",
            "causal_part_id",
            "fault_code",
            "kind",
            "pay_type",
        }:
            self.repair_id._guarantee_refresh()
        return result
