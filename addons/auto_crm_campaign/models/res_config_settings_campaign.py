from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """A store's limits of campaigns, on the settings page."""

    _inherit = "res.config.settings"

    auto_campaign_budget_free = fields.Monetary(
        related="company_id.auto_campaign_budget_free",
        readonly=False,
        currency_field="company_currency_id",
    )
    auto_campaign_cost_free = fields.Monetary(
        related="company_id.auto_campaign_cost_free",
        readonly=False,
        currency_field="company_currency_id",
    )
    auto_quiet_from = fields.Float(related="company_id.auto_quiet_from", readonly=False)
    auto_quiet_to = fields.Float(related="company_id.auto_quiet_to", readonly=False)
