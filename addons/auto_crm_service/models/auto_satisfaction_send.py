from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import hmac


class AutoSatisfaction(models.Model):
    """Asking: the link, by mail or SMS, or the call; and whom to doubt."""

    _inherit = "auto.satisfaction"

    @api.model
    def _partner_key(self, partner):
        """Return a word for a customer that tells nobody who it is."""
        return hmac(self.env(su=True), "auto_crm_service-respondent", str(partner.id))

    @api.model
    def _people(self, document):
        """Return who is rated for a document, as values.

        A document that knows better has ``_satisfaction_people()``.
        """
        if hasattr(document, "_satisfaction_people"):
            return document._satisfaction_people()
        user = document["user_id"] if "user_id" in document._fields else None
        return {"user_id": user.id} if user and user._name == "res.users" else {}

    @api.model
    def _doubt(self, partner, contact_days, shared_limit):
        """Return why an answer of this customer would be in doubt, or False.

        :param int contact_days: a contact changed so lately is in doubt
        :param int shared_limit: a contact of so many customers is in doubt
        """
        partner = partner.sudo()
        since = fields.Datetime.subtract(fields.Datetime.now(), days=contact_days)
        changed = partner.auto_contact_changed_on
        if changed and contact_days and changed >= since:
            return "changed"
        same = Domain.OR(
            Domain(name, "=", partner[name])
            for name in ("phone_sanitized", "email_normalized")
            if partner[name]
        )
        if same.is_false():
            return False
        others = partner.with_context(active_test=True).search(
            same & Domain("id", "!=", partner.id), limit=50
        )
        if others.user_ids.filtered(lambda user: not user.share):
            return "staff"
        customers = others.filtered("is_auto_customer")
        return "shared" if len(customers) + 1 >= shared_limit else False

    @api.model
    def _send(self, values, deadline_days):
        """Ask one person: make the record and put the message into Odoo's queue.

        Both are in one transaction: a job that is killed has either both or none.

        :param dict values: of the record
        :param int deadline_days: the time to answer
        :return: the record
        """
        own = self._own()
        survey = own.env["survey.survey"].browse(values["survey_id"])
        deadline = self._deadline(deadline_days)
        partner = own.env["res.partner"].browse(values.get("partner_id"))
        user_input = survey._create_answer(
            partner=partner, check_attempts=False, deadline=deadline
        )
        one = own.create(
            {
                **values,
                "user_input_id": user_input.id,
                "state": "to_call" if values["channel"] == "phone" else "sent",
                "date_sent": fields.Datetime.now(),
                "deadline": deadline,
            }
        )
        if one.channel == "email":
            one._send_mail()
        elif one.channel == "sms":
            one._send_sms()
        return one

    def _send_mail(self):
        template = self.env.ref("auto_crm_service.mail_template_satisfaction")
        template.sudo().send_mail(self.id, force_send=False)

    def _send_sms(self):
        lang = self.partner_id.lang or self.env.lang
        body = self.with_context(lang=lang).env._(
            "%(store)s: how content were you with your visit? %(link)s",
            store=self.company_id.name,
            link=self.url,
        )
        self.env["sms.sms"].sudo().create(
            {
                "partner_id": self.partner_id.id,
                "number": self.partner_id.phone_sanitized,
                "body": body,
            }
        )
