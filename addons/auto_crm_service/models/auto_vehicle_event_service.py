from odoo import api, fields, models


class AutoVehicleEvent(models.Model):
    _inherit = "auto.vehicle.event"

    kind = fields.Selection(
        selection_add=[("returned", "Returned from the workshop")],
        ondelete={"returned": lambda events: events._turn_into("repair")},
    )

    @api.model
    def _kind_icons(self):
        return {**super()._kind_icons(), "returned": "fa-road"}
