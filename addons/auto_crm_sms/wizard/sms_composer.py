from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.auto_crm_base.tools.phone import mask_phone


class SmsComposer(models.TransientModel):
    """Who sees a number masked writes to it without seeing it; refusals hold."""

    _inherit = "sms.composer"

    is_number_hidden = fields.Boolean(
        compute="_compute_is_number_hidden",
        compute_sudo=False,
        help="The user sees this number masked; it can be used, not read or changed.",
    )

    @api.depends("res_model", "res_id", "composition_mode", "number_field_name")
    @api.depends_context("uid")
    def _compute_is_number_hidden(self):
        for composer in self:
            composer.is_number_hidden = composer._hides_number()

    @api.depends("is_number_hidden")
    def _compute_recipient_single_stored(self):
        result = super()._compute_recipient_single_stored()
        # Nothing to edit: the number in the database is used as it is.
        self.filtered("is_number_hidden").recipient_single_number_itf = ""
        return result

    @api.depends("is_number_hidden")
    def _compute_recipient_single_non_stored(self):
        result = super()._compute_recipient_single_non_stored()
        for composer in self.filtered("is_number_hidden"):
            composer.recipient_single_number = mask_phone(
                composer.recipient_single_number
            )
        return result

    def _compute_recipient_single_valid(self):
        result = super()._compute_recipient_single_valid()
        for composer in self.filtered("is_number_hidden"):
            composer.recipient_single_valid = bool(composer._recipient()["sanitized"])
        return result

    def _recipient(self):
        """Return who gets the one message, see ``_sms_get_recipients_info``."""
        record = self._get_records()
        return record._sms_get_recipients_info(
            force_field=self.number_field_name,
            partner_fallback=not self.number_field_name
            or self.number_field_name not in record,
        )[record.id]

    def _hides_number(self):
        """Return whether the number of the one recipient is masked for the user."""
        if not self.comment_single_recipient or not self._get_records():
            return False
        recipient = self._recipient()
        owner = (
            recipient["partner"] if recipient["partner_store"] else self._get_records()
        )
        return (
            hasattr(owner, "_masked_for_user")
            and "phone" in owner._masked_for_user().values()
            and not owner._mask_exempt()
        )

    # ------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------

    def _action_send_sms_comment_single(self, records=None):
        records = records if records is not None else self._get_records()
        self._check_refusal(records)
        if not self.is_number_hidden:
            return super()._action_send_sms_comment_single(records=records)
        # As there, but with the number that is stored, which was never shown.
        if self.number_field_name not in records:
            self.number_field_name = False
        return self._action_send_sms_comment(records=records)

    def _check_refusal(self, records):
        """Refuse an SMS to somebody who wants none at all.

        :raise UserError: with the name of the customer
        """
        partners = self.env["res.partner"].concat(
            *records._mail_get_partners().values()
        )
        for partner in partners - partners._may_contact("sms", "service"):
            raise UserError(
                self.env._("%(customer)s wants no SMS.", customer=partner.display_name)
            )

    def _get_optout_record_ids(self, records, recipients_info):
        """Leave those out of a mass message who may get no advertising."""
        ids = super()._get_optout_record_ids(records, recipients_info)
        partner_of = {
            record.id: recipients_info[record.id]["partner"] for record in records
        }
        partners = self.env["res.partner"].concat(*partner_of.values())
        refused = partners - partners._may_contact("sms", self._mass_purpose())
        return [
            *ids,
            *(id_ for id_, partner in partner_of.items() if partner in refused),
        ]

    def _mass_purpose(self):
        """Return the purpose of consent that a mass message is for."""
        return "marketing"
