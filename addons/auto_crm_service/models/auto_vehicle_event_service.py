from odoo import api, fields, models
from odoo.tools import SQL


class AutoVehicleEvent(models.Model):
    _inherit = "auto.vehicle.event"

    kind = fields.Selection(
        selection_add=[("returned", "Returned from the workshop")],
        ondelete={"returned": lambda events: events._turn_returned()},
    )

    @api.model
    def _kind_icons(self):
        return {**super()._kind_icons(), "returned": "fa-road"}

    def _turn_returned(self):
        """Keep the lines when the addon goes; they are the workshop's all the same."""
        if self:
            # The timeline refuses every write; its words stay as they are.
            self.env.cr.execute(
                SQL(
                    "UPDATE auto_vehicle_event SET kind = 'repair' WHERE id IN %s",
                    tuple(self.ids),
                )
            )
            self.invalidate_recordset(["kind"])
