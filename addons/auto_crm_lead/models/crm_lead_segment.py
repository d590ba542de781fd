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
