from odoo import api, fields, models


class AutoCommissionCompute(models.TransientModel):
    """Computes the commissions of a store's month."""

    _name = "auto.commission.compute"
    _description = "Compute commissions"

    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    date = fields.Date(
        string="Month",
        required=True,
        default=fields.Date.context_today,
        help="Any day of the month.",
    )
    has_plan = fields.Boolean(compute="_compute_has_plan")

    @api.depends("company_id")
    def _compute_has_plan(self):
        for wizard in self:
            wizard.has_plan = bool(
                self.env["auto.commission.plan"].search_count(
                    [
                        ("company_id", "=", wizard.company_id.id),
                        ("state", "!=", "draft"),
                    ],
                    limit=1,
                )
            )

    def action_compute(self):
        """Compute the drafts of the month and show its statements."""
        self.ensure_one()
        statements = self.env["auto.commission.plan"]._generate(
            self.company_id, self.date
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_commission_statement_action"
        )
        action["domain"] = [("id", "in", statements.ids)]
        action["context"] = {}
        return action
