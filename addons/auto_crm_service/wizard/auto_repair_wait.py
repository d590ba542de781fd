from odoo import fields, models
from odoo.exceptions import UserError

from ..models.auto_repair_job_clock import WORKSHOP


class AutoRepairWait(models.TransientModel):
    """A technician says which part is missing, and the car is put aside."""

    _name = "auto.repair.wait"
    _description = "Wait for a part"

    job_id = fields.Many2one(
        comodel_name="auto.repair.job", required=True, ondelete="cascade"
    )
    reason = fields.Char(
        string="Which part is missing?", help="The adviser orders it by these words."
    )

    def action_wait(self):
        """Stop the clocks and let the order wait.

        :raise UserError: without a reason, or for a job that is not one's own
        """
        self.ensure_one()
        job = self.job_id
        job.check_access("write")
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Please say which part is missing."))
        if job.technician_id != self.env.user and not job.may_plan:
            raise UserError(self.env._("This is not your job."))
        repair = job.repair_id
        if job.service_state not in WORKSHOP or job.is_done:
            raise UserError(
                self.env._(
                    "%(order)s is not in the workshop.", order=repair.display_name
                )
            )
        # Technicians have no right on orders; to say that a part is missing they do.
        waiting = repair.sudo()
        waiting.parts_reason = reason
        if waiting.service_state in ("queued", "working"):
            waiting.action_wait_for_parts()
        else:
            job._stop_clocks("parts")
        repair._tell_adviser_of_parts(reason)
        return {"type": "ir.actions.act_window_close"}
