from odoo import api, fields, models
from odoo.exceptions import UserError


class AutoChecklistLine(models.Model):
    """What it costs to put a used car right."""

    _inherit = "auto.checklist.line"

    currency_id = fields.Many2one(related="company_id.currency_id")
    repair_cost = fields.Monetary(
        string="Cost to put right",
        help="Of a used car that may be bought; lowers what it is worth.",
    )

    _repair_cost_check = models.Constraint(
        "CHECK(COALESCE(repair_cost, 0) >= 0)", "A cost cannot be negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered("repair_cost")._check_not_offered()
        return lines

    def write(self, vals):
        if {"repair_cost", "result"} & vals.keys():
            self._check_not_offered()
        return super().write(vals)

    def _check_not_offered(self):
        """Refuse to change what an offer was made by."""
        # The trade-in may be a colleague's.
        for tradein in self.sudo().checklist_id.tradein_ids:
            waiting = tradein.approval_state == "waiting"
            if tradein.state not in ("draft", "appraised") or waiting:
                raise UserError(
                    self.env._(
                        "%(tradein)s is offered or waits for approval by what was "
                        "found. Appraise it anew first.",
                        tradein=tradein.name,
                    )
                )

    def _plan_tasks(self):
        # Nobody repairs a car that is not ours yet: what is found lowers its price.
        ours = self.filtered(
            # Where the car stands is asked for, whoever inspects it.
            lambda line: (
                line.kind != "tradein" or line.vehicle_id.sudo().stock_location_id
            )
        )
        return super(AutoChecklistLine, ours)._plan_tasks()
