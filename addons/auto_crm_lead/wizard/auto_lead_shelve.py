from datetime import timedelta

from odoo import api, fields, models


class AutoLeadShelve(models.TransientModel):
    """Put prospects aside until a day on which they come back by themselves."""

    _name = "auto.lead.shelve"
    _description = "Shelve prospects"

    lead_ids = fields.Many2many(
        comodel_name="crm.lead", string="Prospects", required=True
    )
    wake_date = fields.Date(
        string="Comes back on",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=30),
        help="On this day the prospect is at the top of My day again.",
    )
    reason = fields.Char(help="Why it is put aside; kept in the prospect's log.")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        if not values.get("lead_ids") and context.get("active_model") == "crm.lead":
            values["lead_ids"] = [(6, 0, context.get("active_ids", []))]
        return values

    def action_shelve(self):
        """Shelve the prospects and close the window."""
        self.ensure_one()
        self.lead_ids._shelve(self.wake_date, self.reason or "")
        return {"type": "ir.actions.act_window_close"}
