from odoo import api, fields, models


class SaleOrder(models.Model):
    """What is sold together with the car."""

    _inherit = "sale.order"

    addon_ids = fields.One2many(
        comodel_name="auto.sale.addon",
        inverse_name="order_id",
        string="Add-ons",
        copy=False,
    )
    addon_count = fields.Integer(
        string="Number of add-ons",
        compute="_compute_addon_count",
        store=True,
        help="Without those that were cancelled: how much is cross-sold.",
    )

    @api.depends("addon_ids.state")
    def _compute_addon_count(self):
        for order in self:
            order.addon_count = len(
                order.addon_ids.filtered(lambda addon: addon.state != "cancelled")
            )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "cancel":
            # All that hangs on the contract ends with it, whoever looks after it.
            self.sudo().addon_ids.filtered(
                lambda addon: addon.state in ("draft", "in_progress")
            )._write_state({"state": "cancelled"})
        return result

    def action_view_addons(self):
        """Open the add-ons of the contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_sale_addon_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {"default_order_id": self.id}
        return action
