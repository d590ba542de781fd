import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import sheet

MAX_LETTERS = 20000


class AutoSegmentExport(models.TransientModel):
    """A direct mailing: labels or a file with the addresses of a segment.

    It holds those who have a postal address and did not refuse post; no numbers.
    What is taken out is in the access log, and each letter in the contact log.
    """

    _name = "auto.segment.export"
    _inherit = ["auto.window.mixin"]
    _description = "Direct mail of a segment"
    _document_field = "segment_id"

    segment_id = fields.Many2one(
        comodel_name="auto.segment", required=True, readonly=True
    )
    kind = fields.Selection(
        selection=[
            ("pdf", "Labels to print (3 × 8 on A4)"),
            ("xlsx", "Address file for Excel"),
            ("csv", "Address file (CSV)"),
        ],
        required=True,
        default="pdf",
    )
    is_logged = fields.Boolean(
        string="Log the letter with each customer",
        default=True,
        help="The letter counts as a contact, also for the limit of contacts.",
    )
    subject = fields.Char(string="What the letter is about")
    is_made = fields.Boolean(readonly=True)
    partner_ids = fields.Many2many(
        comodel_name="res.partner", string="Addressees", readonly=True
    )
    sent_count = fields.Integer(string="Addresses", readonly=True)
    missing_count = fields.Integer(string="Without address", readonly=True)
    refused_count = fields.Integer(string="Refused or contacted enough", readonly=True)
    file = fields.Binary(attachment=False, readonly=True)
    filename = fields.Char(readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and not self.env.user.has_group("base.group_allow_export"):
            raise AccessError(
                self.env._(
                    "You may not take addresses out. Ask the store manager for them."
                )
            )
        kept = {"is_made", "partner_ids", "file", "filename"}
        kept |= {"sent_count", "missing_count", "refused_count"}
        # What the window found out is not for a client to say.
        vals_list = [
            {**dict.fromkeys(kept, False), **vals, **dict.fromkeys(kept, False)}
            for vals in vals_list
        ]
        return super().create(vals_list)

    def action_make(self):
        """Make the file or the labels, and log it."""
        self.ensure_one()
        self.check_access("write")
        if self.is_made:
            raise UserError(self.env._("These addresses were made already."))
        segment = self.segment_id
        members = segment._members(limit=MAX_LETTERS + 1)
        if len(members) > MAX_LETTERS:
            raise UserError(
                self.env._(
                    "More than %(limit)s people: narrow the segment.",
                    limit=str(MAX_LETTERS),
                )
            )
        people = segment._contacted_partners(members)
        addressed = people.filtered(lambda one: one.street and one.city)
        allowed = addressed._may_contact("post")
        if not allowed:
            raise UserError(
                self.env._("Nobody of this segment has an address and accepts post.")
            )
        values = {
            "is_made": True,
            "partner_ids": [fields.Command.set(allowed.ids)],
            "sent_count": len(allowed),
            "missing_count": len(people - addressed),
            "refused_count": len(addressed - allowed),
        }
        if self.kind != "pdf":
            data = sheet.write(self.kind, self._rows(allowed))
            values["file"] = base64.b64encode(data)
            values["filename"] = f"{segment.name}.{self.kind}".replace("/", "-")
        # The window is the user's, its findings are the system's.
        self.sudo().write(values)
        self.env["auto.access.log"]._log_export(
            allowed, ["name", "street", "zip", "city", f"segment {segment.name}"]
        )
        if self.is_logged:
            self._log_letters(allowed)
        if self.kind == "pdf":
            return self.action_print()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Direct mail"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_print(self):
        """Print the labels once more."""
        self.ensure_one()
        report = self.env.ref("auto_crm_base.report_auto_segment_label")
        return report.report_action(self, config=False)

    def write(self, vals):
        if not self.env.su and set(vals) - {"kind", "is_logged", "subject"}:
            raise AccessError(self.env._("The addresses come from the segment."))
        return super().write(vals)

    def _rows(self, partners):
        """Return the lines of the address file, the header first."""
        rows = [
            [
                self.env._("Name"),
                self.env._("Company"),
                self.env._("Street"),
                self.env._("Street 2"),
                self.env._("Postcode"),
                self.env._("City"),
                self.env._("Region"),
                self.env._("Country"),
            ]
        ]
        for partner in partners:
            company = partner.parent_id.name or partner.commercial_company_name
            rows.append(
                [
                    text or ""
                    for text in (
                        partner.name,
                        company if company != partner.name else "",
                        partner.street,
                        partner.street2,
                        partner.zip,
                        partner.city,
                        partner.state_id.name,
                        partner.country_id.name,
                    )
                ]
            )
        return rows

    def _log_letters(self, partners):
        """Keep with each customer that a letter went out."""
        self.env["auto.contact"].create(
            [
                {
                    "partner_id": partner.id,
                    "channel": "letter",
                    "direction": "out",
                    "summary": self.subject or self.segment_id.name,
                    "res_model": self.segment_id._name,
                    "res_id": self.segment_id.id,
                    "company_id": self.env.company.id,
                }
                for partner in partners
            ]
        )

    def _label_pages(self):
        """Return the addresses in sheets of 24, each in rows of three."""
        partners = self.partner_ids
        rows = [partners[at : at + 3] for at in range(0, len(partners), 3)]
        return [rows[at : at + 8] for at in range(0, len(rows), 8)]
