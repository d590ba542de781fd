from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# Only the methods that clock pass this object.
CLOCK = object()
# Nobody works longer in one go; a clock that was forgotten is cut there.
LONGEST_HOURS = 24


class AutoLabourTime(models.Model):
    """Time that a technician was clocked on a job.

    The clock is started and stopped by the job's buttons. Nobody is on two jobs at a
    time: the database sees to that.
    """

    _name = "auto.labour.time"
    _inherit = ["auto.derived.mixin"]
    _description = "Clocked time"
    _order = "start desc, id desc"

    job_id = fields.Many2one(
        comodel_name="auto.repair.job",
        string="Job",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    repair_id = fields.Many2one(
        related="job_id.repair_id", store=True, index=True, string="Repair order"
    )
    vehicle_id = fields.Many2one(
        related="job_id.vehicle_id", store=True, index="btree_not_null"
    )
    company_id = fields.Many2one(related="job_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Technician",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    start = fields.Datetime(required=True, readonly=True)
    stop = fields.Datetime(readonly=True)
    hours = fields.Float(
        compute="_compute_hours", store=True, digits=(8, 2), help="Clocked hours."
    )
    pause_reason = fields.Selection(
        selection=[
            ("break", "Break"),
            ("parts", "Waiting for parts"),
            ("customer", "Waiting for the customer"),
            ("other_job", "Another job"),
            ("day_end", "End of the day"),
        ],
        string="Stopped because",
        readonly=True,
    )
    note = fields.Char(help="Why the times were corrected.")

    _one_clock = models.UniqueIndex(
        "(user_id) WHERE stop IS NULL",
        "A technician cannot be on two jobs at once: stop the other one first.",
    )
    _order_check = models.Constraint(
        "CHECK (stop IS NULL OR stop >= start)", "A clock cannot stop before it starts."
    )

    @api.depends("start", "stop")
    def _compute_hours(self):
        for time in self:
            time.hours = (
                (time.stop - time.start).total_seconds() / 3600 if time.stop else 0
            )

    @api.depends("job_id.concern", "user_id.name")
    def _compute_display_name(self):
        for time in self:
            time.display_name = f"{time.user_id.name}: {time.job_id.concern or ''}"

    @api.constrains("start", "stop")
    def _check_times(self):
        now = fields.Datetime.add(fields.Datetime.now(), minutes=1)
        for time in self:
            if time.start > now or (time.stop or time.start) > now:
                raise ValidationError(self.env._("Nobody has worked in the future."))
            if time.stop and time.stop > time._latest_stop():
                raise ValidationError(
                    self.env._("Nobody works for more than a day without a break.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("auto_clock") is not CLOCK:
            raise UserError(self.env._("Time is clocked by the buttons of a job."))
        times = super().create(vals_list)
        times.company_id._tell_workshop()
        return times

    def write(self, vals):
        if self.env.context.get("auto_clock") is not CLOCK and vals.keys() - {
            "start",
            "stop",
            "note",
        }:
            raise UserError(self.env._("Time is clocked by the buttons of a job."))
        if (
            self.env.context.get("auto_clock") is not CLOCK
            and vals.keys() & {"start", "stop"}
            and not (vals.get("note") or all(self.mapped("note")))
        ):
            raise UserError(self.env._("Please say why the times are corrected."))
        result = super().write(vals)
        if "stop" in vals:
            self.company_id._tell_workshop()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Clocked time is kept; correct it with a reason."))

    def _latest_stop(self):
        """Return until when a person may have worked in one go, a datetime."""
        self.ensure_one()
        return self.start + timedelta(hours=LONGEST_HOURS)
