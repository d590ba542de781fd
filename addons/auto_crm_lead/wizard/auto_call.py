from odoo import models


class AutoCall(models.TransientModel):
    _inherit = "auto.call"

    def action_new_prospect(self):
        """Go on in the form for new prospects, with what the call knows.

        That form finds the open prospect of a known person by itself, and writes
        the one contact of this call.
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_intake_wizard_action"
        )
        channel = self.env["auto.intake.channel"].search(
            [("code", "=", "phone")], limit=1
        )
        action["context"] = {
            "default_channel_id": channel.id,
            "default_name": self.partner_id.name or self.new_name,
            "default_phone": self.number,
            "default_email": self.new_email,
            "default_message": self.summary,
        }
        return action

    def _prepare_contact_values(self):
        """Log the call on the customer's open prospect, where the agent sees one."""
        values = super()._prepare_contact_values()
        leads = self.env["crm.lead"]
        if self.partner_id and leads.has_access("read"):
            values["lead_id"] = leads.search(
                [
                    ("partner_id", "=", self.partner_id.id),
                    ("won_status", "=", "pending"),
                    ("company_id", "=", self.env.company.id),
                ],
                limit=1,
            ).id
        return values
