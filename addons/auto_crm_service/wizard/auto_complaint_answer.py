from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, is_html_empty


class AutoComplaintAnswer(models.TransientModel):
    """Answer the customer, by e-mail or by what was said."""

    _name = "auto.complaint.answer"
    _inherit = ["auto.window.mixin"]
    _description = "Answer to a complaint"
    _document_field = "complaint_id"

    complaint_id = fields.Many2one(
        comodel_name="auto.complaint", required=True, ondelete="cascade"
    )
    partner_name = fields.Char(related="complaint_id.partner_id.name")
    phone = fields.Char(related="complaint_id.phone")
    email = fields.Char(related="complaint_id.partner_id.email")
    description = fields.Text(related="complaint_id.description")
    solution = fields.Text(related="complaint_id.solution")
    kind = fields.Selection(
        selection=[
            ("first", "First word: we have it and look into it"),
            ("final", "The answer: what was found and what we do"),
        ],
        string="What it is",
        required=True,
        default=lambda self: self._default_kind(),
    )
    channel = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("email", "E-mail"),
            ("visit", "In the store"),
            ("chat", "WeChat or chat"),
            ("letter", "Letter"),
        ],
        string="By",
        required=True,
        default="phone",
    )
    template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Template",
        domain="[('model', '=', 'auto.complaint')]",
        compute="_compute_template_id",
        store=True,
        readonly=False,
    )
    subject = fields.Char(compute="_compute_text", store=True, readonly=False)
    body = fields.Html(
        string="Text",
        compute="_compute_text",
        store=True,
        readonly=False,
        sanitize_style=True,
    )
    note = fields.Text(string="What was said")
    is_done = fields.Boolean(string="Done", readonly=True)

    @api.model
    def _default_kind(self):
        complaint_id = self.env.context.get("default_complaint_id")
        complaint = self.env["auto.complaint"].browse(complaint_id)
        tasks = complaint.task_ids
        waiting = not tasks or tasks.filtered(lambda task: task.state == "todo")
        return "first" if waiting and not complaint.date_first_answer else "final"

    @api.depends("complaint_id", "kind")
    def _compute_template_id(self):
        first = self.env.ref(
            "auto_crm_service.mail_template_complaint_received",
            raise_if_not_found=False,
        )
        answer = self.env.ref(
            "auto_crm_service.mail_template_complaint_answer", raise_if_not_found=False
        )
        for wizard in self:
            own = wizard.complaint_id.category_id.answer_template_id
            wizard.template_id = first if wizard.kind == "first" else own or answer

    @api.depends("template_id", "complaint_id")
    def _compute_text(self):
        for wizard in self:
            template, record = wizard.template_id, wizard.complaint_id
            wizard.subject = wizard.body = False
            if template and record:
                # The words are the house's; who answers changes them here.
                known = template.sudo()
                for name, field in (("subject", "subject"), ("body", "body_html")):
                    wizard[name] = known._render_field(
                        field, record.ids, compute_lang=True
                    )[record.id]

    def action_confirm(self):
        """Send the mail, or keep what was said."""
        self.ensure_one()
        close = {"type": "ir.actions.act_window_close"}
        # Pressed twice, it is sent and kept once.
        if self.is_done:
            return close
        self.is_done = True
        complaint = self.complaint_id
        text = self._send() if self.channel == "email" else self.note
        complaint._answer(text, self.channel, final=self.kind == "final")
        return close

    def _send(self):
        """Send the mail to the customer and return its words."""
        partner = self.complaint_id.sudo().partner_id
        if not partner.email_normalized:
            raise UserError(
                self.env._(
                    "%(customer)s has no e-mail address: answer by phone, or ask for "
                    "one.",
                    customer=partner.name,
                )
            )
        if is_html_empty(self.body):
            raise UserError(self.env._("The mail is empty."))
        self.complaint_id._check_may_work()
        # The customer waits for this answer: it needs no consent to advertising.
        self.complaint_id.message_post(
            body=self.body,
            subject=self.subject,
            partner_ids=partner.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            email_layout_xmlid="mail.mail_notification_light",
        )
        return html2plaintext(self.body)
