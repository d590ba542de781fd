"""What the demo group's prospects compare, and whom the lost ones went to."""

from odoo import api, models

# Prospect of the demo, and the competing models that it looks at.
COMPARED = {
    "hot_today": ("civic",),
    "hot_overdue": ("song",),
    "new_website": ("civic",),
    "won_week": ("song",),
    "won_month": ("sylphy", "civic"),
    "won_show": ("song",),
    "won_store2": ("song",),
    "lost_waiting": ("sylphy",),
    "late_level2": ("song",),
}
LOST_TO = {"lost_price": "civic", "lost_store2": "song"}


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def _load_demo_rivals(self):
        """Note on the demo prospects what they compared, once."""
        for key, names in COMPARED.items():
            lead = self.env.ref(f"auto_crm_lead.demo_lead_{key}", False)
            if lead and not lead.rival_model_ids:
                lead.with_context(tracking_disable=True).rival_model_ids = self.env[
                    "auto.competitor.model"
                ].union(
                    *(
                        self.env.ref(f"auto_crm_lead.competitor_model_{name}")
                        for name in names
                    )
                )
        noted = self.env["auto.competitor.customer"]
        for key, name in LOST_TO.items():
            lead = self.env.ref(f"auto_crm_lead.demo_lead_{key}", False)
            if not lead or lead.competitor_model_id:
                continue
            model = self.env.ref(f"auto_crm_lead.competitor_model_{name}")
            lead.with_context(tracking_disable=True).write(
                {
                    "competitor_id": model.competitor_id.id,
                    "competitor_model_id": model.id,
                }
            )
            customers = noted.search([("lead_id", "=", lead.id)])
            if customers:
                customers.competitor_model_id = model
            else:
                noted._note_lost(lead)
