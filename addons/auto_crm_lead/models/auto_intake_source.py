import base64
import hmac
import secrets

from odoo import api, fields, models

# Doubled braces are for Python's format().
EXAMPLE = """\
SECRET='paste the secret here'
BODY='{{"name": "Test Person", "phone": "+86 138 0013 8000", "message": "Hello"}}'
TIME=$(date +%s)
SIGN=$(printf '%s.%s' "$TIME" "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/.* //')
curl -i '{url}' \\
  -H 'Content-Type: application/json' \\
  -H "Idempotency-Key: test-$TIME" \\
  -H "X-AutoCrm-Timestamp: $TIME" \\
  -H "X-AutoCrm-Signature: sha256=$SIGN" \\
  --data-binary "$BODY"

# The same in Python
import hashlib, hmac, json, time, urllib.request
body = json.dumps({{"name": "Test Person", "phone": "+86 138 0013 8000"}}).encode()
moment = str(int(time.time()))
digest = hmac.new(b"paste the secret here", moment.encode() + b"." + body, hashlib.sha256)
urllib.request.urlopen(urllib.request.Request("{url}", body, {{
    "Content-Type": "application/json",
    "Idempotency-Key": "test-" + moment,
    "X-AutoCrm-Timestamp": moment,
    "X-AutoCrm-Signature": "sha256=" + digest.hexdigest(),
}}))
"""  # noqa: E501


