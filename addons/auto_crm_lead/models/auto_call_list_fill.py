from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

# More at once is no call list.
LIMIT = 20000


class AutoCallList(models.Model):
    """How people come on a call list."""

    _inherit = "auto.call.list"

    def action_fill(self):
        """Put the people whom the filter finds on the list.

        Whom the list has already stays as it is. Left out are those without a number
        and those who forbade calls for this purpose; they are told.
        """
        self.ensure_one()
        self._check_manager()
        if self.state == "done":
            raise UserError(self.env._("The list is closed."))
        added, known, mute, barred = self._fill()
        parts = [self.env._("%s people added.", added)]
        if known:
            parts.append(self.env._("%s were on the list.", known))
        if mute:
            parts.append(self.env._("%s have no number or no customer record.", mute))
        if barred:
            parts.append(self.env._("%s may not be called.", barred))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if added else "warning",
                "message": " ".join(parts),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _people(self):
        """Return whom the filter finds, as the current user sees them.

        :return: ``(customers, {customer id: prospect id}, how many have no customer)``
        """
        self.ensure_one()
        domain = self._people_domain()
        if self.source == "lead":
            leads = self.env["crm.lead"].search(
                domain & Domain("company_id", "=", self.company_id.id),
                limit=LIMIT,
                order="id",
            )
            with_customer = leads.filtered("partner_id")
            by_partner = {lead.partner_id.id: lead.id for lead in with_customer}
            partners = self.env["res.partner"].browse(by_partner)
            return partners, by_partner, len(leads) - len(with_customer)
        partners = self.env["res.partner"].search(
            domain
            & Domain("store_ids", "in", self.company_id.ids)
            & Domain("is_company", "=", False),
            limit=LIMIT,
            order="id",
        )
        return partners, {}, 0

    def _fill(self):
        """Write the entries of whom the filter finds.

        :return: how many were added, known, without number, not to be called
        """
        partners, leads, mute = self._people()
        entries = self.env["auto.call.list.entry"].sudo()  # agents write none by hand
        # In the database: the number may be masked for who fills the list.
        numbered = partners.sudo().filtered("phone").with_env(self.env)
        mute += len(partners) - len(numbered)
        known = entries.search([("list_id", "=", self.id)]).partner_id.with_env(
            self.env
        )
        new = numbered - known
        states = new._consent_states("phone", self.purpose)
        allowed = new.filtered(lambda one: states.get(one.id) != "withdrawn")
        entries.create(
            [
                {
                    "list_id": self.id,
                    "partner_id": partner.id,
                    "lead_id": leads.get(partner.id),
                }
                for partner in allowed
            ]
        )
        self.invalidate_recordset()
        return len(allowed), len(numbered & known), mute, len(new) - len(allowed)
