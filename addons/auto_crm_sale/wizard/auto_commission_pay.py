from odoo import api, fields, models


class AutoCommissionPay(models.TransientModel):
    """Notes that statements were paid, all at once."""

    _name = "auto.commission.pay"
    _description = "Mark commissions as paid"

    statement_ids = fields.Many2many(
        comodel_name="auto.commission.statement",
        string="Statements",
        required=True,
        domain="[('state', '=', 'approved')]",
    )
    date = fields.Date(
        string="Paid on",
        required=True,
        default=fields.Date.context_today,
    )
    reference = fields.Char(
        string="Payment reference", required=True, help="Such as the payroll run."
    )
    currency_id = fields.Many2one(related="statement_ids.currency_id")
    amount_total = fields.Monetary(string="Total", compute="_compute_amount_total")

    @api.depends("statement_ids")
    def _compute_amount_total(self):
        for wizard in self:
            wizard.amount_total = sum(wizard.statement_ids.mapped("amount_total"))

    def action_pay(self):
        """Mark the statements as paid."""
        self.ensure_one()
        self.statement_ids._pay(self.date, self.reference)
        return {"type": "ir.actions.act_window_close"}
