from odoo import fields, models
from odoo.exceptions import UserError


class AutoRepairComebackJudge(models.TransientModel):
    """Says why a car came back, and keeps it as rework of the job before."""

    _name = "auto.repair.comeback.judge"
    _description = "Why a car came back"

    comeback_id = fields.Many2one(
        comodel_name="auto.repair.comeback", required=True, ondelete="cascade"
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
    is_ours = fields.Boolean(compute="_compute_is_ours")
    hours = fields.Float(string="Lost hours", digits=(8, 2))
    note = fields.Text(string="What must be done again", required=True)

    def _compute_is_ours(self):
        for wizard in self:
            wizard.is_ours = wizard.comeback_id.earlier_company_id in self.env.companies

    def action_confirm(self):
        """Confirm the comeback and write the rework record.

        The technician answers for workmanship and diagnosis; at another store that
        store's manager finds it in their own list.

        :raise UserError: when it was judged meanwhile
        """
        self.ensure_one()
        comeback = self.comeback_id
        comeback._check_may_judge()
        if not (self.note or "").strip():
            raise UserError(self.env._("Please say what must be done again."))
        # Nobody has the right to write rework by hand, nor to see the other's job.
        earlier = comeback.sudo().earlier_job_id
        blamed = self.reason in ("work", "diagnosis")
        rework = (
            self.env["auto.repair.rework"]
            .sudo()
            .create(
                {
                    "repair_id": earlier.repair_id.id,
                    "job_id": earlier.id,
                    "company_id": earlier.company_id.id,
                    "found": "comeback",
                    "reason": self.reason,
                    "responsible_id": earlier.technician_id.id if blamed else False,
                    "hours": self.hours,
                    "note": self.note,
                    "user_id": self.env.uid,
                }
            )
        )
        comeback._step("confirmed", rework_id=rework.id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
