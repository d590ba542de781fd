from odoo import api, fields, models
from odoo.exceptions import ValidationError

CHANNELS = [
    ("all", "Every channel"),
    ("phone", "Phone"),
    ("sms", "SMS"),
    ("email", "E-mail"),
    ("wechat", "WeChat"),
    ("post", "Post"),
]
PURPOSES = [
    ("all", "Every purpose"),
    ("marketing", "Marketing"),
    ("service", "Service reminders"),
    ("survey", "Surveys"),
    ("enquiry", "Answer to an enquiry"),
]


class AutoConsent(models.Model):
    """What a customer allowed or forbade, when, and in which words.

    Each change of mind is an entry of its own: the latest one that covers a
    channel and a purpose holds.
    """

    _name = "auto.consent"
    _inherit = ["auto.append.only.mixin"]
    _description = "Consent"
    _order = "date desc, id desc"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
    )
    channel = fields.Selection(selection=CHANNELS, required=True, default="all")
    purpose = fields.Selection(selection=PURPOSES, required=True, default="marketing")
    state = fields.Selection(
        selection=[("given", "Given"), ("withdrawn", "Withdrawn")], required=True
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    wording = fields.Text(
        help="What the customer was asked or said, word by word: the proof."
    )
    proof = fields.Binary(attachment=True, help="Signed form, recording, screenshot.")
    source = fields.Selection(
        selection=[
            ("person", "Said to our staff"),
            ("form", "Signed form"),
            ("web", "Website"),
            ("message", "Answer to a message"),
            ("import", "Brought over from another system"),
        ],
        required=True,
        default="person",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Entered by",
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )

    _latest_idx = models.Index("(partner_id, date DESC, id DESC)")

    @api.constrains("date")
    def _check_date(self):
        latest = fields.Datetime.add(fields.Datetime.now(), days=1)
        if any(consent.date > latest for consent in self):
            raise ValidationError(
                self.env._("A consent cannot be given in the future.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        consents = super().create(vals_list)
        consents._apply_blacklists()
        consents._close_followups()
        return consents

    @api.depends("channel", "purpose", "state")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("channel", "purpose", "state")
        }
        for consent in self:
            consent.display_name = ", ".join(
                labels[name][consent[name]] for name in labels if consent[name]
            )

    def _close_followups(self):
        """Close the follow-ups that the customers do not want any more."""
        # Whoever enters it: the follow-ups of other people and stores end as well.
        partners = self.filtered(lambda one: one.state == "withdrawn").sudo().partner_id
        if not partners:
            return
        followups = partners.env["auto.followup"].search(
            [
                ("partner_id", "in", partners.ids),
                ("is_open", "=", True),
                # In whose talk it was said is closed with its result.
                ("id", "!=", self.env.context.get("auto_followup_talk")),
            ]
        )
        for rule, theirs in followups.grouped("rule_id").items():
            states = theirs.partner_id._consent_states(rule._channel(), rule.purpose)
            theirs.filtered(
                lambda one, states=states: states.get(one.partner_id.id) == "withdrawn"
            )._close_void(self.env._("The customer does not want it."))

    def _apply_blacklists(self):
        """Bring Odoo's own opt-out lists for SMS and e-mail to the same state.

        They know neither purpose nor customer, so only a word on marketing, or
        on everything, changes them.
        """
        # Whoever enters a consent has no right on the lists as such.
        phones = self.env["phone.blacklist"].sudo()
        mails = self.env["mail.blacklist"].sudo()
        changes = {"given": (set(), set()), "withdrawn": (set(), set())}
        for consent in self.sudo().filtered(
            lambda c: c.purpose in ("all", "marketing")
        ):
            partner = consent.partner_id
            numbers, addresses = changes[consent.state]
            if consent.channel in ("all", "sms") and partner.phone_sanitized:
                numbers.add(partner.phone_sanitized)
            if consent.channel in ("all", "email") and partner.email_normalized:
                addresses.add(partner.email_normalized)
        numbers, addresses = changes["withdrawn"]
        if numbers:
            phones._add(list(numbers))
        for address in addresses:
            mails._add(address)
        numbers, addresses = changes["given"]
        if numbers:
            known = phones.search([("number", "in", list(numbers))])
            known.action_archive()
        if addresses:
            known = mails.search([("email", "in", list(addresses))])
            known.action_archive()
