from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AutoFollowupRule(models.Model):
    """A rule whose follow-ups are a message instead of something a person does."""

    _inherit = "auto.followup.rule"

    delivery = fields.Selection(
        selection=[("person", "A person"), ("email", "E-mail")],
        string="Carried out by",
        required=True,
        default="person",
        help="A message goes to those customers who may get one by this channel and "
        "have an address; it is in the contact log, and nobody has to do anything.",
    )
    mail_template_id = fields.Many2one(
        comodel_name="mail.template",
        string="E-mail template",
        ondelete="restrict",
        domain="[('model', '=', 'auto.followup')]",
    )

    @api.constrains("delivery", "mail_template_id")
    def _check_delivery(self):
        for rule in self:
            if rule.delivery != "person" and not rule._message_template():
                raise ValidationError(
                    self.env._("“%(rule)s” needs a template.", rule=rule.name)
                )

    @api.onchange("delivery")
    def _onchange_delivery(self):
        if self.delivery != "person":
            self.channel = self.delivery

    def _message_template(self):
        """Return the template of the message, empty for a rule of persons."""
        self.ensure_one()
        return self.mail_template_id if self.delivery == "email" else False

    def _contactable(self, rows):
        """Leave out whom the message does not reach, or who forbade its channel."""
        rows = super()._contactable(rows)
        if self.delivery == "person":
            return rows
        # The engine serves all stores, whoever starts it.
        partners = self.env["res.partner"].sudo()
        partners = partners.browse({row["partner_id"] for row in rows})
        reached = set(self._with_address(partners).ids)
        return [row for row in rows if row["partner_id"] in reached]

    def _with_address(self, partners):
        """Return the partners to whom the rule's message can be sent."""
        return partners.filtered("email_normalized")

    def _channel(self):
        return super()._channel() if self.delivery == "person" else self.delivery

    def _start(self, followups):
        """Send the message, in one transaction with the follow-up and the log.

        Odoo's own queue delivers it after the commit: a job that is killed has
        either all three or none.
        """
        if self.delivery == "person" or not followups:
            return super()._start(followups)
        self._send_messages(followups)
        followups._log_message(self)
        return None

    def _send_messages(self, followups):
        """Put the messages of the follow-ups into Odoo's queue."""
        self.mail_template_id.send_mail_batch(followups.ids, force_send=False)


class AutoFollowup(models.Model):
    _inherit = "auto.followup"

    def _log_message(self, rule):
        """Close the follow-ups as done by a message, and log the contacts."""
        name = rule._message_template().name
        contacts = self.env["auto.contact"].create(
            [
                {
                    "partner_id": followup.partner_id.id,
                    "vehicle_id": followup.vehicle_id.id,
                    "company_id": followup.company_id.id,
                    "channel": rule.delivery,
                    "direction": "out",
                    "summary": name,
                    "res_model": self._name,
                    "res_id": followup.id,
                }
                for followup in self
            ]
        )
        self._close("done", False, name)
        for followup, contact in zip(self, contacts, strict=True):
            followup._link_contact(contact)
