from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AutoRepairDecide(models.TransientModel):
    """Records what the customer decides on an estimate: signed, or by a call."""

    _name = "auto.repair.decide"
    _inherit = ["auto.window.mixin"]
    _description = "Customer's decision on the estimate"
    _document_field = "repair_id"

    repair_id = fields.Many2one(
        comodel_name="repair.order", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="repair_id.currency_id")
    method = fields.Selection(
        selection=[("screen", "Signed on screen"), ("call", "By a recorded call")],
        required=True,
        default="screen",
    )
    decided_by = fields.Char(
        string="Who decides",
        required=True,
        compute="_compute_decided_by",
        store=True,
        readonly=False,
        precompute=True,
    )
    signature = fields.Image(max_width=1024, max_height=1024)
    recording_ref = fields.Char(
        string="Recording", help="The number of the recorded call."
    )
    note = fields.Text()
    line_ids = fields.One2many(
        comodel_name="auto.repair.decide.line",
        inverse_name="wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    amount = fields.Monetary(string="Approved", compute="_compute_amount")

    @api.depends("repair_id")
    def _compute_decided_by(self):
        for wizard in self:
            repair = wizard.repair_id
            wizard.decided_by = (repair.brought_by_id or repair.partner_id).name

    @api.depends("repair_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create({"line_id": line.id, "is_approved": True})
                    for line in wizard.repair_id.line_ids._to_decide()
                ),
            ]

    @api.depends("line_ids.is_approved", "line_ids.price_total")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = sum(
                wizard.line_ids.filtered("is_approved").mapped("price_total")
            )

    def action_record(self):
        """Keep the decision.

        :raise UserError: without a signature or a recording
        """
        self.ensure_one()
        if self.method == "screen" and not self.signature:
            raise UserError(self.env._("Please let the customer sign."))
        if self.method == "call" and not (self.recording_ref or "").strip():
            raise UserError(self.env._("Please enter the number of the recording."))
        chosen = self.line_ids.filtered("is_approved")
        self.repair_id._record_decision(
            chosen.line_id,
            (self.line_ids - chosen).line_id,
            self.method,
            self.decided_by,
            signature=self.signature if self.method == "screen" else False,
            recording_ref=self.recording_ref if self.method == "call" else False,
            note=self.note,
        )
        return {"type": "ir.actions.act_window_close"}


class AutoRepairDecideLine(models.TransientModel):
    """One line of an estimate, to be approved or declined."""

    _name = "auto.repair.decide.line"
    _inherit = ["auto.window.mixin"]
    _description = "Line to decide on"
    _document_field = "line_id"

    wizard_id = fields.Many2one(
        comodel_name="auto.repair.decide", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        comodel_name="auto.repair.line", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="line_id.currency_id")
    job_id = fields.Many2one(related="line_id.job_id")
    name = fields.Char(related="line_id.name", string="What")
    quantity = fields.Float(related="line_id.quantity")
    price_total = fields.Monetary(related="line_id.price_total")
    is_approved = fields.Boolean(string="Approved", default=True)
