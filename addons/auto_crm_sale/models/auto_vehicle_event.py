from odoo import api, fields, models
from odoo.tools import SQL


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
            "contract": lambda events: events._turn_into_sale(),
            "addon": lambda events: events._turn_into_sale(),
            "handover": lambda events: events._turn_into_sale(),
            "tradein": lambda events: events._turn_into_sale(),
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

    def _turn_into_sale(self):
        """Keep the lines when the addon goes; they are lines of the sale then."""
        if self:
            # The timeline refuses every write; its words stay as they are.
            self.env.cr.execute(
                SQL(
                    "UPDATE auto_vehicle_event SET kind = 'sale' WHERE id IN %s",
                    tuple(self.ids),
                )
            )
            self.invalidate_recordset(["kind"])
