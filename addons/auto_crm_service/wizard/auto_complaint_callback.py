from odoo import api, fields, models


class AutoComplaintCallback(models.TransientModel):
    """What the customer says to the answer."""

    _name = "auto.complaint.callback"
    _inherit = ["auto.window.mixin"]
    _description = "Call-back after a complaint"
    _document_field = "complaint_id"

    complaint_id = fields.Many2one(
        comodel_name="auto.complaint", required=True, ondelete="cascade"
    )
    partner_name = fields.Char(related="complaint_id.partner_id.name")
    phone = fields.Char(related="complaint_id.phone")
    solution = fields.Text(related="complaint_id.solution")
    channel = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("visit", "In the store"),
            ("chat", "WeChat or chat"),
            ("email", "E-mail"),
        ],
        string="By",
        required=True,
        default="phone",
    )
    result = fields.Selection(
        selection=[
            ("satisfied", "Content: the complaint is closed"),
            ("unsatisfied", "Not content: the work goes on"),
            ("no_answer", "No answer: try again"),
        ],
        string="The customer is",
        required=True,
        default="satisfied",
    )
    note = fields.Text(string="In the customer's words")
    retry_date = fields.Datetime(
        string="Try again on", compute="_compute_retry_date", store=True, readonly=False
    )

    @api.depends("result")
    def _compute_retry_date(self):
        tomorrow = fields.Datetime.add(fields.Datetime.now(), days=1)
        for wizard in self:
            wizard.retry_date = wizard.result == "no_answer" and tomorrow

    def action_confirm(self):
        """Close the complaint, or go on with it."""
        self.ensure_one()
        self.complaint_id._callback(
            self.result, self.note, self.channel, self.retry_date
        )
        return {"type": "ir.actions.act_window_close"}
