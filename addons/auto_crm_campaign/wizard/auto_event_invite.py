from odoo import api, fields, models
from odoo.exceptions import UserError

MOST = 2000


class AutoEventInvite(models.TransientModel):
    """Puts customers and prospects of the store on the guest list of an event."""

    _name = "auto.event.invite"
    _inherit = ["auto.window.mixin"]
    _description = "Invite guests"
    _document_field = "event_id"

    event_id = fields.Many2one(
        comodel_name="event.event",
        string="Event",
        required=True,
        domain="[('auto_campaign_id', '!=', False), ('is_finished', '=', False)]",
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Customers",
        domain="[('is_auto_customer', '=', True)]",
    )
    lead_ids = fields.Many2many(
        comodel_name="crm.lead",
        string="Prospects",
        domain="[('won_status', '=', 'pending')]",
    )
    segment_ids = fields.Many2many(
        comodel_name="auto.segment",
        string="Segments",
        help="Everybody who is in one of these now.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Invited, no answer yet"),
            ("open", "Has agreed to come"),
        ],
        string="As",
        required=True,
        default="draft",
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        active = self.env.context.get("active_ids") or []
        model = self.env.context.get("active_model")
        names = {"res.partner": "partner_ids", "crm.lead": "lead_ids"}
        if model in names and names[model] in fields_list:
            values[names[model]] = [(6, 0, active)]
        return values

    def action_confirm(self):
        """Put them on the list, nobody twice; open the list.

        :raise UserError: when nobody is chosen, or too many are
        """
        self.ensure_one()
        self.event_id.check_access("read")
        # Nobody invites whom they cannot see.
        leads = self.lead_ids._filtered_access("read")
        partners = self.partner_ids._filtered_access("read")
        for segment in self.segment_ids:
            segment.check_access("read")
            members = segment._members(limit=MOST + 1)
            if members._name == "crm.lead":
                leads |= members
            else:
                partners |= members
        if not leads and not partners:
            raise UserError(self.env._("Who shall be invited?"))
        if len(leads) + len(partners) > MOST:
            raise UserError(self.env._("At most %s guests at a time.", MOST))
        self._invite(leads, partners)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event.act_event_registration_from_event"
        )
        action["domain"] = [("event_id", "=", self.event_id.id)]
        action["context"] = {"default_event_id": self.event_id.id}
        return action

    def _invite(self, leads, partners):
        """Put prospects and customers on the list, unless they are on it."""
        guests = self.env["event.registration"]
        # Whoever is on the list is not put on it again, seen or not.
        there = guests.sudo().search([("event_id", "=", self.event_id.id)])
        listed = there.partner_id.ids
        new_leads = leads.browse()
        for lead in leads.filtered(lambda one: one.id not in there.lead_ids.ids):
            # Whose customer a prospect is, is not shown, only not listed twice.
            person = lead.sudo().partner_id.id
            if person and person in listed:
                continue
            listed.append(person)
            new_leads |= lead
        new_partners = partners.filtered(lambda one: one.id not in listed)
        # A number is kept whole; the guest list shows it masked to whom it is masked
        # elsewhere. The customer of a prospect comes with the link.
        created = guests.create(
            [
                {
                    "event_id": self.event_id.id,
                    "name": lead.contact_name or lead.partner_id.name or lead.name,
                    "phone": lead.phone,
                    "email": lead.email_from,
                    "state": self.state,
                }
                for lead in new_leads.sudo()
            ]
            + [
                {
                    "event_id": self.event_id.id,
                    "partner_id": partner.id,
                    "name": partner.name,
                    "phone": partner.phone,
                    "email": partner.email,
                    "state": self.state,
                }
                for partner in new_partners.sudo()
            ]
        )
        for guest, lead in zip(created[: len(new_leads)], new_leads, strict=True):
            guest._auto_link(lead)
