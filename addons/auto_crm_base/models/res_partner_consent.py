from odoo import api, fields, models
from odoo.fields import Domain

# The channels of the contact log that a channel of consent stands for.
CONTACT_CHANNELS = {
    "phone": ("phone",),
    "sms": ("sms",),
    "email": ("email",),
    "wechat": ("chat",),
    "post": ("letter", "fax"),
}


class ResPartner(models.Model):
    _inherit = "res.partner"

    consent_ids = fields.One2many(
        comodel_name="auto.consent",
        inverse_name="partner_id",
        string="Consents",
        groups="auto_crm_base.group_consultant,"
        "auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,"
        "auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
        "auto_crm_base.group_adviser,auto_crm_base.group_service_manager,"
        "auto_crm_base.group_complaint,auto_crm_base.group_callcentre,"
        "base.group_system",
    )
    consent_phone = fields.Selection(
        selection="_selection_consent_state",
        string="Advertising by phone",
        compute="_compute_consent_states",
    )
    consent_sms = fields.Selection(
        selection="_selection_consent_state",
        string="Advertising by SMS",
        compute="_compute_consent_states",
    )
    consent_email = fields.Selection(
        selection="_selection_consent_state",
        string="Advertising by e-mail",
        compute="_compute_consent_states",
    )
    consent_wechat = fields.Selection(
        selection="_selection_consent_state",
        string="Advertising by WeChat",
        compute="_compute_consent_states",
    )
    consent_post = fields.Selection(
        selection="_selection_consent_state",
        string="Advertising by post",
        compute="_compute_consent_states",
    )

    @api.model
    def _selection_consent_state(self):
        return [
            ("unknown", self.env._("Not asked")),
            ("given", self.env._("Allowed")),
            ("withdrawn", self.env._("Forbidden")),
        ]

    @api.depends("consent_ids.state", "phone_sanitized", "email_normalized")
    def _compute_consent_states(self):
        states = self._consent_states_by_channel(tuple(CONTACT_CHANNELS), "marketing")
        for partner in self:
            for channel, by_partner in states.items():
                partner[f"consent_{channel}"] = by_partner.get(
                    partner._origin.id, "unknown"
                )

    def _consent_states(self, channel, purpose="marketing"):
        """Return what holds for a channel and a purpose, as ``{id: state}``."""
        return self._consent_states_by_channel((channel,), purpose)[channel]

    def _consent_states_by_channel(self, channels, purpose):
        """Return what holds, as ``{channel: {id: state}}``.

        The latest entry that covers channel and purpose counts; for marketing,
        Odoo's own opt-out lists weigh as a withdrawal, since a customer may have
        used their links. For surveys, who wants no more contact by whatever channel
        is not asked either, unless they said otherwise about surveys.

        :param channels: of phone, sms, email, wechat, post
        :param str purpose: marketing, service or survey
        """
        # A consent given to one store is given to the group.
        partners = self._origin.sudo()
        consents = partners.env["auto.consent"].search_fetch(
            Domain("partner_id", "in", partners.ids)
            & (
                Domain("channel", "in", (*channels, "all"))
                & Domain("purpose", "in", (purpose, "all"))
                | self._opt_out_domain(purpose)
            ),
            ["partner_id", "channel", "purpose", "state"],
            order="date, id",
        )
        states = {channel: {} for channel in channels}
        opted_out = {}
        for consent in consents:
            if consent.purpose not in (purpose, "all"):
                opted_out[consent.partner_id.id] = consent.state == "withdrawn"
                continue
            for channel in channels:
                if consent.channel in (channel, "all"):
                    states[channel][consent.partner_id.id] = consent.state
        for by_partner in states.values():
            for partner_id in filter(opted_out.get, opted_out):
                by_partner.setdefault(partner_id, "withdrawn")
        if purpose == "marketing":
            lists = {"sms": "phone_sanitized_blacklisted", "email": "is_blacklisted"}
            for channel in lists.keys() & states.keys():
                blocked = partners.filtered(lists[channel])
                states[channel].update(dict.fromkeys(blocked.ids, "withdrawn"))
        return states

    @api.model
    def _opt_out_domain(self, purpose):
        """Return the consents for advertising that concern a purpose as well."""
        if purpose != "survey":
            return Domain.FALSE
        return Domain("channel", "=", "all") & Domain("purpose", "=", "marketing")

    def _may_contact(self, channel, purpose="marketing"):
        """Return those of the customers whom we may contact now.

        Every call list, SMS, mailing and survey asks this first. Left out are
        those who forbade the channel or the purpose and, for marketing, those
        whom the store has already contacted as often as its cap allows.
        Marketing by SMS, e-mail or WeChat needs a consent where the store is set
        so. Reminders of the customer's own car need no consent, only no refusal.

        :param str channel: phone, sms, email, wechat or post
        :param str purpose: marketing, service or survey
        :return: the partners who may be contacted, in the same order
        """
        states = self._consent_states(channel, purpose)
        needs_consent = (
            purpose == "marketing" and self.env.company.auto_consent_required
        )
        allowed = self.filtered(
            lambda partner: (
                states.get(partner.id) == "given"
                or (states.get(partner.id) != "withdrawn" and not needs_consent)
            )
        )
        if purpose == "marketing":
            allowed -= allowed._over_contact_cap()
        return allowed

    def _over_contact_cap(self):
        """Return the customers contacted as often as the store's cap allows.

        The whole group counts: a customer does not care which store calls.
        """
        company = self.env.company
        if not company.auto_contact_cap or not self:
            return self.browse()
        since = fields.Datetime.subtract(
            fields.Datetime.now(), days=company.auto_contact_cap_days
        )
        # Contacts of the other stores count too, without being shown.
        counts = (
            self.env["auto.contact"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", self.ids),
                    ("direction", "=", "out"),
                    ("date", ">=", since),
                ],
                ["partner_id"],
                ["__count"],
                having=[("__count", ">=", company.auto_contact_cap)],
            )
        )
        over = {partner.id for partner, _count in counts}
        return self.filtered(lambda partner: partner.id in over)

    def action_auto_opt_out(self):
        """Forbid every marketing contact, as the customer asked."""
        self.check_access("read")
        self._auto_opt_out()

    def _auto_opt_out(self, wording=None, **values):
        """Keep that the customers want no more marketing, by whatever channel.

        :param str wording: what the customer said
        :param values: other fields of ``auto.consent``, such as ``source``
        :return: the ``auto.consent`` records
        """
        return self.env["auto.consent"].create(
            [
                {
                    "partner_id": partner.id,
                    "channel": "all",
                    "purpose": "marketing",
                    "state": "withdrawn",
                    "wording": wording
                    or self.env._("The customer wants no more advertising."),
                    **values,
                }
                for partner in self
            ]
        )

    def action_auto_add_consent(self):
        """Open the form that takes down a consent or its withdrawal."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Consent"),
            "res_model": "auto.consent",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_id": self.id},
        }
