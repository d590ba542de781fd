from odoo import fields, models


class AutoApprovalRefuse(models.TransientModel):
    """Ask for the reason of a refusal."""

    _name = "auto.approval.refuse"
    _description = "Refuse a request"

    approval_ids = fields.Many2many(
        comodel_name="auto.approval", string="Requests", required=True
    )
    note = fields.Text(string="Reason", required=True)

    def action_refuse(self):
        """Refuse the requests with the reason given."""
        self.ensure_one()
        return self.approval_ids.action_refuse(self.note)
