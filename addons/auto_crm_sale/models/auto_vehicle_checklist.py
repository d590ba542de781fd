from odoo import api, fields, models


class AutoVehicle(models.Model):
    """The inspections of a car."""

    _inherit = "auto.vehicle"

    checklist_ids = fields.One2many(
        comodel_name="auto.checklist",
        inverse_name="vehicle_id",
        string="Inspections",
        groups="auto_crm_base.group_consultant,"
        "auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,"
        "auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
        "auto_crm_base.group_adviser,auto_crm_base.group_technician,"
        "auto_crm_base.group_service_manager,stock.group_stock_user",
    )
    checklist_count = fields.Integer(
        string="Inspections done", compute="_compute_checklist_count"
    )
    pdi_state = fields.Selection(
        selection=[
            ("none", "No PDI"),
            ("open", "PDI to do"),
            ("failed", "PDI with defects"),
            ("passed", "PDI passed"),
        ],
        string="PDI",
        compute="_compute_pdi_state",
        store=True,
        index=True,
        help="The latest pre-delivery inspection.",
    )

    @api.depends("checklist_ids.state", "checklist_ids.kind")
    def _compute_pdi_state(self):
        latest = {}
        if self.ids:
            # The inspection of another store counts as well.
            checklists = self.env["auto.checklist"].sudo()
            for checklist in checklists.search(
                [
                    ("vehicle_id", "in", self.ids),
                    ("kind", "=", "pdi"),
                    ("state", "!=", "cancelled"),
                ],
                order="id",
            ):
                latest[checklist.vehicle_id.id] = checklist.state
        for vehicle in self:
            vehicle.pdi_state = latest.get(vehicle._origin.id, "none")

    def _compute_checklist_count(self):
        counts = {}
        checklists = self.env["auto.checklist"]
        if checklists.has_access("read"):
            counts = dict(
                checklists._read_group(
                    [("vehicle_id", "in", self.ids)], ["vehicle_id"], ["__count"]
                )
            )
        for vehicle in self:
            vehicle.checklist_count = counts.get(vehicle._origin, 0)

    def action_view_checklists(self):
        """Open the inspections of the car."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_checklist_action"
        )
        action["domain"] = [("vehicle_id", "=", self.id)]
        action["context"] = {"default_vehicle_id": self.id, "default_kind": "pdi"}
        return action

    def _follow_stock(self, location, line):
        before = self.sudo().stock_location_id  # a place of another store, maybe
        result = super()._follow_stock(location, line)
        company = location.company_id
        if (
            location.usage == "internal"
            and company.auto_checklist_on_receipt
            and (not before or before.usage == "transit")
        ):
            kinds = ["receipt"] if before else ["receipt", "pdi"]
            # Stock starts the inspection; who receives need not inspect.
            self.env["auto.checklist"].sudo()._start(kinds, self, company)
        return result
