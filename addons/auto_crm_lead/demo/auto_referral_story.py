"""Who recommended prospects of the demo group, and whom of them we have thanked."""

from datetime import timedelta

from odoo import api, models

# Prospect, who recommended it, way, days since, whether thanked.
TOLD = (
    ("won_referral", "customer_zhang_min", "staff", 90, True),
    ("shelved_abroad", "customer_zhang_min", "link", 40, True),
    ("new_chat", "customer_xinghe", "link", 0, False),
    ("hot_today", "customer_luo_dan", "staff", 5, False),
)


class AutoReferral(models.Model):
    _inherit = "auto.referral"

    @api.model
    def _load_demo_referrals(self):
        """Let demo customers recommend prospects, once."""
        quiet = self.with_context(
            tracking_disable=True, mail_activity_quick_update=True
        )
        for lead_key, owner_key, way, days, thanked in TOLD:
            lead = self.env.ref(f"auto_crm_lead.demo_lead_{lead_key}", False)
            owner = self.env.ref(f"auto_crm_base.demo_{owner_key}", False)
            if not lead or not owner or lead.referral_ids:
                continue
            result = {"lead": lead, "created": True, "repeated": False}
            referral = quiet._note_recommendation(owner, result, way)
            moment = lead.create_date
            referral._step(date=moment)
            if thanked and referral.state != "void":
                referral._step(thanked_date=moment + timedelta(days=1))
                referral.activity_ids.unlink()
            if days and referral.date_bought:
                referral._step(date_bought=moment + timedelta(days=20))
