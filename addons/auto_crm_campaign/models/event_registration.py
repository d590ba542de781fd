from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

CHANNEL = "event"


class EventRegistration(models.Model):
    """A guest: invited, coming, here. Whoever comes goes through the one intake."""

    _name = "event.registration"
    _inherit = ["event.registration", "auto.masked.mixin"]

    auto_lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        compute="_compute_auto_lead_id",
        compute_sudo=False,
        help="The prospect that the guest is.",
    )
    auto_may_reserve = fields.Boolean(compute="_compute_auto_lead_id")

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("lead_ids")
    def _compute_auto_lead_id(self):
        may_reserve = "auto.reservation" in self.env and self.env[
            "auto.reservation"
        ].has_access("create")
        # Which prospects a guest is, is a field of other groups; told is only the one
        # that the user may read.
        guests = self.sudo()
        readable = guests.lead_ids.with_env(self.env)._filtered_access("read")
        for guest, known in zip(self, guests, strict=True):
            leads = known.lead_ids.with_env(self.env) & readable
            guest.auto_lead_id = leads.sorted("id", reverse=True)[:1]
            guest.auto_may_reserve = may_reserve and guest.auto_lead_id.active

    # ------------------------------------------------------------------
    # Numbers
    # ------------------------------------------------------------------

    @api.model
    def _masked_fields(self):
        return {**super()._masked_fields(), "phone": "phone"}

    @api.model
    def _masked_fields_in_export(self):
        return {**super()._masked_fields_in_export(), "email": "email"}

    @api.model
    def _mask_exempt_domain(self):
        """Show the numbers of one's own customers and of who one registered."""
        return Domain("partner_id.user_id", "=", self.env.uid) | (
            Domain("partner_id", "=", False) & Domain("create_uid", "=", self.env.uid)
        )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._auto_check_partners([vals.get("partner_id") for vals in vals_list])
        guests = super().create(vals_list)
        for guest in guests:
            campaign = guest.event_id.auto_campaign_id
            if campaign and not guest.utm_campaign_id:
                guest.utm_campaign_id = campaign
        guests.filtered(lambda guest: guest.state == "done")._auto_take_in()
        return guests

    def write(self, vals):
        arriving = self.browse()
        self._auto_check_partners([vals.get("partner_id")])
        if vals.get("state") == "done":
            arriving = self.filtered(lambda guest: guest.state != "done")
        res = super().write(vals)
        arriving._auto_take_in()
        return res

    @api.model
    def _auto_check_partners(self, partner_ids):
        """Refuse persons whom the user cannot see: a guest shows who it is.

        :raise AccessError: for one that the user may not read
        """
        ids = {one for one in partner_ids if one}
        if ids and not self.env.su and self.env.user._auto_roles():
            self.env["res.partner"].browse(ids).check_access("read")

    def _apply_lead_generation_rules(self, event_lead_rules=False):
        # Guests of our events come in by the one intake, which knows who is a
        # prospect already.
        own = self.filtered("event_id.auto_campaign_id")
        return super(EventRegistration, self - own)._apply_lead_generation_rules(
            event_lead_rules
        )

    # ------------------------------------------------------------------
    # Intake
    # ------------------------------------------------------------------

    def _auto_take_in(self):
        """Take who came in as prospects of the store that holds the event.

        A guest without a usable number or address is let in all the same; the
        guest's log says why nobody follows up.
        """
        guests = self.filtered(
            lambda guest: (
                guest.event_id.auto_campaign_id
                and guest.event_id.auto_takes_in
                # A walk-in was taken in before.
                and not guest.sudo().lead_ids
            )
        )
        taken = []
        # The door lets in whom it may check in; what becomes of the values is the
        # intake's, as for a list that a system delivers.
        lead_model = self.env["crm.lead"].sudo()
        for guest in guests:
            item = guest._auto_intake_item()
            try:
                lead_model._intake_normalise(item["values"], item["company"])
            except ValidationError as error:
                guest._message_log(
                    body=self.env._("Not taken in as a prospect: %s", error.args[0])
                )
                continue
            taken.append((guest, item))
        if not taken:
            return
        leads = lead_model._intake_batch([item for _guest, item in taken])
        for (guest, _item), lead in zip(taken, leads, strict=True):
            guest._auto_link(lead)

    def _auto_intake_item(self):
        """Return the guest as an item of ``crm.lead._intake_batch``."""
        self.ensure_one()
        guest = self.sudo()  # whole numbers, whoever is at the door
        event = guest.event_id
        company = event.company_id or self.env.company
        user = guest.partner_id.user_id
        if company not in user.company_ids:
            own = "consultant" in self.env.user._auto_roles()
            mine = own and company in self.env.user.company_ids
            user = self.env.user if mine else user.browse()
        return {
            "values": {
                "name": guest.name or guest.partner_id.name,
                "phone": guest.phone or guest.partner_id.phone,
                "email": guest.email or guest.partner_id.email,
                "social_id": guest.partner_id.social_id,
                "campaign": event.auto_campaign_id.name,
                "message": self.env._("Came to “%s”.", event.name),
            },
            "channel": CHANNEL,
            "company": company,
            "user": user,
            "external_ref": f"event-guest-{guest.id}",
        }

    def _auto_link(self, lead):
        """Link the guest with the prospect that it is.

        :param lead: the ``crm.lead``
        """
        self.ensure_one()
        # The link is the system's: consultants write neither list.
        guest = self.sudo()
        lead = lead.sudo()
        vals = {"lead_ids": [Command.link(lead.id)]}
        if not guest.partner_id:
            vals["partner_id"] = lead.partner_id.id
        guest.with_context(event_lead_rule_skip=True).write(vals)
        if not lead.event_id:
            lead.event_id = guest.event_id

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_auto_lead(self):
        """Open the prospect that the guest is."""
        self.ensure_one()
        if not self.auto_lead_id:
            raise UserError(self.env._("The guest is no prospect of yours."))
        return self.auto_lead_id._get_records_action()

    def action_auto_reserve(self):
        """Reserve a car for the guest, here at the event."""
        self.ensure_one()
        if not self.auto_may_reserve:
            raise UserError(self.env._("There is nothing to reserve for this guest."))
        return self.auto_lead_id.action_reserve()
