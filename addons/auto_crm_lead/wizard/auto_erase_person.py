from odoo import api, models
from odoo.fields import Domain


class AutoErasePerson(models.TransientModel):
    _inherit = "auto.erase.person"

    @api.model
    def _erase_models(self, persons):
        """Add the prospects of the persons and what their doors received."""
        # Prospects of all stores, also won, lost and archived ones.
        leads = (
            self.env["crm.lead"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", "in", persons.ids)])
        )
        on_leads = Domain("res_model", "=", "crm.lead") & Domain(
            "res_id", "in", leads.ids
        )
        return [
            {
                "model": "auto.lead.identity",
                "domain": Domain("lead_id", "in", leads.ids),
                "label": self.env._("Identities of open prospects deleted"),
                "delete": True,
            },
            {
                "model": "auto.lead.intake",
                "domain": Domain("lead_id", "in", leads.ids),
                "label": self.env._("Deliveries whose content is removed"),
                "values": {
                    "raw": False,
                    "raw_file": False,
                    "corrected_body": False,
                    "person": False,
                    "is_blanked": True,
                },
            },
            {
                "model": "mail.message",
                "domain": Domain("model", "=", "crm.lead")
                & Domain("res_id", "in", leads.ids),
                "label": self.env._("Messages of prospects deleted"),
                "delete": True,
            },
            {
                "model": "mail.activity",
                "domain": on_leads,
                "label": self.env._("Planned activities of prospects deleted"),
                "delete": True,
            },
            {
                "model": "auto.referral",
                "domain": Domain("referrer_id", "in", persons.ids)
                | Domain("friend_id", "in", persons.ids),
                "label": self.env._("Recommendations that stay without a note"),
                "values": {"note": False},
            },
            {
                "model": "auto.competitor.customer",
                "domain": Domain("partner_id", "in", persons.ids),
                "label": self.env._("Notes on cars of competitors deleted"),
                "delete": True,
            },
            {
                "model": "crm.lead",
                "domain": Domain("id", "in", leads.ids),
                "label": self.env._("Prospects that stay without a name, closed"),
                "values": self._erased_lead_values(),
            },
            *self._erase_drives(persons),
            *super()._erase_models(persons),
        ]

    @api.model
    def _erase_drives(self, persons):
        """Return what is erased of the test drives of the persons."""
        drives = self.env["auto.test.drive"].sudo()  # of all stores
        drives = drives.search([("partner_id", "in", persons.ids)])
        return [
            {
                "model": "mail.message",
                "domain": Domain("model", "=", "auto.test.drive")
                & Domain("res_id", "in", drives.ids),
                "label": self.env._("Messages of test drives deleted"),
                "delete": True,
            },
            {
                "model": "auto.test.drive",
                "domain": Domain("id", "in", drives.ids),
                "label": self.env._("Test drives that stay without a name"),
                "values": {
                    "driver_name": self.env._("Erased person"),
                    **dict.fromkeys(
                        (
                            "licence_number",
                            "licence_issue_date",
                            "licence_expiry_date",
                            "driver_signature",
                            "terms_signed",
                            "note",
                            "liked",
                            "disliked",
                            "next_step",
                            "reason_note",
                            "date_remind",
                        ),
                        False,
                    ),
                },
            },
        ]

    @api.model
    def _erased_lead_values(self):
        """Return the values that leave nothing personal on a ``crm.lead``."""
        cleared = (
            "contact_name",
            "partner_name",
            "phone",
            "email_from",
            "website",
            "function",
            "street",
            "street2",
            "zip",
            "city",
            "description",
            "social_id",
            "wanted_text",
            "need_household",
            "tradein_plate",
            "next_step",
            "last_contact_summary",
        )
        return {**dict.fromkeys(cleared, False), "name": self.env._("Erased person")}

    def action_erase(self):
        """Close the prospects that are still open: nobody is left to follow up."""
        result = super().action_erase()
        # Prospects of all stores, as above; the right was checked in erasing.
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        leads.search([("partner_id", "in", self._persons().ids)])._close_erased()
        return result
