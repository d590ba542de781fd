from odoo import api, models
from odoo.fields import Domain


class CrmLead(models.Model):
    """Prospects belong to the campaigns of their own store."""

    _inherit = "crm.lead"

    @api.model
    def _intake_campaign_values(self, values, cache):
        """Prefer the campaign of this store among those of one name.

        A list names a campaign by its title, and two stores may have the same one;
        what only another store has is none of this store's.
        """
        text = values["campaign"]
        if not text:
            return super()._intake_campaign_values(values, cache)
        company = self.env.company
        key = ("auto campaign", company.id, text)
        if key not in cache:
            exact = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            named = Domain("name", "=ilike", exact) | Domain("title", "=ilike", exact)
            found = self.env["utm.campaign"].search(
                named & Domain("auto_store_id", "!=", False), order="id desc"
            )
            own = found.filtered(lambda one: company in one.store_ids)
            cache[key] = (own[:1].id, bool(found))
        own_id, is_planned = cache[key]
        if not is_planned:
            return super()._intake_campaign_values(values, cache)
        vals = super()._intake_campaign_values({**values, "campaign": ""}, cache)
        vals["campaign_id"] = own_id
        return vals
