from odoo import fields, models

from .auto_commission_statement import MANAGERS

GROUPS = ",".join((*MANAGERS, "auto_crm_base.group_auditor"))


class SaleOrder(models.Model):
    """What a contract costs in commissions."""

    _inherit = "sale.order"

    commission_amount = fields.Monetary(
        string="Commissions",
        compute="_compute_commission_amount",
        currency_field="commission_currency_id",
        groups=GROUPS,
        help="What the contract and its add-ons have brought to people or pools.",
    )
    commission_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the store"
    )

    def _compute_commission_amount(self):
        # By the user's own rights: nobody sums up what they may not read.
        amounts = dict(
            self.env["auto.commission.line"]._read_group(
                [("order_id", "in", self.ids)], ["order_id"], ["earned:sum"]
            )
        )
        for order in self:
            order.commission_amount = amounts.get(order._origin, 0.0)

    def action_view_commissions(self):
        """Open the commission lines of the contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_commission_line_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {}
        action["views"] = [(False, "list"), (False, "pivot")]
        action["view_mode"] = "list,pivot"
        return action
