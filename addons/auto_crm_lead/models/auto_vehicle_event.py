from odoo import api, fields, models


class AutoVehicleEvent(models.Model):
    _inherit = "auto.vehicle.event"

    kind = fields.Selection(
        selection_add=[("test_drive", "Test drive")],
        ondelete={"test_drive": lambda events: events._turn_into("sale")},
    )

    @api.model
    def _kind_icons(self):
        return {**super()._kind_icons(), "test_drive": "fa-flag-checkered"}
