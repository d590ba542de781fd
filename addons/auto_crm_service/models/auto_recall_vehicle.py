from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .auto_recall import STEP

OVER = ("done", "not_affected")
# Written by the methods alone.
STEP_FIELDS = {
    "recall_id",
    "vehicle_id",
    "state",
    "withdrawn",
    "repair_id",
    "job_id",
    "done_company_id",
    "date_matched",
    "date_contacted",
    "date_done",
}


class AutoRecallVehicle(models.Model):
    """A car that a recall concerns, and how far it is.

    Rows are made by the match alone and never deleted. All stores that know the car
    see them: safety is no secret.
    """

    _name = "auto.recall.vehicle"
    _inherit = ["auto.derived.mixin"]
    _description = "Car of a recall"
    _order = "date_matched desc, id desc"
    _rec_name = "recall_id"

    recall_id = fields.Many2one(
        comodel_name="auto.recall",
        string="Recall",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Car",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="vehicle_id.company_id", string="Store", store=True, index=True
    )
    kind = fields.Selection(related="recall_id.kind")
    severity = fields.Selection(related="recall_id.severity")
    license_plate = fields.Char(related="vehicle_id.license_plate")
    vin = fields.Char(related="vehicle_id.vin")
    model_id = fields.Many2one(related="vehicle_id.model_id")
    owner_id = fields.Many2one(related="vehicle_id.owner_id")
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("contacted", "Owner told"),
            ("booked", "Booked"),
            ("done", "Done"),
            ("refused", "Refused by the owner"),
            ("unreachable", "Owner not reached"),
            ("not_affected", "Not affected"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
        group_expand=True,
    )
    is_pending = fields.Boolean(
        string="Still to do", compute="_compute_is_pending", search="_search_is_pending"
    )
    withdrawn = fields.Boolean(
        readonly=True,
        help="The numbers of the recall or the car were corrected since.",
    )
    date_matched = fields.Date(string="Found on", readonly=True)
    date_contacted = fields.Date(string="Owner told on", readonly=True)
    date_done = fields.Date(string="Done on", readonly=True)
    repair_id = fields.Many2one(
        comodel_name="repair.order",
        string="Repair order",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    job_id = fields.Many2one(
        comodel_name="auto.repair.job",
        string="Job",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    done_company_id = fields.Many2one(
        comodel_name="res.company", string="Done by store", readonly=True
    )
    note = fields.Char(readonly=True, help="What the owner said, or why.")

    _once = models.UniqueIndex(
        "(recall_id, vehicle_id)", "This car is on the recall already."
    )
    _pending_idx = models.Index(
        "(vehicle_id) WHERE state NOT IN ('done', 'not_affected')"
    )

    @api.depends("state")
    def _compute_is_pending(self):
        for row in self:
            row.is_pending = row.state not in OVER

    def _search_is_pending(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain.FALSE
        if True in value:
            domain |= Domain("state", "not in", OVER)
        if False in value:
            domain |= Domain("state", "in", OVER)
        return domain

    @api.depends("recall_id", "vehicle_id")
    def _compute_display_name(self):
        for row in self:
            # A car that the reader may not open is named by its recall.
            names = (row.recall_id.display_name, row.vehicle_id.sudo().license_plate)
            row.display_name = " · ".join(name for name in names if name)

    def write(self, vals):
        if (vals.keys() & (STEP_FIELDS | {"note"})) and (
            self.env.context.get("auto_recall") is not STEP
        ):
            raise UserError(self.env._("A car's recall goes on by its buttons."))
        return super().write(vals)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_note(self):
        """Open the window that takes what the owner said."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.recall_id.display_name,
            "res_model": "auto.recall.note",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_row_id": self.id},
        }

    def action_open_vehicle(self):
        """Open the car."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "auto.vehicle",
            "res_id": self.vehicle_id.id,
            "views": [(False, "form")],
        }

    def action_add_to_repair(self):
        """Add the work of the recall to the car's repair order that is open.

        The order is the one of the context, or else the one in the house.

        :raise UserError: when the car is not in the house, or it is added already
        """
        self.ensure_one()
        repair = self.env["repair.order"].browse(
            self.env.context.get("auto_repair_id")
        ) or self.env["repair.order"].search(
            [
                ("vehicle_id", "=", self.vehicle_id.id),
                ("service_state", "not in", ("settled", "returned", "cancelled")),
            ],
            limit=1,
        )
        if not repair or repair.vehicle_id != self.vehicle_id:
            raise UserError(self.env._("The car is not in the workshop."))
        repair._add_recall(self)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _step(self, state, **values):
        """Bring these rows to a state; the only way to do so.

        :param str state: a key of :attr:`state`
        :param values: what else the step writes
        """
        # Advisers of any store that has the car go on with it.
        self.sudo().with_context(auto_recall=STEP).write({"state": state, **values})

    def _booked(self, job):
        """The work is on a repair order."""
        self._step("booked", repair_id=job.repair_id.id, job_id=job.id)

    def _unbooked(self):
        """The order or the job was given up."""
        booked = self.filtered(lambda row: row.state in ("booked", "done"))
        booked._step(
            "open",
            repair_id=False,
            job_id=False,
            date_done=False,
            done_company_id=False,
        )

    def _done(self, job):
        """The work is done on the car; the timeline tells."""
        for row in self.filtered(lambda one: one.state != "done"):
            row._step(
                "done",
                repair_id=job.repair_id.id,
                job_id=job.id,
                date_done=fields.Date.context_today(self),
                done_company_id=job.company_id.id,
            )
            row._log_done(job.repair_id, job.company_id)
        self._close_followups(self.env._("The work of the recall is done."))

    def _log_done(self, document=None, company=None):
        self.ensure_one()
        # The timeline is written for all that know the car.
        self.vehicle_id.sudo()._log_event(
            "recall",
            self.env._("Recall done: %(recall)s", recall=self.recall_id.display_name),
            document=document,
            company=company,
        )

    def _close_followups(self, reason):
        """Close the calls to owners for whom nothing of a recall is left."""
        vehicles = self.sudo().vehicle_id  # whoever did it closes the call of anybody
        if not vehicles:
            return
        left = self.sudo().search(
            [
                ("vehicle_id", "in", vehicles.ids),
                ("is_pending", "=", True),
                ("recall_id.state", "=", "active"),
                ("kind", "!=", "bulletin"),
            ]
        )
        self.env["auto.followup"].sudo().search(
            [
                ("vehicle_id", "in", (vehicles - left.vehicle_id).ids),
                ("is_open", "=", True),
                ("rule_id.trigger", "=", "recall"),
            ]
        )._close_void(reason)
