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
        if not leads and not partners:
            raise UserError(self.env._("Who shall be invited?"))
        if len(leads) + len(partners) > MOST:
            raise UserError(self.env._("At most %s guests at a time.", MOST))
        guests = self.env["event.registration"]
        # Whoever is on the list is not put on it again, seen or not.
        there = guests.sudo().search([("event_id", "=", self.event_id.id)])
        known_partners = there.partner_id
        known_leads = there.lead_ids
        vals_list = []
        linked = []
        for lead in leads - known_leads.with_env(self.env):
            if lead.partner_id and lead.partner_id in known_partners | partners:
                if lead.partner_id in known_partners:
                    continue
                partners -= lead.partner_id
            # The number is the prospect's; the guest list shows it masked to whom it
            # is masked there.
            own = lead.sudo()
            vals_list.append(
                {
                    "event_id": self.event_id.id,
                    "partner_id": own.partner_id.id,
                    "name": own.contact_name or own.partner_id.name or own.name,
                    "phone": own.phone,
                    "email": own.email_from,
                    "state": self.state,
                }
            )
            linked.append(lead)
        for partner in partners - known_partners.with_env(self.env):
            own = partner.sudo()
            vals_list.append(
                {
                    "event_id": self.event_id.id,
                    "partner_id": own.id,
                    "name": own.name,
                    "phone": own.phone,
                    "email": own.email,
                    "state": self.state,
                }
            )
        created = guests.create(vals_list)
        for guest, lead in zip(created, linked, strict=False):
            guest._auto_link(lead)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event.act_event_registration_from_event"
        )
        action["domain"] = [("event_id", "=", self.event_id.id)]
        action["context"] = {"default_event_id": self.event_id.id}
        return action
