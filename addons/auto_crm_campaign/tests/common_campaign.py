from datetime import timedelta

from odoo import fields

from odoo.addons.auto_crm_lead.tests.common import LeadCase


class CampaignCase(LeadCase):
    """A campaign of store 1, planned by its sales manager, with one event."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.users["store_manager", 1]
        cls.head = cls.users["head_office"]
        cls.place = cls.env.ref("auto_crm_campaign.cost_kind_place")
        cls.store.auto_campaign_budget_free = 1000
        cls.store.auto_campaign_cost_free = 500

    @classmethod
    def _campaign(cls, user=None, **values):
        user = user or cls.manager
        return (
            cls.env["utm.campaign"]
            .with_user(user)
            .with_context(allowed_company_ids=(user.company_id | user.company_ids).ids)
            .create(
                {
                    "title": "Spring show",
                    "user_id": user.id,
                    "auto_date_begin": cls.today,
                    "auto_date_end": cls.today + timedelta(days=2),
                    **values,
                }
            )
        )

    @classmethod
    def _cost(cls, campaign, planned=0, **values):
        return (
            cls.env["auto.campaign.cost"]
            .with_env(campaign.env)
            .create(
                {
                    "campaign_id": campaign.id,
                    "company_id": campaign.auto_store_id.id,
                    "kind_id": cls.place.id,
                    "name": "Stand",
                    "planned_amount": planned,
                    **values,
                }
            )
        )

    @classmethod
    def _event(cls, campaign, **values):
        now = fields.Datetime.now()
        return (
            cls.env["event.event"]
            .with_env(campaign.env)
            .create(
                {
                    "name": "Stand in hall 3",
                    "auto_campaign_id": campaign.id,
                    "company_id": campaign.auto_store_id.id,
                    "date_begin": now - timedelta(hours=2),
                    "date_end": now + timedelta(hours=8),
                    "event_mail_ids": [fields.Command.clear()],
                    **values,
                }
            )
        )

    @classmethod
    def _guest(cls, event, **values):
        return (
            cls.env["event.registration"]
            .with_env(event.env)
            .create({"event_id": event.id, "name": "Guest", **values})
        )
