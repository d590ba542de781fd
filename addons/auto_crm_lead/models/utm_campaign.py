from odoo import api, models


class UtmCampaign(models.Model):
    """What a campaign leads to."""

    _inherit = "utm.campaign"

    @api.model
    def _auto_results(self):
        """Return what campaigns lead to; other addons add theirs.

        :return: ``{key: source}``, where a source is a dict with ``label``, ``icon``
            (Font Awesome), ``model``, ``domain`` of the records that count,
            ``campaign`` (path of many2one fields to the campaign), ``lead`` (field of
            the prospect; ``id`` for prospects themselves), ``date`` (field), and where
            the records are worth something ``amount`` (a monetary field) and ``rate``
            (a field with the rate of its currency to the store's)
        """
        results = {
            "leads": {
                "label": self.env._("Prospects"),
                "icon": "fa-star",
                "model": "crm.lead",
                "domain": [("is_spam", "=", False)],
                "campaign": "campaign_id",
                "lead": "id",
                "date": "create_date",
            }
        }
        if "auto.test.drive" in self.env:
            results["test_drives"] = {
                "label": self.env._("Test drives"),
                "icon": "fa-road",
                "model": "auto.test.drive",
                "domain": [("state", "in", ("back", "done"))],
                "campaign": "lead_id.campaign_id",
                "lead": "lead_id",
                "date": "start",
            }
        return results
