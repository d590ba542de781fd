import base64
import json
import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.auto_crm_base.tools.phone import mask_phone

from ..tools import adf

# What may be a phone number within a text.
NUMBER = re.compile(r"\+?\d[\d ()-]{5,18}\d")
# What :func:`mask_phone` makes of a phone number.
MASKED_NUMBER = re.compile(r"\*[ ()*-]*\*[ ()-]*\d\d")
# A raw text longer than this is kept as a file beside the record.
TEXT_LIMIT = 65536


class AutoLeadIntake(models.Model):
    """One delivery by one door, as it was received, and what became of it.

    Kept as written; only its state, its result and the corrected body change.
    """

    _name = "auto.lead.intake"
    _inherit = ["auto.append.only.mixin", "auto.masked.mixin"]
    _description = "Prospect intake"
    _order = "id desc"
    _rec_name = "public_ref"

    date = fields.Datetime(
        string="Received", required=True, readonly=True, default=fields.Datetime.now
    )
    channel_id = fields.Many2one(
        comodel_name="auto.intake.channel",
        string="Channel",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    source_id = fields.Many2one(
        comodel_name="auto.intake.source",
        string="Door",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        readonly=True,
        index=True,
    )
    import_id = fields.Many2one(
        comodel_name="auto.lead.import",
        string="List",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    public_ref = fields.Char(string="Reference", readonly=True)
    created = fields.Boolean(
        string="New prospect",
        readonly=True,
        help="Off: the person was an open prospect already, and this was added.",
    )
    state = fields.Selection(
        selection=[
            ("done", "Taken in"),
            ("spam", "Set aside as spam"),
            ("quarantined", "In quarantine"),
            ("replayed", "Replayed"),
            ("discarded", "Discarded"),
        ],
        required=True,
        readonly=True,
        default="done",
    )
    error = fields.Text(string="What is wrong", readonly=True)
    person = fields.Char(string="Name given", readonly=True)
    campaign = fields.Char(readonly=True)
    external_ref = fields.Char(string="Sender's reference", readonly=True)
    idempotency_key = fields.Char(
        string="Delivery key",
        readonly=True,
        help="The sender's key of this delivery; a second delivery with it "
        "changes nothing.",
    )
    body_hash = fields.Char(string="Fingerprint of the body", readonly=True)
    remote_addr = fields.Char(string="Sender's address", readonly=True)
    body_format = fields.Selection(
        selection=[
            ("json", "JSON"),
            ("adf", "ADF (XML)"),
            ("email", "E-mail"),
            ("values", "Form or list"),
        ],
        string="Format",
        required=True,
        readonly=True,
        default="values",
    )
    raw = fields.Text(string="As received", readonly=True)
    raw_file = fields.Binary(
        string="As received (file)",
        readonly=True,
        attachment=True,
        groups="auto_crm_base.group_phone_full,base.group_system",
        help="Kept as a file when it is long, or not text in a known encoding.",
    )
    corrected_body = fields.Text(
        help="Put the body right here, then replay it. What was received stays "
        "as it is.",
    )
    is_blanked = fields.Boolean(
        string="Personal data removed",
        readonly=True,
        help="The raw text was removed when its time of retention was over.",
    )

    _external_ref_uniq = models.UniqueIndex(
        "(company_id, channel_id, COALESCE(source_id, 0), external_ref)"
        " WHERE external_ref IS NOT NULL AND state IN ('done', 'spam', 'replayed')",
        "This delivery was taken in already.",
    )
    _idempotency_key_uniq = models.UniqueIndex(
        "(source_id, idempotency_key)"
        " WHERE idempotency_key IS NOT NULL AND state IN ('done', 'spam', 'replayed')",
        "This delivery was taken in already.",
    )
    _state_idx = models.Index("(company_id, id) WHERE state = 'quarantined'")
    _blank_idx = models.Index("(date) WHERE is_blanked IS NOT TRUE")

    @api.model
    def _result_fields(self):
        """Return the fields that say what became of a delivery, but its state."""
        return (
            "lead_id",
            "public_ref",
            "created",
            "error",
            "person",
            "campaign",
            "external_ref",
        )

    @api.model
    def _append_only_open_fields(self):
        if not self.env.su:
            return frozenset({"corrected_body"})
        # The raw text is only ever emptied, by the job that ends its retention.
        return frozenset(
            {
                "state",
                "corrected_body",
                "raw",
                "raw_file",
                "is_blanked",
                *self._result_fields(),
            }
        )

    @api.model
    def _masked_fields(self):
        return {**super()._masked_fields(), "raw": "text", "corrected_body": "text"}

    @api.model
    def _mask_rights(self):
        return {**super()._mask_rights(), "text": "auto_crm_base.group_phone_full"}

    @api.model
    def _mask_value(self, kind, value):
        if kind == "text" and value:
            return NUMBER.sub(lambda number: mask_phone(number[0]), value)
        return super()._mask_value(kind, value)

    @api.model
    def _mask_check_values(self, vals):
        # Nobody types the raw text, and a sender may well write an asterisk. A body
        # put right with masked numbers would bring in people without a number.
        body = vals.get("corrected_body")
        hidden = body and "corrected_body" in self._masked_for_user()
        if hidden and MASKED_NUMBER.search(body):
            raise UserError(
                self.env._(
                    "The numbers that you see masked cannot be taken in so. Type them "
                    "whole, or let somebody correct the body who sees them."
                )
            )

    def _raw_values(self, raw):
        """Return the field values that keep ``raw`` (``str`` or ``bytes``)."""
        if not raw:
            return {}
        if isinstance(raw, bytes):
            try:
                text = raw.decode("utf-8-sig")
            except UnicodeDecodeError:
                return {"raw_file": base64.b64encode(raw)}
        else:
            text = raw
        if "\x00" in text or len(text) > TEXT_LIMIT:
            data = raw if isinstance(raw, bytes) else text.encode()
            return {"raw_file": base64.b64encode(data)}
        return {"raw": text}

    def _body(self):
        """Return the body to work on: the corrected one, else the raw one."""
        self.ensure_one()
        if self.corrected_body:
            return self.corrected_body.encode()
        if self.raw:
            return self.raw.encode()
        # Whoever replays a body need not see the numbers in it.
        return base64.b64decode(self.sudo().raw_file or b"")

    def _body_values(self):
        """Return the prospects that the body holds, as a list of values."""
        self.ensure_one()
        body = self._body()
        if self.body_format == "adf":
            try:
                return adf.parse(body)
            except adf.AdfError as error:
                raise ValidationError(error.in_words(self.env)) from error
        try:
            values = json.loads(body.decode("utf-8-sig"))
        except (UnicodeDecodeError, ValueError) as error:
            raise ValidationError(
                self.env._("The body is not JSON in UTF-8: %s", error)
            ) from error
        if not isinstance(values, dict):
            raise ValidationError(self.env._("The body must be one JSON object."))
        return [values]

    def action_replay(self):
        """Take the quarantined bodies in, as corrected, and open what they made."""
        leads = self.env["crm.lead"]
        for intake in self:
            intake.check_access("write")
            if intake.state not in ("quarantined", "discarded"):
                raise UserError(
                    self.env._("Only what is in quarantine can be replayed.")
                )
            values_list = intake._body_values()
            if not values_list:
                raise ValidationError(self.env._("There is no prospect in the body."))
            leads += self.env["crm.lead"]._intake_batch(
                [
                    {
                        "values": values,
                        "channel": intake.channel_id.code,
                        "external_ref": values.get("external_ref"),
                        "source": intake.source_id,
                        "company": intake.company_id,
                        "raw": intake.raw,
                        "intake": intake if index == 0 else None,
                    }
                    for index, values in enumerate(values_list)
                ]
            )
        return self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_lead_intake_action"
        ) | {"domain": [("id", "in", self.ids)], "context": {}}

    def action_discard(self):
        """Set quarantined bodies aside as not worth a prospect."""
        self.check_access("write")
        if any(intake.state != "quarantined" for intake in self):
            raise UserError(self.env._("Only what is in quarantine can be discarded."))
        # The state is open to the system alone, so that nobody edits the log.
        self.sudo().write({"state": "discarded"})

    def action_open_lead(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "view_mode": "form",
        }

    @api.model
    def _cron_blank_raw(self, batch_size=500):
        """Remove the raw text of what is older than the time of retention."""
        days = int(
            self.env["ir.config_parameter"]
            .sudo()  # parameters are the administrator's
            .get_param("auto_crm_lead.intake_retention_days", "400")
        )
        if days <= 0:
            return
        domain = [
            ("date", "<", fields.Datetime.subtract(fields.Datetime.now(), days=days)),
            ("is_blanked", "=", False),
        ]
        cron = self.env["ir.cron"]
        # The job belongs to no store and cleans for all.
        intakes = self.sudo().search(domain, limit=batch_size, order="id")
        cron._commit_progress(remaining=self.sudo().search_count(domain))
        intakes.write(
            {
                "raw": False,
                "raw_file": False,
                "corrected_body": False,
                "person": False,
                "is_blanked": True,
            }
        )
        cron._commit_progress(len(intakes))
