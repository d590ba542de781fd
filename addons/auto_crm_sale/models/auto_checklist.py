from odoo import api, fields, models
from odoo.exceptions import UserError

from .auto_checklist_template import KINDS

# Only the methods of checklists pass this object, so that no client can pass a car
# without an inspection.
STATE = object()
# Who mends what was found, the first that the store has.
REPAIR_ROLES = ("service_manager", "store_manager")


class AutoChecklist(models.Model):
    """One inspection of a car: receipt, PDI, handover.

    Each point is fine, a defect or does not apply. A defect becomes a task; when all
    are resolved the inspection is passed.
    """

    _name = "auto.checklist"
    _inherit = ["auto.numbered.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Checklist"
    _order = "id desc"
    _check_company_auto = True

    kind = fields.Selection(selection=KINDS, required=True, index=True)
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("failed", "Defects"),
            ("passed", "Passed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="open",
        tracking=True,
        index=True,
        group_expand=True,
    )
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Car",
        required=True,
        index=True,
        ondelete="restrict",
    )
    model_id = fields.Many2one(related="vehicle_id.model_id", store=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    template_id = fields.Many2one(
        comodel_name="auto.checklist.template",
        string="Template",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('kind', '=', kind)]",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Inspected by",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_done = fields.Datetime(string="Inspected on", readonly=True, copy=False)
    line_ids = fields.One2many(
        comodel_name="auto.checklist.line",
        inverse_name="checklist_id",
        string="Points",
    )
    open_count = fields.Integer(
        string="To do", compute="_compute_open_count", store=True
    )
    defect_count = fields.Integer(
        string="Open defects", compute="_compute_open_count", store=True
    )
    progress = fields.Integer(
        string="Done (%)", compute="_compute_open_count", store=True, aggregator="avg"
    )
    handover_id = fields.Many2one(
        comodel_name="auto.handover",
        string="Handover",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    note = fields.Text(string="Remarks")

    @api.depends(
        "line_ids.result",
        "line_ids.is_resolved",
        "line_ids.photo",
        "line_ids.is_photo_required",
    )
    def _compute_open_count(self):
        for checklist in self:
            lines = checklist.line_ids
            todo = lines.filtered(
                lambda line: not line.result or line._is_photo_missing()
            )
            checklist.open_count = len(todo)
            checklist.defect_count = len(
                lines.filtered(
                    lambda line: line.result == "defect" and not line.is_resolved
                )
            )
            checklist.progress = (
                100 * (len(lines) - len(todo)) // len(lines) if lines else 0
            )

    @api.depends("name", "kind", "vehicle_id.display_name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for checklist in self:
            parts = [
                checklist.name if checklist.name != "/" else "",
                kinds.get(checklist.kind, ""),
            ]
            checklist.display_name = " · ".join(part for part in parts if part)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("state", None)
            vals.pop("date_done", None)
        checklists = super().create(vals_list)
        checklists._fill()
        return checklists

    def write(self, vals):
        if self.env.context.get("auto_checklist") is not STATE:
            if vals.keys() & {"state", "date_done"}:
                raise UserError(self.env._("An inspection is finished by its button."))
            fixed = {"kind", "vehicle_id", "company_id", "template_id"}
            if vals.keys() & fixed and any(
                checklist[name]
                and checklist._fields[name].convert_to_write(checklist[name], checklist)
                != vals[name]
                for name in vals.keys() & fixed
                for checklist in self
            ):
                raise UserError(
                    self.env._("The car and kind of an inspection do not change.")
                )
            if vals.keys() & {"user_id", "handover_id"}:
                self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(one.state != "open" or one.line_ids.filtered("result") for one in self):
            raise UserError(
                self.env._("An inspection that was begun is kept; cancel it.")
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_all_ok(self):
        """Mark every point that nobody has judged yet as fine."""
        self._check_open()
        todo = self.line_ids.filtered(
            lambda line: not line.result and not line.is_photo_required
        )
        todo.write({"result": "ok"})
        return True

    def action_finish(self):
        """Close the inspection: passed, or with defects that become tasks.

        :raise UserError: when points, notes or photos are missing
        """
        self._check_open()
        for checklist in self:
            missing = checklist.line_ids.filtered(lambda line: line._is_missing())
            if missing or not checklist.line_ids:
                raise UserError(
                    self.env._(
                        "%(checklist)s is not complete: %(points)s",
                        checklist=checklist.display_name,
                        points="; ".join(line._missing_sentence() for line in missing)
                        or self.env._("it has no points."),
                    )
                )
        for checklist in self:
            checklist._set_state(
                {
                    "state": "failed" if checklist.defect_count else "passed",
                    "date_done": fields.Datetime.now(),
                    "user_id": checklist.user_id.id or self.env.uid,
                }
            )
        return True

    def action_reopen(self):
        """Inspect again from the points as they are."""
        if any(checklist.state not in ("failed", "passed") for checklist in self):
            raise UserError(self.env._("Only a finished inspection is opened again."))
        # Whoever inspects need not read the handover.
        if "done" in self.sudo().handover_id.mapped("state"):
            raise UserError(
                self.env._("What is handed over and signed is not changed.")
            )
        self._set_state({"state": "open", "date_done": False})
        return True

    def action_cancel(self):
        """Give up an inspection that is not passed."""
        if any(checklist.state not in ("open", "failed") for checklist in self):
            raise UserError(self.env._("A passed inspection is kept."))
        self.line_ids._drop_tasks()
        self._set_state({"state": "cancelled"})
        return True

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    @api.model
    def _start(self, kinds, vehicle, company, **values):
        """Create the checklists of these kinds for a car, where there is a template
        and none is open.

        :param kinds: keys of :attr:`kind`
        :param vehicle: the ``auto.vehicle``
        :param company: the store
        :return: the new checklists
        """
        # A colleague's open checklist counts.
        running = self.sudo().search(
            [
                ("vehicle_id", "=", vehicle.id),
                ("company_id", "=", company.id),
                ("kind", "in", kinds),
                ("state", "=", "open"),
            ]
        )
        vals_list = []
        for kind in kinds:
            template = self.env["auto.checklist.template"]._find(kind, vehicle, company)
            if template and kind not in running.mapped("kind"):
                vals_list.append(
                    {
                        "kind": kind,
                        "vehicle_id": vehicle.id,
                        "company_id": company.id,
                        "template_id": template.id,
                        **values,
                    }
                )
        return self.create(vals_list)

    def _fill(self):
        """Give new checklists the points of their template."""
        vals_list, points = [], []
        for checklist in self.filtered(lambda one: not one.line_ids):
            if not checklist.template_id:
                checklist.template_id = self.env["auto.checklist.template"]._find(
                    checklist.kind, checklist.vehicle_id, checklist.company_id
                )
            # Points are copied for whoever inspects.
            present = checklist.template_id.sudo().line_ids
            points += present.ids
            vals_list += [
                {
                    "checklist_id": checklist.id,
                    "sequence": line.sequence,
                    "section": line.section,
                    "name": line.name,
                    "is_photo_required": line.is_photo_required,
                }
                for line in present
            ]
        lines = self.env["auto.checklist.line"].create(vals_list)
        lines._take_translations(points)

    def _check_open(self):
        for checklist in self:
            if checklist.state != "open":
                raise UserError(
                    self.env._(
                        "%(checklist)s is finished.",
                        checklist=checklist.display_name,
                    )
                )

    def _set_state(self, vals):
        if self:
            self.check_access("write")
            self.with_context(auto_checklist=STATE).write(vals)

    def _defects_resolved(self):
        """Pass the inspections whose last defect was resolved."""
        done = self.filtered(lambda one: one.state == "failed" and not one.defect_count)
        if done:
            done.with_context(auto_checklist=STATE).write({"state": "passed"})

    def _repair_user(self):
        """Return who gets the task of a defect: the store's service manager, or its
        store manager, or who inspects."""
        self.ensure_one()
        rules = self.env["auto.followup.rule"]
        for role in REPAIR_ROLES:
            group = self.env.ref(f"auto_crm_base.group_{role}")
            users = rules._users_by_store(group, {self.company_id.id})
            if users.get(self.company_id.id):
                return self.env["res.users"].browse(users[self.company_id.id][0])
        return self.user_id or self.env.user