class AutoIntakeSource(models.Model):
    """One door for prospects from outside: a website, a portal, a mail address.

    Its token is part of the address that the sender calls, its secret signs
    what the sender sends. It says to which store the prospects go.
    """

    _name = "auto.intake.source"
    _inherit = ["mail.alias.mixin.optional"]
    _description = "Prospect door"
    _order = "company_id, name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    channel_id = fields.Many2one(
        comodel_name="auto.intake.channel",
        string="Channel",
        required=True,
        ondelete="restrict",
    )
    token = fields.Char(
        required=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(24),
        groups="auto_crm_base.group_config",
        help="The part of the address that names this door. Who has it may send, "
        "when the door does not ask for a signature.",
    )
    secret = fields.Char(
        copy=False,
        required=True,
        default=lambda self: secrets.token_urlsafe(36),
        groups="auto_crm_base.group_config",
        help="The key that both sides sign with. Give it to the sender once, by a "
        "safe way; it is not shown to anyone else.",
    )
    allow_unsigned_adf = fields.Boolean(
        string="Accept ADF without signature",
        help="For a sender of ADF that cannot sign: the token in the address is "
        "then all that protects this door.",
    )
    rate_limit = fields.Integer(
        string="Deliveries a minute",
        default=300,
        help="At most so many from one sender's address; more are asked to come "
        "back later. 0: no limit.",
    )
    utm_source_id = fields.Many2one(
        comodel_name="utm.source", string="Source", ondelete="restrict"
    )
    utm_medium_id = fields.Many2one(
        comodel_name="utm.medium", string="Medium", ondelete="restrict"
    )
    utm_campaign_id = fields.Many2one(
        comodel_name="utm.campaign",
        string="Campaign",
        ondelete="set null",
        help="For prospects that come without one.",
    )

    json_url = fields.Char(
        string="Address for JSON",
        compute="_compute_urls",
        groups="auto_crm_base.group_config",
    )
    adf_url = fields.Char(
        string="Address for ADF",
        compute="_compute_urls",
        groups="auto_crm_base.group_config",
    )
    form_url = fields.Char(
        string="Address of the enquiry form",
        compute="_compute_urls",
        groups="auto_crm_base.group_config",
        help="A page for customers, to be linked from the website or printed as a "
        "code.",
    )
    example = fields.Text(
        string="Ready to run",
        compute="_compute_urls",
        groups="auto_crm_base.group_config",
    )
    has_form = fields.Boolean(
        string="Enquiry form",
        default=True,
        help="Whether the page with the enquiry form is open.",
    )
    privacy_text = fields.Text(
        string="Consent text",
        translate=True,
        help="What the customer agrees to on the enquiry form; kept with the "
        "consent. Empty: the general text.",
    )
    marketing_text = fields.Text(
        string="Advertising text",
        translate=True,
        help="When filled in, the enquiry form asks in these words, as a choice of "
        "its own, whether the customer wants news and offers.",
    )
    intake_count = fields.Integer(string="Deliveries", compute="_compute_counts")
    quarantine_count = fields.Integer(string="In quarantine", compute="_compute_counts")
    last_intake_date = fields.Datetime(
        string="Last delivery", compute="_compute_counts"
    )

    _token_uniq = models.Constraint(
        "UNIQUE(token)", "Another door has this token already."
    )

    @api.depends("token")
    def _compute_urls(self):
        # Everybody may know the address of the server.
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        for source in self:
            door = f"{base}/auto_crm/intake/{source.token}"
            source.json_url = f"{door}/json"
            source.adf_url = f"{door}/adf"
            source.form_url = f"{base}/auto/enquiry/{source.token}"
            source.example = EXAMPLE.format(url=source.json_url)

    def _compute_counts(self):
        rows = (
            self.env["auto.lead.intake"]._read_group(
                [("source_id", "in", self.ids)],
                ["source_id", "state"],
                ["__count", "date:max"],
            )
            if self.env["auto.lead.intake"].has_access("read")
            else []
        )
        self.intake_count = self.quarantine_count = 0
        self.last_intake_date = False
        for source, state, count, date in rows:
            source.intake_count += count
            source.last_intake_date = max(source.last_intake_date or date, date)
            if state == "quarantined":
                source.quarantine_count += count

    def action_rotate_secret(self):
        """Give the door a new secret; what is signed with the old one is refused."""
        self.check_access("write")
        for source in self:
            source.secret = secrets.token_urlsafe(36)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "The door has a new secret. Give it to the sender now: what is "
                    "signed with the old one is refused."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_intakes(self):
        """Open what came through this door."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_lead_intake_action"
        )
        return action | {"domain": [("source_id", "=", self.id)], "context": {}}

    def action_open_form(self):
        """Open the enquiry form as a customer sees it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.form_url, "target": "new"}

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("crm.lead")
        if self.id:
            values["alias_defaults"] = {"intake_source_id": self.id}
            values["alias_contact"] = "everyone"
        return values

    def _keep_consents(self, lead, wordings, proof):
        """Keep what a customer agreed to on the enquiry form of this door.

        Only the words of the customer in person lift an earlier refusal of
        advertising: anybody can type somebody's number into a form.

        :param lead: the prospect, as superuser
        :param dict wordings: purpose → the words that were shown and agreed to
        :param str proof: what shows that and how it was agreed to
        """
        self.ensure_one()
        partner = lead.partner_id
        consents = self.env["auto.consent"]
        now = fields.Datetime.now()
        for purpose, wording in wordings.items():
            channels = ["all"]
            if purpose == "marketing":
                known = partner._consent_states_by_channel(
                    ("phone", "sms", "email"), purpose
                )
                reach = {
                    "phone": lead.phone,
                    "sms": lead.phone,
                    "email": lead.email_from,
                }
                channels = [
                    channel
                    for channel, address in reach.items()
                    if address and known[channel].get(partner.id) != "withdrawn"
                ]
            consents.create(
                [
                    {
                        "partner_id": partner.id,
                        "channel": channel,
                        "purpose": purpose,
                        "state": "given",
                        "date": now,
                        "wording": wording,
                        "proof": base64.b64encode(proof.encode()),
                        "source": "web",
                        "user_id": False,
                        "company_id": self.company_id.id,
                    }
                    for channel in channels
                ]
            )

    def _language(self):
        """Return the language in which the people of the door's store read."""
        # Whoever delivers, the store reads what was wrong.
        lang = self.sudo().company_id.partner_id.lang
        installed = dict(self.env["res.lang"].get_installed())
        return lang if lang in installed else self.env.lang or "en_US"

    @api.model
    def _by_token(self, token):
        """Return the door with ``token`` as superuser, else an empty one.

        A door that was shut is returned too, for its sender to be told so.
        """
        # The sender is nobody in Odoo: the token is what lets him in.
        doors = self.sudo().with_context(active_test=False)
        if not token or len(token) > 200 or "\x00" in token:
            return doors.browse()
        door = doors.search([("token", "=", token)], limit=1)
        return (
            door
            if hmac.compare_digest((door.token or "").encode(), token.encode())
            else doors.browse()
        )
