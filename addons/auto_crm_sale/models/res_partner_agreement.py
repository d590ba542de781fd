from odoo import fields, models


class ResPartner(models.Model):
    """The customer's group agreements."""

    _inherit = "res.partner"

    agreement_count = fields.Integer(
        string="Agreements", compute="_compute_agreement_count"
    )

    def _compute_agreement_count(self):
        agreements = self.env["auto.group.agreement"]
        readable = agreements.has_access("read")
        for partner in self:
            partner.agreement_count = (
                agreements.search_count(
                    [("partner_id", "parent_of", partner._origin.id)]
                )
                if readable and partner._origin
                else 0
            )

    def action_view_agreements(self):
        """Open the agreements that hold for the customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_group_agreement_action"
        )
        action["domain"] = [("partner_id", "parent_of", self.id)]
        action["context"] = {"default_partner_id": self.commercial_partner_id.id}
        return action
