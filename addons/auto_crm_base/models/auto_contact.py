from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# Channels by which customers write.
MESSAGES = ("sms", "email", "chat", "fax", "letter", "web")


class AutoContact(models.Model):
    """The one contact log: who talked with a customer about what, and the result."""

    _name = "auto.contact"
    _inherit = ["auto.append.only.mixin", "auto.masked.mixin"]
    _description = "Contact"
    _order = "date desc, id desc"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="restrict",
    )
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Vehicle",
        index="btree_not_null",
        ondelete="restrict",
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    channel = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("visit", "Showroom visit"),
            ("sms", "SMS"),
            ("email", "E-mail"),
            ("chat", "WeChat or chat"),
            ("web", "Website"),
            ("fax", "Fax"),
            ("event", "Event"),
            ("letter", "Letter"),
            ("system", "Another system"),
        ],
        required=True,
        default="phone",
    )
    direction = fields.Selection(
        selection=[("in", "From the customer"), ("out", "To the customer")],
        required=True,
        default="out",
    )
    summary = fields.Text()
    result = fields.Selection(
        selection=[
            ("reached", "Reached"),
            ("unhappy", "Reached, not satisfied"),
            ("no_answer", "No answer"),
            ("wrong_number", "Wrong number"),
            ("call_back", "Call back later"),
            ("appointment", "Appointment made"),
            ("visited", "Came to the store"),
            ("not_interested", "Not interested"),
            ("opt_out", "Wants no more contact"),
        ],
    )
    next_step = fields.Char(help="What was agreed to happen next.")
    duration = fields.Integer(
        string="Duration (s)", help="How long it took, in seconds.", aggregator="avg"
    )
    number = fields.Char(
        string="Number or address",
        help="The number that called or was called, when it tells more than the "
        "customer's record.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        index="btree_not_null",
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    external_ref = fields.Char(
        string="External reference",
        index="btree_not_null",
        help="The call or message in the system that it came from.",
    )
    res_model = fields.Char(string="Document model")
    res_id = fields.Many2oneReference(string="Document", model_field="res_model")

    _partner_date_idx = models.Index("(partner_id, date DESC)")
    _duration_positive = models.Constraint(
        "CHECK(duration >= 0)", "A contact cannot take less than no time."
    )

    @api.constrains("date")
    def _check_date(self):
        # A day of grace for clocks and time zones that differ.
        latest = fields.Datetime.add(fields.Datetime.now(), days=1)
        if any(contact.date > latest for contact in self):
            raise ValidationError(
                self.env._(
                    "A contact is logged when it has happened. Plan a coming one as "
                    "a follow-up."
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        contacts = super().create(vals_list)
        opted_out = contacts.filtered(lambda contact: contact.result == "opt_out")
        if opted_out:
            opted_out._record_opt_out()
        return contacts

    def _record_opt_out(self):
        """Keep that the customer wants no more contact, whoever logged it where.

        The consents of the customer are the one place; Odoo's opt-out lists follow
        them.
        """
        for contact in self.filtered("partner_id"):
            # Whoever hears it keeps it, with or without a right on consents.
            contact.partner_id.sudo()._auto_opt_out(
                wording=contact.summary,
                date=contact.date,
                source="message" if contact.channel in MESSAGES else "person",
                user_id=contact.user_id.id,
                company_id=contact.company_id.id,
            )

    @api.depends("partner_id", "channel", "date")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for contact in self:
            parts = (
                channels.get(contact.channel),
                contact.partner_id.display_name,
                fields.Date.to_string(contact.date),
            )
            contact.display_name = ", ".join(part for part in parts if part)

    @api.model
    def _channel_icons(self):
        """Return the icon (Font Awesome class) of each channel."""
        return {
            "phone": "fa-phone",
            "visit": "fa-building-o",
            "sms": "fa-mobile",
            "email": "fa-envelope-o",
            "chat": "fa-weixin",
            "web": "fa-globe",
            "fax": "fa-fax",
            "event": "fa-calendar-o",
            "letter": "fa-file-text-o",
            "system": "fa-plug",
        }

    @api.model
    def _masked_fields(self):
        return {**super()._masked_fields(), "number": "phone"}

    @api.model
    def _mask_exempt_domain(self):
        """Whoever took the call knows the number."""
        return Domain("user_id", "=", self.env.uid)

    def action_open_document(self):
        """Open the document that the contact was about."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env or not self.res_id:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
