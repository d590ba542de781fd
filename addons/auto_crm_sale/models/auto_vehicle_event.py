from odoo import api, fields, models


class AutoVehicleEvent(models.Model):
    _inherit = "auto.vehicle.event"

    kind = fields.Selection(
        selection_add=[("contract", "Contract"), ("addon", "Add-on")],
        ondelete={"contract": "cascade", "addon": "cascade"},
    )

    @api.model
    def _kind_icons(self):
        return {
            **super()._kind_icons(),
            "contract": "fa-file-text-o",
            "addon": "fa-plus-square-o",
        }
