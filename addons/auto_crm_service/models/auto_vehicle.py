from odoo import fields, models


class AutoVehicle(models.Model):
    """The workshop's history of a car."""

    _inherit = "auto.vehicle"

    repair_ids = fields.One2many(
        comodel_name="repair.order",
        inverse_name="vehicle_id",
        string="Repair orders",
        groups="auto_crm_base.group_adviser,auto_crm_base.group_technician,"
        "auto_crm_base.group_service_manager,auto_crm_base.group_store_manager,"
        "auto_crm_base.group_sales_manager,auto_crm_base.group_head_office,"
        "auto_crm_base.group_auditor",
    )
    repair_count = fields.Integer(
        string="Repairs", compute="_compute_repair_count", compute_sudo=False
    )

    def _compute_repair_count(self):
        counts = {}
        repairs = self.env["repair.order"]
        if repairs.has_access("read"):
            counts = dict(
                repairs._read_group(
                    [("vehicle_id", "in", self.ids)], ["vehicle_id"], ["__count"]
                )
            )
        for vehicle in self:
            vehicle.repair_count = counts.get(vehicle._origin, 0)

    def action_open_repairs(self):
        """Open the repair orders of the car."""
        return self._action_related(
            self.env._("Repair orders"), "auto_crm_service.repair_order_action_service"
        )

    def action_receive(self):
        """Receive the car in the workshop: a new repair order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reception"),
            "res_model": "repair.order",
            "views": [
                (
                    self.env.ref("auto_crm_service.repair_order_view_form_service").id,
                    "form",
                )
            ],
            "context": {"default_vehicle_id": self.id},
        }
