from odoo import api, fields, models


class AutoRepairApproval(models.Model):
    """What a customer decided on an estimate: when, how, and on which amount.

    Written once by :meth:`repair.order._record_decision`; nobody edits it.
    """

    _name = "auto.repair.approval"
    _inherit = ["auto.append.only.mixin"]
    _description = "Customer's decision"
    _order = "date desc, id desc"

    repair_id = fields.Many2one(
        comodel_name="repair.order",
        string="Repair order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", required=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    method = fields.Selection(
        selection=[
            ("screen", "Signed on screen"),
            ("portal", "On the portal"),
            ("call", "By a recorded call"),
            ("house", "By the house"),
        ],
        required=True,
    )
    decided_by = fields.Char(string="Who decided", required=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Recorded by",
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    signature = fields.Image(max_width=1024, max_height=1024)
    recording_ref = fields.Char(
        string="Recording", help="The call in the system that recorded it."
    )
    note = fields.Text()
    amount_approved = fields.Monetary(string="Approved")
    amount_declined = fields.Monetary(string="Declined")
    lines = fields.Text(help="The lines as they were decided on.")
    pay_types = fields.Char(help="Whose money was agreed to, as technical names.")

    @api.depends("repair_id.name", "date")
    def _compute_display_name(self):
        for approval in self:
            day = fields.Date.to_string(approval.date) if approval.date else ""
            approval.display_name = f"{approval.repair_id.name or ''} {day}".strip()
