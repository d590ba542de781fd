import logging
import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize, html2plaintext
from odoo.tools.mail import email_split_tuples

from odoo.addons.auto_crm_base.tools.phone import clean_digits, normalise_phone

from ..tools import adf

_logger = logging.getLogger(__name__)

_PHONE = re.compile(
    r"(?<![A-Za-z0-9.])(?:\+|00)?\(?\d[\d ()/.\-\u00a0]{5,20}\d(?![A-Za-z0-9])"
)
_QUOTE = re.compile(
    r"^\s*(>|-{2,}\s*(original message|原始邮件|forwarded)"
    r"|on .{5,80} wrote:|.{0,60}写道[：:])",
    re.IGNORECASE,
)
_XML_NAME = re.compile(r"\.(xml|adf)$", re.IGNORECASE)
ANSWERED_BY_MACHINE = ("auto-replied", "auto_reply", "auto-reply")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def _intake_mail(self, message, message_dict, door_id):
        """Take a mail in that was sent to the address of a door.

        :param message: the ``email.message.EmailMessage``
        :param dict message_dict: what Odoo read from it
        :param int door_id: of an ``auto.intake.source``
        :return: the prospects, none for an automatic answer and for what went
            into quarantine
        """
        door = self.env["auto.intake.source"].browse(door_id).exists()
        if not door or self._mail_from_machine(message):
            _logger.info("Mail %s is no enquiry", message_dict.get("message_id"))
            return self.browse()
        message_id = message_dict.get("message_id") or ""
        # What goes into quarantine is read by people of the store.
        lead_model = self.with_company(door.company_id).with_context(
            lang=door._language()
        )
        try:
            values_list = lead_model._mail_values(message, message_dict)
            leads = lead_model._intake_batch(
                [
                    {
                        "values": values,
                        "channel": door.channel_id.code,
                        "external_ref": values.get("external_ref") or message_id[:200],
                        "source": door,
                        "format": "values",
                    }
                    for values in values_list
                ]
            )
        except adf.AdfError as error:
            text = error.in_words(lead_model.env)
            self._mail_quarantine(door, message, message_id, text)
            return self.browse()
        except (UserError, ValidationError) as error:
            self._mail_quarantine(door, message, message_id, str(error))
            return self.browse()
        # One person may be in the message twice.
        return self.browse(dict.fromkeys(leads.ids))

    @api.model
    def _mail_quarantine(self, door, message, message_id, error):
        found = self._mail_adf(message)
        intake_model = self.env["auto.lead.intake"]
        raw = found or self._mail_text(message)
        intake_model.create(
            {
                "channel_id": door.channel_id.id,
                "source_id": door.id,
                "company_id": door.company_id.id,
                "state": "quarantined",
                "error": error,
                "external_ref": message_id[:200],
                "body_format": "adf" if found else "values",
                **intake_model._raw_values(raw),
            }
        )

    @api.model
    def _mail_from_machine(self, message):
        """Return whether a mail is an automatic answer or a delivery report."""
        headers = (
            (message.get(name) or "").strip().lower()
            for name in ("Auto-Submitted", "Precedence", "X-Autoreply")
        )
        return (
            any(value.startswith((*ANSWERED_BY_MACHINE, "yes")) for value in headers)
            or message.get_content_type() == "multipart/report"
            or (message.get("Return-Path") or "").strip() == "<>"
        )

    @api.model
    def _mail_values(self, message, message_dict):
        """Return the prospects in a mail: those of an ADF message, else its sender."""
        found = self._mail_adf(message)
        if found:
            return adf.parse(found)
        text = self._mail_text(message) or html2plaintext(
            message_dict.get("body") or ""
        )
        sender = message_dict.get("email_from") or message_dict.get("from") or ""
        [(name, address)] = (email_split_tuples(sender) or [("", "")])[:1]
        address = email_normalize(address) or ""
        subject = message_dict.get("subject") or ""
        own_text = self._mail_own_text(text)
        return [
            {
                "name": (name or address.partition("@")[0])[:200],
                "email": address,
                "phone": self._mail_phone(own_text),
                "message": f"{subject}\n{own_text}".strip()[:20000],
            }
        ]

    @api.model
    def _mail_parts(self, message):
        for part in message.walk():
            if not part.is_multipart():
                yield part, part.get_payload(decode=True) or b""

    @api.model
    def _mail_adf(self, message):
        """Return the ADF message in a mail's body or attachments, or ``""``."""
        for part, data in self._mail_parts(message):
            kind = part.get_content_type()
            if (
                kind.startswith("text/")
                or kind.endswith("xml")
                or _XML_NAME.search(part.get_filename() or "")
            ) and len(data) <= adf.MAX_BYTES:
                text = self._mail_decode(part, data)
                if adf.looks_like_adf(text):
                    return adf.extract(text) or text
        return ""

    @api.model
    def _mail_text(self, message):
        """Return the text of a mail, its plain part before its HTML part."""
        html = ""
        for part, data in self._mail_parts(message):
            if part.get_filename():
                continue
            if part.get_content_type() == "text/plain":
                return self._mail_decode(part, data)
            if part.get_content_type() == "text/html" and not html:
                html = html2plaintext(self._mail_decode(part, data))
        return html

    @api.model
    def _mail_decode(self, part, data):
        charset = (part.get_content_charset() or "").lower()
        if charset in ("gb2312", "gbk"):
            charset = "gb18030"
        if charset and charset not in ("us-ascii", "unknown-8bit"):
            try:
                return data.decode(charset)
            except (LookupError, UnicodeDecodeError):
                _logger.info("A mail is not in the encoding %s that it names", charset)
        return adf.decode(data)

    @api.model
    def _mail_own_text(self, text):
        """Return what the sender wrote, without what is quoted below it."""
        lines = []
        for line in text.replace("\x00", "").splitlines():
            if _QUOTE.match(line):
                break
            lines.append(line.rstrip())
        return "\n".join(lines).strip()

    @api.model
    def _mail_phone(self, text):
        """Return the first phone number in ``text``, or ``""``."""
        country = self.env.company._auto_country_code()
        for found in _PHONE.findall(clean_digits(text)):
            if normalise_phone(found, country):
                return found
        return ""

    def message_update(self, msg_dict, update_vals=None):
        res = super().message_update(msg_dict, update_vals=update_vals)
        if self.env.context.get("auto_intake_mail"):
            return res
        message_id = (msg_dict.get("message_id") or "")[:200]
        author = self.env["res.partner"].browse(msg_dict.get("author_id") or [])
        # The gateway has no rights of its own; what a customer answers is a contact
        # whoever may see the prospect.
        contacts = self.env["auto.contact"].sudo()
        if author and not author.partner_share:
            return res
        for lead in self.sudo():
            if message_id and contacts.search_count(
                [("lead_id", "=", lead.id), ("external_ref", "=", message_id)], limit=1
            ):
                continue
            text = self._mail_own_text(html2plaintext(msg_dict.get("body") or ""))
            subject = msg_dict.get("subject") or ""
            contacts.create(
                {
                    "lead_id": lead.id,
                    "partner_id": lead.partner_id.id,
                    "company_id": (lead.company_id or self.env.company).id,
                    "channel": "email",
                    "direction": "in",
                    "summary": f"{subject}\n{text}".strip()[:20000],
                    "external_ref": message_id or False,
                    "user_id": False,
                }
            )
        return res

    # ------------------------------------------------------------
    # What a colleague writes to the customer
    # ------------------------------------------------------------

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """Log what a colleague sends to the customer from here as a contact."""
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        if len(self) == 1 and self._is_sent_to_customer(message, recipients):
            self._log_sent(message)
        return recipients

    def _is_sent_to_customer(self, message, recipients):
        """Return whether a person writes to the customer of this prospect.

        :param message: the ``mail.message``
        :param list recipients: as :meth:`_notify_thread` returns them
        """
        self.ensure_one()
        author = message.sudo().author_id
        if (
            message.message_type not in ("comment", "email_outgoing")
            or message.is_internal
            or message.subtype_id.internal
            or self.env.user._is_superuser()
            or author != self.env.user.partner_id
            or author.partner_share
        ):
            return False
        addresses = {recipient.get("email_normalized") for recipient in recipients} - {
            False,
            "",
        }
        return (
            self.partner_id.id in {recipient["id"] for recipient in recipients}
            or self.email_normalized in addresses
        )

    def _log_sent(self, message):
        """Log the mail ``message`` as a contact, once.

        Whoever may only read the prospect stops the response clock with it, and
        changes nothing else.
        """
        reference = (message.message_id or "")[:200]
        text = html2plaintext(message.body or "").strip()
        subject = message.subject or ""
        # The contact is a fact, whoever may see which contacts.
        contacts = self.env["auto.contact"].sudo()
        if reference and contacts.search_count(
            [("lead_id", "=", self.id), ("external_ref", "=", reference)], limit=1
        ):
            return
        summary = f"{subject}\n{self._mail_own_text(text)}".strip()[:20000]
        contacts.create(
            {
                "lead_id": self.id,
                "partner_id": self.partner_id.id,
                "company_id": (self.company_id or self.env.company).id,
                "channel": "email",
                "direction": "out",
                "summary": summary,
                "external_ref": reference or False,
                "user_id": self.env.uid,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        now = fields.Datetime.now()
        if self.has_access("write"):
            self._follow_contact(now, summary)
        else:
            self._log_clock("first_touch", date=now)
