from odoo import api, fields, models
from odoo.exceptions import UserError

# When it was found, by the step at which the car is.
FOUND = {"quality": "check", "ready": "handover"}


class AutoRepairReworkNew(models.TransientModel):
    """Sends a car back to the workshop: from the quality check, or at its return."""

    _name = "auto.repair.rework.new"
    _inherit = ["auto.window.mixin"]
    _description = "Send back to the workshop"
    _document_field = "repair_id"

    repair_id = fields.Many2one(
        comodel_name="repair.order", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="repair_id.company_id")
    job_id = fields.Many2one(
        comodel_name="auto.repair.job",
        string="Job",
        required=True,
        ondelete="cascade",
        compute="_compute_job_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('repair_id', '=', repair_id)]",
    )
    reason = fields.Selection(
        selection=lambda self: (
            self.env["auto.repair.rework"]
            ._fields["reason"]
            ._description_selection(self.env)
        ),
        required=True,
        default="work",
    )
    responsible_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        compute="_compute_responsible_id",
        store=True,
        readonly=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    hours = fields.Float(string="Lost hours", digits=(8, 2))
    note = fields.Text(string="What must be done again", required=True)

    @api.depends("repair_id")
    def _compute_job_id(self):
        for wizard in self:
            wizard.job_id = wizard.repair_id.job_ids[:1]

    @api.depends("job_id", "reason")
    def _compute_responsible_id(self):
        for wizard in self:
            wizard.responsible_id = (
                wizard.job_id.technician_id
                if wizard.reason in ("work", "diagnosis")
                else False
            )

    def action_send_back(self):
        """Open the job again and keep who has to answer for it.

        :raise UserError: when the car is neither at the quality check nor ready
        """
        self.ensure_one()
        repair = self.repair_id
        repair._check_may_judge()
        found = FOUND.get(repair.service_state)
        if not found or self.job_id.repair_id != repair:
            raise UserError(
                self.env._(
                    "%(order)s is not at the quality check.", order=repair.display_name
                )
            )
        if not (self.note or "").strip():
            raise UserError(self.env._("Please say what must be done again."))
        # Nobody has the right to write it by hand.
        self.env["auto.repair.rework"].sudo().create(
            {
                "repair_id": repair.id,
                "job_id": self.job_id.id,
                "company_id": repair.company_id.id,
                "found": found,
                "reason": self.reason,
                "responsible_id": self.responsible_id.id,
                "hours": self.hours,
                "note": self.note,
                "user_id": self.env.uid,
            }
        )
        self.job_id._again()
        return {"type": "ir.actions.act_window_close"}
