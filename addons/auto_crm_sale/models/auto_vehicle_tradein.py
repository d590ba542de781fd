from odoo import fields, models
from odoo.exceptions import UserError


class AutoVehicle(models.Model):
    """A car that is traded in is the same car as before."""

    _inherit = "auto.vehicle"

    tradein_ids = fields.One2many(
        comodel_name="auto.tradein",
        inverse_name="vehicle_id",
        string="Trade-ins",
        groups="auto_crm_base.group_consultant,"
        "auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,"
        "auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
        "account.group_account_invoice,stock.group_stock_user",
    )
    tradein_count = fields.Integer(
        string="Number of trade-ins", compute="_compute_tradein_count"
    )

    def _compute_tradein_count(self):
        counts = self.env["auto.tradein"]._counts("vehicle_id", self)
        for vehicle in self:
            vehicle.tradein_count = counts.get(vehicle._origin, 0)

    def action_view_tradeins(self):
        """Open the trade-ins of the car."""
        self.ensure_one()
        tradeins = self.env["auto.tradein"]
        return tradeins._action_of(
            tradeins.search([("vehicle_id", "=", self.id)]),
            {"vehicle_id": self.id, "partner_id": self.owner_id.id},
        )

    def _follow_stock(self, location, line):
        # Whoever receives the car need not see what was agreed for it.
        agreed = self.env["auto.tradein"].sudo()
        bought = line.sudo().move_id.purchase_line_id.order_id
        if bought:
            agreed = agreed.search([("purchase_id", "in", bought.ids)])
        other = agreed.filtered(lambda one: one.vehicle_id.id != self.id)
        if other and location.usage == "internal":
            raise UserError(
                self.env._(
                    "%(order)s buys %(agreed)s; this is %(vehicle)s.",
                    order=bought.name,
                    agreed=other[0].vehicle_id.display_name,
                    vehicle=self.display_name,
                )
            )
        result = super()._follow_stock(location, line)
        if location.usage == "internal":
            agreed.filtered(lambda one: one.state == "purchased")._car_came(line)
        elif location.usage == "supplier":
            agreed.filtered(lambda one: one.state == "received")._car_returned()
        return result
