from odoo import fields, models
from odoo.fields import Domain


class CrmLead(models.Model):
    _inherit = "crm.lead"

    auto_segment_ids = fields.Many2many(
        comodel_name="auto.segment",
        string="Segments",
        compute="_compute_auto_segment_ids",
        compute_sudo=False,
        search="_search_auto_segment_ids",
        groups="auto_crm_base.group_consultant,auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,auto_crm_base.group_head_office,"
        "auto_crm_base.group_callcentre,auto_crm_base.group_auditor",
    )

    def _compute_auto_segment_ids(self):
        segments = self.env["auto.segment"]
        self.auto_segment_ids = segments
        leads = self.with_context(active_test=False)
        for segment in segments.search([("target", "=", "lead")]):
            inside = leads.search(
                segment._member_domain() & Domain("id", "in", self.ids)
            )
            for lead in self & inside:
                lead.auto_segment_ids |= segment

    def _search_auto_segment_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self.env["auto.segment"]._domain_of(self._name, value)

    def _complete_customers(self):
        """Give those without a customer record theirs, found or new, as intake does.

        They were there before this was installed. What somebody agreed to, and what
        was written to them, is kept with the customer.
        """
        # Who it is, intake finds out for everybody.
        leads = self.sudo().filtered(
            lambda lead: lead.company_id and not lead.partner_id
        )
        items = {}
        for lead in leads:
            company = lead.company_id
            keys = self._person_keys(
                company, lead.phone, lead.email_from, lead.social_id
            )
            found = {kind: value for _company, kind, value in keys}
            if not found:
                continue
            items[lead] = {
                "company": company,
                "keys": keys,
                "values": {
                    "name": lead.contact_name or lead.partner_name or lead.name,
                    "phone": found.get("phone"),
                    "email": found.get("email"),
                    "social_id": found.get("social"),
                    "street": lead.street,
                    "city": lead.city or "",
                    "zip": lead.zip,
                    "region": lead.state_id.name or "",
                    "country": lead.country_id.code or "",
                },
            }
        customers = self.sudo()._intake_customers(list(items.values()))
        for lead, customer in zip(items, customers, strict=True):
            lead.partner_id = customer
