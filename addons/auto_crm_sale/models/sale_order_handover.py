from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    handover_ids = fields.One2many(
        comodel_name="auto.handover", inverse_name="order_id", string="Handovers"
    )
    handover_count = fields.Integer(
        compute="_compute_handover_count", compute_sudo=True
    )

    def _compute_handover_count(self):
        counts = dict(
            self.env["auto.handover"]._read_group(
                [("order_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["order_id"],
                ["__count"],
            )
        )
        for order in self:
            order.handover_count = counts.get(order._origin, 0)

    def action_handover(self):
        """Open the contract's handovers, or plan the first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_handover_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {"default_order_id": self.id}
        handovers = self.handover_ids.filtered(lambda one: one.state != "cancelled")
        if len(handovers) < 2 and len(self.vehicle_ids) < 2:
            action["views"] = [(False, "form")]
            action["res_id"] = handovers.id
        return action

    def _cars_to_hand_over(self, handover=None):
        """Return the cars for which no handover is planned or done.

        :param handover: one that does not count
        """
        self.ensure_one()
        held = self.handover_ids.filtered(lambda one: one.state != "cancelled")
        if handover:
            held -= handover
        return self.vehicle_ids - held.vehicle_id

    def _give_back_cars(self, vehicles=None):
        result = super()._give_back_cars(vehicles)
        # Who changes the contract need not have rights on its handovers.
        planned = self.sudo().handover_ids.filtered(lambda one: one.state == "planned")
        if vehicles is not None:
            planned = planned.filtered(lambda one: one.vehicle_id in vehicles)
        planned.action_cancel()
        return result
