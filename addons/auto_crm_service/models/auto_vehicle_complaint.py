from odoo import api, fields, models


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    complaint_ids = fields.One2many(
        comodel_name="auto.complaint",
        inverse_name="vehicle_id",
        string="Complaints",
        bypass_search_access=True,
        copy=False,
    )
    open_complaint_count = fields.Integer(
        string="Open complaints", compute="_compute_open_complaint_count"
    )

    def _compute_open_complaint_count(self):
        complaints = self.env["auto.complaint"]
        counts = {}
        if complaints.has_access("read"):
            counts = dict(
                complaints._read_group(
                    [("vehicle_id", "in", self.ids), ("state", "!=", "closed")],
                    ["vehicle_id"],
                    ["__count"],
                )
            )
        for vehicle in self:
            vehicle.open_complaint_count = counts.get(vehicle._origin, 0)

    def action_open_complaints(self):
        """Open the complaints about this car."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_service.auto_complaint_action_all"
        )
        return action | {"domain": [("vehicle_id", "=", self.id)], "context": {}}


class AutoVehicleEvent(models.Model):
    _inherit = "auto.vehicle.event"

    kind = fields.Selection(
        selection_add=[("complaint", "Complaint")],
        ondelete={"complaint": lambda events: events._turn_into("store")},
    )

    @api.model
    def _kind_icons(self):
        return {**super()._kind_icons(), "complaint": "fa-exclamation-triangle"}
