from odoo import api, fields, models


class AutoVehicleEvent(models.Model):
    _inherit = "auto.vehicle.event"

    kind = fields.Selection(
        selection_add=[
            ("contract", "Contract"),
            ("addon", "Add-on"),
            ("handover", "Handover"),
            ("tradein", "Trade-in"),
        ],
        ondelete={
            "contract": lambda events: events._turn_into("sale"),
            "addon": lambda events: events._turn_into("sale"),
            "handover": lambda events: events._turn_into("sale"),
            "tradein": lambda events: events._turn_into("sale"),
        },
    )

    @api.model
    def _kind_icons(self):
        return {
            **super()._kind_icons(),
            "contract": "fa-file-text-o",
            "addon": "fa-plus-square-o",
            "handover": "fa-key",
            "tradein": "fa-exchange",
        }
