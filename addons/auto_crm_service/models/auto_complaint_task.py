from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE

# Only the methods of tasks pass this object, so that a task ends with its result.
TASK = object()
TASK_FIELDS = frozenset({"state", "date_done", "done_by_id"})
# What is changed by those who hand out the tasks, not by who has one.
GIVEN_FIELDS = frozenset(
    {"complaint_id", "department_id", "user_id", "name", "date_due"}
)
DESK_ROLES = frozenset({"complaint", "service_manager", "store_manager", "head_office"})


class AutoComplaintTask(models.Model):
    """What one department has to do to solve a complaint."""

    _name = "auto.complaint.task"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Complaint task"
    _order = "state desc, date_due, id"

    complaint_id = fields.Many2one(
        comodel_name="auto.complaint",
        string="Complaint",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="complaint_id.company_id", store=True, index=True
    )
    name = fields.Char(string="What to do", required=True)
    department_id = fields.Many2one(
        comodel_name="auto.complaint.department",
        string="Department",
        required=True,
        index=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Given to",
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_due = fields.Datetime(string="Due", required=True)
    state = fields.Selection(
        selection=[("todo", "To do"), ("done", "Done"), ("cancelled", "Dropped")],
        required=True,
        readonly=True,
        copy=False,
        default="todo",
        index=True,
        group_expand=True,
    )
    result = fields.Text(
        copy=False, help="What was found, and what is or will be done about it."
    )
    date_done = fields.Datetime(string="Done on", readonly=True, copy=False)
    done_by_id = fields.Many2one(
        comodel_name="res.users", string="Done by", readonly=True, copy=False
    )
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")

    # Whoever has a task knows what it is about, the complaint itself or not.
    description = fields.Text(
        related="complaint_id.description", string="What the customer says"
    )
    severity = fields.Selection(related="complaint_id.severity")
    vehicle_name = fields.Char(
        string="Car", related="complaint_id.vehicle_id.display_name"
    )
    customer_name = fields.Char(
        string="Customer", related="complaint_id.partner_id.name"
    )
    complaint_state = fields.Selection(
        related="complaint_id.state", string="Complaint is"
    )

    _user_due_idx = models.Index("(user_id, date_due) WHERE state = 'todo'")

    @api.depends("state", "date_due")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for task in self:
            task.is_late = bool(
                task.state == "todo" and task.date_due and task.date_due < now
            )

    def _search_is_late(self, operator, value):
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        return [("state", "=", "todo"), ("date_due", "<", fields.Datetime.now())]

    @api.constrains("user_id", "complaint_id")
    def _check_user_store(self):
        for task in self.sudo():  # a user's stores are checked for anybody
            if task.user_id and task.company_id not in task.user_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(store)s.",
                        user=task.user_id.name,
                        store=task.company_id.name,
                    )
                )

    @api.constrains("date_due", "complaint_id")
    def _check_date_due(self):
        for task in self.sudo():  # when the complaint came in is no secret
            received = task.complaint_id.date_received
            if received and task.date_due.date() < received.date():
                raise ValidationError(
                    self.env._("A task cannot be due before the complaint came in.")
                )

    # ------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_task_values(vals, {"state": "todo"})
        tasks = super(
            AutoComplaintTask,
            self.with_context(
                tracking_disable=True,
                mail_create_nolog=True,
                mail_create_nosubscribe=True,
            ),
        ).create(vals_list)
        tasks = tasks.with_env(self.env)
        for task in tasks.sudo():  # the history and the state are the system's
            if task.complaint_id.state not in ("new", "assigned", "in_progress"):
                raise UserError(
                    self.env._(
                        "%(complaint)s needs no more work: reopen it first.",
                        complaint=task.complaint_id.name,
                    )
                )
            task.complaint_id.with_env(self.env)._log_clock(
                "task_given",
                from_text=self.env.user.name,
                to_text=task._to_text(),
                note=task.name,
            )
        tasks.sudo()._plan_activities()
        tasks.complaint_id._follow_tasks()
        return tasks

    def write(self, vals):
        own = (
            self.env.context.get("auto_complaint_task") is TASK
            or self.env.context.get("auto_erase") is ERASE
        )
        if not own:
            self._check_task_values(vals)
            self._check_closed(vals)
        given = not own and not self.env.su and GIVEN_FIELDS & vals.keys()
        if given and not DESK_ROLES & self.env.user._auto_roles():
            raise AccessError(
                self.env._("The complaint desk says who does what until when.")
            )
        before = {task: task._to_text() for task in self.sudo()}
        result = super().write(vals)
        if {"user_id", "department_id"} & vals.keys():
            for task in self.sudo():
                if task._to_text() != before[task]:
                    task.complaint_id._log_clock(
                        "task_moved", from_text=before[task], to_text=task._to_text()
                    )
        if {"user_id", "date_due"} & vals.keys():
            todo = self.sudo().filtered(lambda task: task.state == "todo")
            todo.activity_ids.unlink()
            todo._plan_activities()
        return result

    def _check_task_values(self, vals, allowed=None):
        if any(
            name not in (allowed or {}) or vals[name] != allowed[name]
            for name in TASK_FIELDS & vals.keys()
        ):
            raise UserError(self.env._("A task ends with “Done” and its result."))

    def _check_closed(self, vals):
        if any(task.state != "todo" for task in self):
            raise UserError(
                self.env._("This task is closed. Give a new one if more is to be done.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A task is not deleted: drop it with a reason."))

    def _to_text(self):
        self.ensure_one()
        parts = (self.department_id.name, self.user_id.name)
        return " · ".join(filter(None, parts))

    def _plan_activities(self):
        """Put the tasks on the list of whoever must do them, without a mail each."""
        model_id = self.env["ir.model"]._get_id(self._name)
        todo = self.env.ref("mail.mail_activity_data_todo")
        values = [
            {
                "activity_type_id": todo.id,
                "res_model_id": model_id,
                "res_id": task.id,
                "user_id": task.user_id.id,
                "date_deadline": fields.Datetime.context_timestamp(
                    task, task.date_due
                ).date(),
                "summary": task.name,
                "automated": True,
            }
            for task in self
            if task.user_id
        ]
        if values:
            # Whoever hands out a task puts it on another person's list.
            self.env["auto.complaint"]._activities().create(values)

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_done(self):
        """End the task with its result."""
        for task in self:
            task._done(task.result)

    def action_drop(self):
        """Drop the task: the result says why."""
        if not self.env.su and not DESK_ROLES & self.env.user._auto_roles():
            raise AccessError(self.env._("Only the complaint desk drops a task."))
        self.check_access("write")
        for task in self:
            if not (task.result or "").strip():
                raise UserError(self.env._("Write into the result why it is dropped."))
        self._drop(None)

    def action_open_complaint(self):
        """Open the complaint, for those who may read it."""
        self.ensure_one()
        self.complaint_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "auto.complaint",
            "res_id": self.complaint_id.id,
            "views": [(False, "form")],
        }

    def _done(self, result):
        """End the task.

        :param str result: what was found and done; required
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "todo":
            raise UserError(self.env._("This task is closed already."))
        if not (result or "").strip():
            raise UserError(self.env._("Write the result first: the answer needs it."))
        task = self.sudo()  # the right was checked above
        task.with_context(auto_complaint_task=TASK).write(
            {
                "state": "done",
                "result": result.strip(),
                "date_done": self.env["auto.complaint"]._now(),
                "done_by_id": self.env.uid,
            }
        )
        task.activity_ids.write({"active": False, "feedback": result.strip()})
        complaint = task.complaint_id.with_env(self.env)
        complaint._log_clock("task_done", from_text=task._to_text(), note=result)
        complaint._follow_tasks()

    def _drop(self, reason):
        for task in self.sudo():  # who may drop was checked by the caller
            if task.state != "todo":
                continue
            task.with_context(auto_complaint_task=TASK).write(
                {"state": "cancelled", "result": task.result or reason}
            )
            task.activity_ids.unlink()
            task.complaint_id.with_env(self.env)._log_clock(
                "task_cancelled", from_text=task._to_text(), note=task.result
            )
