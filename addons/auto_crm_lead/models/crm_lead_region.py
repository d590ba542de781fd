from odoo import api, models


class CrmLead(models.Model):
    """Where a prospect lives: as told at intake, for the address and allocation."""

    _inherit = "crm.lead"

    @api.model
    def _intake_country(self, values, company, cache=None):
        """Return the country that ``values`` name, else that of the store."""
        text = values["country"]
        if not text:
            return company.country_id
        cache = {} if cache is None else cache
        key = ("country", text)
        if key not in cache:
            cache[key] = self.env["res.country"].search(
                ["|", ("code", "=ilike", text), ("name", "=ilike", text)], limit=1
            )
        return cache[key] or company.country_id

    @api.model
    def _intake_state(self, item, cache=None, guess=False):
        """Return the region that the person of ``item`` named, or lives in.

        :param bool guess: also by the city's province and the area of the number
        """
        values = item["values"]
        if not (values["region"] or values["city"] or (guess and values["phone"])):
            return self.env["res.country.state"]
        return self.env["res.country.state"]._auto_find(
            self._intake_country(values, item["company"], cache),
            values["region"],
            values["city"],
            values["phone"],
            guess=guess,
        )

    def _region_for_allocation(self):
        """Return the region to allocate by: that of the address, else a guess."""
        self.ensure_one()
        return self.state_id or self.env["res.country.state"]._auto_find(
            self.country_id or self.company_id.country_id,
            city=self.city or "",
            phone=self.phone_sanitized or "",
        )

    @api.model
    def _intake_optional_values(self, item, cache):
        vals = super()._intake_optional_values(item, cache)
        state = self._intake_state(item, cache)
        if state:
            vals["state_id"] = state.id
        return vals

    @api.model
    def _intake_customer_values(self, item):
        vals = super()._intake_customer_values(item)
        state = self._intake_state(item)
        if state:
            vals.update(state_id=state.id, country_id=state.country_id.id)
        return vals

    @api.model
    def _intake_lead_values(self, item, customer, cache):
        vals = super()._intake_lead_values(item, customer, cache)
        if vals.get("state_id"):
            told = customer.state_id.id == vals["state_id"]
            if not told and (customer.street or customer.city or customer.state_id):
                del vals["state_id"]  # the address of the customer stays whole
            else:
                vals["country_id"] = (
                    self.env["res.country.state"].browse(vals["state_id"]).country_id.id
                )
        return vals

    @api.model
    def _intake_summary(self, item):
        summary = super()._intake_summary(item)
        region = item["values"]["region"]
        if region and not self._intake_state(item):
            summary = "\n".join(
                filter(None, (summary, self.env._("Region given: %s", region)))
            )
        return summary
