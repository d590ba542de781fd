from odoo import api, fields, models
from odoo.tools import format_date


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "auto.portrait.mixin"]

    @api.depends("opportunity_ids")
    def _compute_portrait_html(self):
        return super()._compute_portrait_html()

    def _portrait_sections(self):
        """Add the facts of the customer and the portrait of the latest prospect."""
        sections = super()._portrait_sections()
        facts = self._portrait_facts()
        leads = self._portrait_leads()
        by_lead = self.env["crm.lead"].union(*leads.values())._portrait_sections()
        for partner in self:
            lead = leads.get(partner)
            if lead:
                sections[partner.id] += by_lead[lead.id]
            else:
                sections[partner.id] += [
                    ("fa-star", self.env._("With us"), facts.get(partner, []))
                ]
        return sections

    def _portrait_leads(self):
        """Return the latest prospect of each customer that the user may read."""
        if not self.env["crm.lead"].has_access("read"):
            return {}
        leads = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search([("partner_id", "in", self.ids)], order="active, id")
        )
        return {lead.partner_id: lead for lead in leads}

    def _portrait_facts(self):
        """Return what the archive says of each customer: cars, level, purchases.

        :return: dict from partner to lines ``(label, value)``
        """
        vehicles = {}
        if self.env["auto.vehicle"].has_access("read"):
            vehicles = dict(
                self.env["auto.vehicle"]._read_group(
                    [("owner_id", "in", self.ids)], ["owner_id"], ["id:recordset"]
                )
            )
        won = {}
        if self.env["crm.lead"].has_access("read"):
            won = dict(
                self.env["crm.lead"]
                .with_context(active_test=False)
                ._read_group(
                    [("partner_id", "in", self.ids), ("won_status", "=", "won")],
                    ["partner_id"],
                    ["__count"],
                )
            )
        since = self._portrait_since()
        facts = {}
        for partner in self:
            cars = vehicles.get(partner, self.env["auto.vehicle"])
            level = "auto_level_id" in partner and partner.auto_level_id
            facts[partner] = self._portrait_lines(
                (
                    self.env._("Customer since"),
                    partner in since and format_date(self.env, since[partner]),
                ),
                (self.env._("Level:"), level and level.display_name),
                (
                    self.env._("Drives:"),
                    ", ".join(cars[:3].mapped("model_id.display_name")),
                ),
                (self.env._("Bought through us:"), won.get(partner)),
            )
        return facts

    def _portrait_since(self):
        """Return since when each is a customer: the record, or the first own car."""
        since = {
            partner: fields.Datetime.context_timestamp(
                partner, partner.create_date
            ).date()
            for partner in self
            if partner.create_date
        }
        owners = self.env["auto.vehicle.owner"]
        if owners.has_access("read"):
            for partner, first in owners._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["date_start:min"]
            ):
                since[partner] = min(first, since.get(partner, first))
        return since
