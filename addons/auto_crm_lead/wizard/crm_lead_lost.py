from odoo import api, fields, models
from odoo.tools import html2plaintext


class CrmLeadLost(models.TransientModel):
    """Odoo's own window "Mark as lost" asks for approval."""

    _inherit = "crm.lead.lost"

    lost_reason_id = fields.Many2one(domain="[('is_automotive', '=', True)]")
    needs_competitor = fields.Boolean(related="lost_reason_id.needs_competitor")
    competitor_id = fields.Many2one(
        comodel_name="auto.competitor", string="Bought from"
    )

    competitor_model_id = fields.Many2one(
        comodel_name="auto.competitor.model",
        string="Their model",
        domain="[('competitor_id', '=', competitor_id)]",
    )

    @api.onchange("competitor_id")
    def _onchange_competitor_id(self):
        if self.competitor_model_id.competitor_id != self.competitor_id:
            self.competitor_model_id = False

    def action_lost_reason_apply(self):
        self.ensure_one()
        result = self.lead_ids.action_request_lost(
            self.lost_reason_id.id,
            html2plaintext(self.lost_feedback or ""),
            self.competitor_id.id,
        )
        if self.competitor_model_id and self.competitor_id:
            self.lead_ids.write({"competitor_model_id": self.competitor_model_id.id})
        return result
