from odoo import api, models


class UtmCampaign(models.Model):
    """Reservations and contracts that a campaign leads to."""

    _inherit = "utm.campaign"

    @api.model
    def _auto_results(self):
        return {
            **super()._auto_results(),
            "reservations": {
                "label": self.env._("Reservations"),
                "icon": "fa-lock",
                "model": "auto.reservation",
                "domain": [("state", "!=", "draft")],
                "campaign": "lead_id.campaign_id",
                "lead": "lead_id",
                "date": "create_date",
            },
            "orders": {
                "label": self.env._("Contracts"),
                "icon": "fa-file-text-o",
                "model": "sale.order",
                "domain": [
                    ("is_vehicle_contract", "=", True),
                    ("state", "=", "sale"),
                ],
                # The prospect says where the customer came from, whatever somebody
                # types in the contract.
                "campaign": "opportunity_id.campaign_id",
                "lead": "opportunity_id",
                "date": "date_order",
                "amount": "amount_untaxed",
                "rate": "currency_rate",
            },
        }
