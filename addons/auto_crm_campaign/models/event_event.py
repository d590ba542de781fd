from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class EventEvent(models.Model):
    """An event of a campaign: whoever comes becomes a prospect of the store."""

    _inherit = "event.event"

    auto_campaign_id = fields.Many2one(
        comodel_name="utm.campaign",
        string="Campaign",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('auto_store_id', '!=', False)]",
    )
    auto_takes_in = fields.Boolean(
        string="Guests become prospects",
        default=True,
        help="Whoever comes is taken in as a prospect of the store: known ones get one "
        "more contact. Turn it off for days on which nothing is sold.",
    )
    auto_attended_count = fields.Integer(
        string="Guests who came", compute="_compute_auto_attended_count"
    )
    auto_guest_count = fields.Integer(
        string="Guests",
        compute="_compute_auto_attended_count",
        help="Everybody on the guest list, walk-ins included.",
    )
    auto_lead_count = fields.Integer(
        string="Prospects of the guests", compute="_compute_auto_results"
    )
    auto_reservation_count = fields.Integer(
        string="Reserved at the event",
        compute="_compute_auto_results",
        help="Reservations of its guests, made from its beginning to its end.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_auto_attended_count(self):
        registrations = self.env["event.registration"]
        counts = {}
        if registrations.has_access("read"):
            counts = {
                (event, state): count
                for event, state, count in registrations._read_group(
                    [("event_id", "in", self.ids), ("state", "!=", "cancel")],
                    ["event_id", "state"],
                    ["__count"],
                )
            }
        states = ("draft", "open", "done")
        for event in self:
            here = [counts.get((event._origin, state), 0) for state in states]
            event.auto_guest_count = sum(here)
            event.auto_attended_count = here[-1]

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_auto_results(self):
        # Shown on the form, of one event.
        for event in self:
            event.auto_lead_count = event._origin._auto_count("leads")
            event.auto_reservation_count = event._origin._auto_count("reservations")

    @api.constrains("auto_campaign_id", "company_id")
    def _check_auto_store(self):
        for event in self:
            campaign = event.auto_campaign_id
            if not campaign:
                continue
            if not event.company_id:
                raise ValidationError(self.env._("Which store holds “%s”?", event.name))
            if event.company_id not in campaign.store_ids | campaign.auto_store_id:
                raise ValidationError(
                    self.env._(
                        "%(store)s does not take part in “%(campaign)s”.",
                        store=event.company_id.name,
                        campaign=campaign.title,
                    )
                )

    @api.onchange("auto_campaign_id")
    def _onchange_auto_campaign_id(self):
        if not self.name and self.auto_campaign_id:
            self.name = self.auto_campaign_id.title

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _auto_result_domain(self, key):
        """Return model and domain of what the guests led to, or ``(None, None)``.

        :param str key: of ``utm.campaign._auto_results``; what is not a prospect
            counts while the event lasts
        """
        self.ensure_one()
        source = self.env["utm.campaign"]._auto_results().get(key)
        if not source or not self.id:
            return None, None
        # Who the guests' prospects are is no secret of the list; what is counted and
        # opened is what the user may read.
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        leads = leads.search([("registration_ids.event_id", "=", self.id)])
        domain = Domain(source["domain"]) & Domain(source["lead"], "in", leads.ids)
        if source["lead"] != "id":
            domain &= Domain(source["date"], ">=", self.date_begin)
            domain &= Domain(source["date"], "<=", self.date_end)
        return source, domain

    def _auto_count(self, key):
        source, domain = self._auto_result_domain(key)
        if not source or not self.env[source["model"]].has_access("read"):
            return 0
        model = self.env[source["model"]].with_context(active_test=False)
        return model.search_count(domain)

    def action_open_auto_result(self):
        """Open what the guests led to, which the context names."""
        self.ensure_one()
        source, domain = self._auto_result_domain(
            self.env.context.get("auto_figure") or "leads"
        )
        if not source:
            return False
        return {
            "type": "ir.actions.act_window",
            "name": f"{source['label']}: {self.name}",
            "res_model": source["model"],
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"create": False, "active_test": False},
        }

    # ------------------------------------------------------------------
    # At the event
    # ------------------------------------------------------------------

    def action_auto_invite(self):
        """Open the window that puts customers and prospects on the guest list."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invite guests"),
            "res_model": "auto.event.invite",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_event_id": self.id},
        }

    def action_auto_walk_in(self):
        """Open the form for somebody who stands here and is on no list."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_intake_wizard_action"
        )
        action["context"] = {
            "default_event_id": self.id,
            "default_company_id": self.company_id.id or self.env.company.id,
            "default_campaign_id": self.auto_campaign_id.id,
            "default_channel_id": self.env.ref("auto_crm_lead.channel_event").id,
        }
        return action

    def action_auto_import(self):
        """Open the import of the list that was kept at the event."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import a list"),
            "res_model": "auto.lead.import",
            "views": [(False, "form")],
            "context": {
                "default_company_id": self.company_id.id or self.env.company.id,
                "default_campaign": self.auto_campaign_id.name,
            },
        }
