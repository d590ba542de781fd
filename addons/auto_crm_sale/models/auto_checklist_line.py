from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class AutoChecklistLine(models.Model):
    """One point of an inspection."""

    _name = "auto.checklist.line"
    _description = "Checklist point"
    _order = "checklist_id, sequence, id"

    checklist_id = fields.Many2one(
        comodel_name="auto.checklist", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(related="checklist_id.state")
    kind = fields.Selection(related="checklist_id.kind", store=True)
    company_id = fields.Many2one(
        related="checklist_id.company_id", store=True, index=True
    )
    vehicle_id = fields.Many2one(
        related="checklist_id.vehicle_id", store=True, index=True
    )
    sequence = fields.Integer(default=10)
    section = fields.Char(translate=True)
    name = fields.Char(string="What to look at", required=True, translate=True)
    result = fields.Selection(
        selection=[("ok", "Fine"), ("defect", "Defect"), ("na", "Does not apply")]
    )
    note = fields.Char(help="Needed for a defect: what is wrong, and where.")
    photo = fields.Image(max_width=1920, max_height=1920)
    is_photo_required = fields.Boolean(string="Photo needed")
    activity_id = fields.Many2one(
        comodel_name="mail.activity",
        string="Task",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    is_resolved = fields.Boolean(string="Resolved", readonly=True, copy=False)
    resolution = fields.Char(copy=False, help="What was done about the defect.")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("is_resolved", None)
            vals.pop("activity_id", None)
        lines = super().create(vals_list)
        lines.checklist_id._check_open()
        lines.filtered(lambda line: line.result == "defect")._plan_tasks()
        return lines

    def write(self, vals):
        if not self.env.su and vals.keys() & {"is_resolved", "activity_id"}:
            raise UserError(self.env._("A defect is resolved by its button."))
        judged = {"result", "note", "photo", "name", "checklist_id"}
        if vals.keys() & judged:
            self.checklist_id._check_open()
        new = self.browse()
        gone = self.browse()
        if "result" in vals:
            is_defect = vals["result"] == "defect"
            new = self.filtered(lambda line: is_defect and line.result != "defect")
            gone = self.filtered(lambda line: not is_defect and line.result == "defect")
        result = super().write(vals)
        gone._drop_tasks()
        new._plan_tasks()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_finished(self):
        self.checklist_id._check_open()

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_ok(self):
        """The point is fine."""
        self.write({"result": "ok"})
        return True

    def action_na(self):
        """The point does not apply to this car."""
        self.write({"result": "na"})
        return True

    def action_defect(self):
        """Open the point, to say what is wrong and take a photo."""
        self.ensure_one()
        self.checklist_id._check_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (self.env.ref("auto_crm_sale.auto_checklist_line_view_form").id, "form")
            ],
            "target": "new",
            "context": {"auto_defect": True},
        }

    def action_save_defect(self):
        """Keep the point as a defect.

        :raise UserError: without a note
        """
        for line in self:
            if not (line.note or "").strip():
                raise UserError(self.env._("Please say what is wrong."))
        self.write({"result": "defect"})
        return {"type": "ir.actions.act_window_close"}

    def action_resolve(self):
        """Close the defect with what was done about it.

        :raise UserError: without the resolution, or when there is no open defect
        """
        for line in self:
            if line.result != "defect" or line.is_resolved:
                raise UserError(
                    self.env._("“%(point)s” is no open defect.", point=line.name)
                )
            if not (line.resolution or "").strip():
                raise UserError(self.env._("Please say what was done."))
        self.check_access("write")
        for line in self:
            # The task may be somebody else's.
            activity = line.sudo().activity_id
            if activity.active:
                activity._action_done(feedback=line.resolution)
            else:
                line._resolve(line.resolution)
        return True

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _take_translations(self, points):
        """Let these points be read in every language that their templates have.

        :param list points: the ids of the template's points, in the same order
        """
        self.flush_recordset(["name", "section"])
        self.env.execute_query(
            SQL(
                """
                UPDATE auto_checklist_line AS line
                   SET name = point.name, section = point.section
                  FROM unnest(%s::integer[], %s::integer[])
                    AS copied (line_id, point_id)
                  JOIN auto_checklist_template_line AS point
                    ON point.id = copied.point_id
                 WHERE line.id = copied.line_id
             RETURNING line.id
                """,
                self.ids,
                points,
            )
        )
        self.invalidate_recordset(["name", "section"], flush=False)

    def _is_missing(self):
        """Return whether something is missing before the point is judged."""
        self.ensure_one()
        return bool(self._missing_parts())

    def _is_photo_missing(self):
        """Return whether the point asks for a photo that nobody has taken yet."""
        self.ensure_one()
        # Asked for its size only: photos are large.
        return (
            self.is_photo_required
            and self.result != "na"
            and not self.with_context(bin_size=True).photo
        )

    def _missing_parts(self):
        """Return in words what is missing before the point is judged."""
        self.ensure_one()
        parts = []
        if not self.result:
            parts.append(self.env._("result"))
        if self.result == "defect" and not (self.note or "").strip():
            parts.append(self.env._("what is wrong"))
        if self._is_photo_missing():
            parts.append(self.env._("photo"))
        return parts

    def _missing_sentence(self):
        """Return the point with what is missing of it."""
        self.ensure_one()
        return f"{self.name} ({', '.join(self._missing_parts())})"

    def _plan_tasks(self):
        """Give each defect to who mends it."""
        for line in self:
            checklist = line.checklist_id
            # Whoever inspects may give the task to another.
            activity = checklist.sudo().activity_schedule(
                "auto_crm_sale.mail_activity_defect",
                summary=self.env._(
                    "%(car)s: %(point)s",
                    car=line.sudo().vehicle_id.display_name,
                    point=line.name,
                ),
                note=line.note or "",
                user_id=checklist._repair_user().id,
            )
            # Fields that nobody writes by hand.
            line.sudo().write(
                {"activity_id": activity.id, "is_resolved": False, "resolution": False}
            )

    def _drop_tasks(self):
        """Take back the tasks of what is no defect after all."""
        if not self:
            return
        activities = self.sudo().activity_id.filtered("active")  # another's task
        self.sudo().write({"is_resolved": False})
        activities.unlink()

    def _resolve(self, resolution):
        """Take over what was done about the defects.

        :param str resolution: in words
        """
        # The task is done by whom it was given to, who need not inspect.
        lines = self.sudo()
        lines.write({"is_resolved": True, "resolution": resolution})
        lines.checklist_id._defects_resolved()
