from odoo import fields, models


class AutoVehicle(models.Model):
    """What a car may be sold for."""

    _inherit = "auto.vehicle"

    floor_price = fields.Monetary(
        string="Floor price of this car",
        copy=False,
        groups="auto_crm_sale.group_floor_price",
        help="Takes the place of the product's floor price, as for an aged or a "
        "damaged car. Zero: the product's.",
    )
    sale_line_ids = fields.One2many(
        comodel_name="sale.order.line",
        inverse_name="vehicle_id",
        string="Contract lines",
        groups="auto_crm_base.group_consultant,"
        "auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,"
        "auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
        "sales_team.group_sale_salesman,"
        "account.group_account_invoice,stock.group_stock_user",
    )
    contract_count = fields.Integer(compute="_compute_contract_count")

    _floor_price_check = models.Constraint(
        "CHECK(floor_price IS NULL OR floor_price >= 0)",
        "A floor price cannot be negative.",
    )

    def _compute_contract_count(self):
        orders = self.env["sale.order"]
        counts = {}
        if orders.has_access("read"):
            # Only contracts that the user may read are counted.
            for order in orders.search([("order_line.vehicle_id", "in", self.ids)]):
                for vehicle in order.vehicle_ids:
                    counts[vehicle.id] = counts.get(vehicle.id, 0) + 1
        for vehicle in self:
            vehicle.contract_count = counts.get(vehicle.id, 0)

    def action_view_contracts(self):
        """Open the contracts on which the car is, or was."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.sale_order_contract_action"
        )
        action["domain"] = [("order_line.vehicle_id", "=", self.id)]
        action["context"] = {}
        return action
