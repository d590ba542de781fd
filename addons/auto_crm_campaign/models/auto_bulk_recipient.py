from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

# The number or address itself does not work: the same attempt would fail again.
NO_USE = (
    "mail_email_invalid",
    "mail_email_missing",
    "sms_number_format",
    "sms_number_missing",
    "sms_country_not_supported",
)


class AutoBulkRecipient(models.Model):
    """What became of one person in one bulk message: sent, held out, left out, why."""

    _name = "auto.bulk.recipient"
    _inherit = ["auto.partner.guard.mixin"]
    _description = "Recipient of a bulk message"
    _order = "message_id desc, id"
    _rec_name = "partner_id"
    _guarded_partner_fields = ("partner_id",)

    message_id = fields.Many2one(
        comodel_name="auto.bulk.message",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="message_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        index="btree_not_null",
        ondelete="set null",
    )
    state = fields.Selection(
        selection=[
            ("planned", "Waiting"),
            ("queued", "Handed over"),
            ("held_out", "Held out"),
            ("skipped", "Left out"),
        ],
        required=True,
        index=True,
    )
    reason = fields.Selection(
        selection=[
            ("refused", "Refused such messages"),
            ("not_asked", "Never agreed to them"),
            ("capped", "Contacted often enough"),
            ("no_address", "No number or address"),
            ("duplicate", "Same number or address as another"),
            ("stopped", "The message was stopped"),
        ],
    )
    date = fields.Datetime(string="Handed over on")
    trace_id = fields.Many2one(
        comodel_name="mailing.trace", index="btree_not_null", ondelete="set null"
    )
    trace_status = fields.Selection(
        related="trace_id.trace_status",
        string="Delivery",
        store=True,
        compute_sudo=True,
    )
    failure_type = fields.Selection(
        related="trace_id.failure_type", string="Failed because", compute_sudo=True
    )
    failure_reason = fields.Text(
        related="trace_id.failure_reason", string="In words", compute_sudo=True
    )
    contact_id = fields.Many2one(
        comodel_name="auto.contact", index="btree_not_null", ondelete="restrict"
    )
    reply_date = fields.Datetime(string="Answered on")

    _person_uniq = models.UniqueIndex(
        "(message_id, partner_id)", "A person gets a message once."
    )
    _waiting_idx = models.Index("(message_id, id) WHERE state = 'planned'")

    # ------------------------------------------------------------
    # Sending again
    # ------------------------------------------------------------

    def action_send_again(self):
        """Send these again, also where nobody knows whether they went out."""
        self.message_id.check_access("write")
        # The lines and the queues are the system's; who may write the message decides.
        again = self.sudo()._send_again(doubtful=True)
        if not again:
            raise UserError(
                self.env._(
                    "None of these failed in a way that sending again could mend."
                )
            )
        for message in again.message_id:
            names = (again & message.recipient_ids).partner_id.mapped("display_name")
            message._message_log(
                body=self.env._("Sent again to: %s", ", ".join(names)),
                author_id=self.env.user.partner_id.id,
            )
        return True

    def _send_again(self, doubtful=False):
        """Queue again what failed, unless the person forbade it meanwhile.

        :param bool doubtful: also what may have gone out
        :return: the lines that are on their way again
        """
        failed = self.filtered(
            lambda line: (
                line.trace_status == "error"
                and (doubtful or line.failure_type != "unknown")
                and line.failure_type not in NO_USE
            )
        )
        again = self.browse()
        for message, lines in failed.grouped("message_id").items():
            states = lines.partner_id._consent_states(message.channel, message.purpose)
            lines = lines.filtered(
                lambda line, states=states: (
                    states.get(line.partner_id.id) != "withdrawn"
                )
            )
            queued = lines.trace_id._auto_queue_again()
            again |= lines.filtered(lambda line, queued=queued: line.trace_id in queued)
        return again

    # ------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------

    def _log_answer(self, channel, text, opt_out=False, ref=None, number=None):
        """Keep the answer of each person, with the prospect and who looks after it.

        :param str channel: of the contact log
        :param str text: what the person wrote
        :param bool opt_out: whether it says: no more
        :param str ref: of the message at the provider
        :return: the ``auto.contact`` records
        """
        contacts = self.env["auto.contact"]
        for line in self:
            message = line.message_id
            contacts |= contacts.create(
                {
                    "partner_id": line.partner_id.id,
                    "lead_id": line.lead_id.id or line._open_lead().id,
                    "company_id": line.company_id.id,
                    "user_id": message.user_id.id,
                    "channel": channel,
                    "direction": "in",
                    "summary": text,
                    "result": "opt_out" if opt_out else "reached",
                    "external_ref": ref,
                    "number": number,
                    "res_model": message._name,
                    "res_id": message.id,
                }
            )
        self.write({"reply_date": fields.Datetime.now()})
        if not opt_out:
            self._remind_of_answer(text)
        return contacts

    def _open_lead(self):
        """Return the open prospect of the person in the store of the message."""
        self.ensure_one()
        return self.env["crm.lead"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("won_status", "=", "pending"),
            ],
            limit=1,
            order="id desc",
        )

    def _remind_of_answer(self, text):
        """Give whoever looks after the person the answer to deal with."""
        for line in self:
            lead = line.lead_id or line._open_lead()
            record = lead or line.partner_id
            user = lead.user_id or line.partner_id.user_id or line.message_id.user_id
            record.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._(
                    "Answer to “%(message)s”", message=line.message_id.name
                ),
                note=text,
                user_id=user.id,
            )

    @api.model
    def _latest_of(self, partners, channel, days=180):
        """Return the last line by which each of ``partners`` was written to."""
        since = fields.Datetime.now() - timedelta(days=days)
        lines = self.search(
            [
                ("partner_id", "in", partners.ids),
                ("state", "=", "queued"),
                ("date", ">=", since),
                ("message_id.channel", "=", channel),
            ],
            order="id desc",
        )
        return self.concat(
            *(group[0] for group in lines.grouped("partner_id").values())
        )

    @api.model
    def _log_opt_out(self, channel, name, addresses):
        """Keep the opt-out by the link of a bulk message with the customer.

        Whose consent says so already was not asked by the link.

        :param str name: the field of ``res.partner`` with the address
        """
        # The link is used by nobody's user.
        lines = self.sudo()
        people = lines.env["res.partner"].search([(name, "in", addresses)])
        if not people:
            return
        entries = lines.env["auto.consent"].search(
            [
                ("partner_id", "in", people.ids),
                ("channel", "in", (channel, "all")),
                ("purpose", "in", ("marketing", "all")),
            ],
            order="date, id",
        )
        refused = self.env["res.partner"].concat(
            *(
                partner
                for partner, group in entries.grouped("partner_id").items()
                if group[-1].state == "withdrawn"
            )
        )
        for line in lines._latest_of(people, channel):
            if line.partner_id not in refused:
                line._log_answer(
                    channel, self.env._("Opted out by the link in the message"), True
                )
