from odoo import api, fields, models
from odoo.exceptions import UserError

from .auto_labour_time import CLOCK

WORKSHOP = ("queued", "working", "parts", "quality")


class AutoRepairJob(models.Model):
    """The technician's clock on a job."""

    _inherit = "auto.repair.job"

    time_ids = fields.One2many(
        comodel_name="auto.labour.time",
        inverse_name="job_id",
        string="Clocked time",
        readonly=True,
    )
    clocked_hours = fields.Float(
        compute="_compute_clocked_hours", store=True, digits=(8, 2)
    )
    running_user_ids = fields.Many2many(
        comodel_name="res.users",
        string="At work",
        compute="_compute_running",
        compute_sudo=True,
        help="Whose clock runs on this job.",
    )
    is_mine = fields.Boolean(compute="_compute_running", compute_sudo=True)
    is_mine_running = fields.Boolean(compute="_compute_running", compute_sudo=True)

    @api.depends("time_ids.hours")
    def _compute_clocked_hours(self):
        for job in self:
            job.clocked_hours = sum(job.time_ids.mapped("hours"))

    @api.depends("time_ids.stop", "technician_id")
    @api.depends_context("uid")
    def _compute_running(self):
        for job in self:
            running = job.time_ids.filtered(lambda time: not time.stop).user_id
            job.running_user_ids = running
            job.is_mine = job.technician_id == self.env.user
            job.is_mine_running = self.env.user in running

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_start(self):
        """Start the user's own clock on this job.

        :raise UserError: when nothing of the job is approved, the order is not in the
            workshop, or the user is on another job
        """
        self.ensure_one()
        self.check_access("write")
        if self.service_state not in WORKSHOP:
            raise UserError(
                self.env._(
                    "%(order)s is not in the workshop.",
                    order=self.repair_id.display_name,
                )
            )
        if not self.line_ids.filtered(lambda line: line.decision == "approved"):
            raise UserError(self.env._("Nothing of this job is approved yet."))
        if self.is_done:
            raise UserError(self.env._("This job is done already."))
        running = self._running_time(self.env.user)
        if running.job_id == self:
            raise UserError(self.env._("Your clock runs on this job already."))
        if running:
            raise UserError(
                self.env._(
                    "You are on %(order)s: %(job)s. Stop that first.",
                    order=running.repair_id.display_name,
                    job=running.job_id.concern,
                )
            )
        if not self.technician_id:
            # Whoever takes a job that is nobody's has it; only the adviser gives jobs.
            self.sudo().technician_id = self.env.user
        self._clock(self.env.user)
        return True

    def action_pause(self):
        """Stop the user's own clock, the job goes on later."""
        return self._action_stop("break")

    def action_finish(self):
        """The job is done: stop every clock on it.

        :raise UserError: without cause and correction
        """
        for job in self:
            if job.is_done:
                raise UserError(self.env._("This job is done already."))
            if job.service_state not in WORKSHOP:
                raise UserError(
                    self.env._(
                        "%(order)s is not in the workshop.",
                        order=job.repair_id.display_name,
                    )
                )
            missing = (
                not (job.cause or "").strip() or not (job.correction or "").strip()
            )
            if missing and job.kind != "maintenance":
                raise UserError(
                    self.env._(
                        "Please write what the cause was and what was done: “%(job)s”.",
                        job=job.concern,
                    )
                )
        self.check_access("write")
        self._stop_clocks()
        # Only this button says that a job is done.
        self.sudo().write({"is_done": True})
        self.repair_id._jobs_done()
        return True

    def _again(self):
        """Work again on jobs that were done; why is kept by whoever judges."""
        self.repair_id._check_not_over()
        self.sudo().write({"is_done": False})
        self.repair_id._work_started()
        return True

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def write(self, vals):
        if "is_done" in vals and not self.env.su:
            raise UserError(self.env._("A job is finished by its button."))
        result = super().write(vals)
        if "technician_id" in vals:
            # Whose job it is no longer could not stop the clock.
            running = self.sudo().time_ids.filtered(
                lambda time: not time.stop and time.user_id != time.job_id.technician_id
            )
            self._stop(running, "other_job")
        return result

    @api.model
    def _running_time(self, user):
        """Return the running clock of a technician, wherever it runs."""
        # It may run in another store.
        return (
            self.env["auto.labour.time"]
            .sudo()
            .search([("user_id", "=", user.id), ("stop", "=", False)])
        )

    def _clock(self, user):
        """Start the clock of a technician on this job."""
        # Time is clocked by the system, so that nobody writes it by hand.
        self.env["auto.labour.time"].sudo().with_context(auto_clock=CLOCK).create(
            {"job_id": self.id, "user_id": user.id, "start": fields.Datetime.now()}
        )
        self.repair_id._work_started()

    def _action_stop(self, reason):
        self.check_access("write")
        running = self._running_time(self.env.user).filtered(
            lambda time: time.job_id in self
        )
        if not running:
            raise UserError(self.env._("Your clock does not run here."))
        self._stop(running, reason)
        return True

    def _stop_clocks(self, reason=False):
        """Stop every clock on these jobs."""
        running = self.sudo().time_ids.filtered(lambda time: not time.stop)
        self._stop(running, reason)

    @api.model
    def _stop(self, times, reason):
        times = times.sudo().with_context(auto_clock=CLOCK)
        now = fields.Datetime.now()
        forgotten = times.filtered(lambda time: now > time._latest_stop())
        (times - forgotten).write({"stop": now, "pause_reason": reason})
        for time in forgotten:
            time.write(
                {
                    "stop": time._latest_stop(),
                    "pause_reason": reason,
                    "note": self.env._("The clock was forgotten: correct the time."),
                }
            )
        # The next clock of a technician must find this one stopped.
        times.sudo().flush_recordset(["stop"])
