from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..models.repair_order_estimate import BEFORE_WORK


class AutoRepairShare(models.TransientModel):
    """Sends the customer the link to the page of the repair order."""

    _name = "auto.repair.share"
    _inherit = ["auto.window.mixin"]
    _description = "Link for the customer"
    _document_field = "repair_id"

    repair_id = fields.Many2one(
        comodel_name="repair.order", required=True, ondelete="cascade"
    )
    partner_name = fields.Char(related="repair_id.partner_id.name", string="Customer")
    email = fields.Char(related="repair_id.partner_id.email")
    to_decide_count = fields.Integer(related="repair_id.to_decide_count")
    has_sms = fields.Boolean(compute="_compute_has_sms")
    url = fields.Char(string="Link", compute="_compute_url")
    text = fields.Text(
        compute="_compute_text",
        store=True,
        readonly=False,
        help="For a text message or WeChat.",
    )

    def _compute_has_sms(self):
        # Texting is there where its addon is installed.
        self.has_sms = "sms.composer" in self.env

    @api.depends("repair_id")
    def _compute_url(self):
        for wizard in self:
            # Who may have the link is checked by the order.
            repair = wizard.repair_id
            wizard.url = repair and repair.get_base_url() + repair.get_portal_url()

    @api.depends("repair_id")
    def _compute_text(self):
        for wizard in self:
            repair = wizard.repair_id
            repair = repair.with_context(lang=repair.partner_id.lang or self.env.lang)
            asked = repair.line_ids._to_decide()
            words = {
                "car": repair.vehicle_id.license_plate or repair.vehicle_id.vin or "",
                "store": repair.company_id.name,
                "url": wizard.url,
            }
            if asked:
                wizard.text = repair.env._(
                    "%(store)s: the estimate for %(car)s is %(amount)s. Please decide "
                    "here: %(url)s",
                    amount=format_amount(
                        repair.env, sum(asked.mapped("price_total")), repair.currency_id
                    ),
                    **words,
                )
            else:
                wizard.text = repair.env._(
                    "%(store)s: how far your car %(car)s is: %(url)s", **words
                )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_email(self):
        """Send the link by e-mail.

        :raise UserError: without an address
        """
        self.ensure_one()
        repair = self.repair_id
        partner = repair.sudo().partner_id  # the number may be masked, the mail goes
        if not partner.email_normalized:
            raise UserError(
                self.env._("%(customer)s has no e-mail address.", customer=partner.name)
            )
        self._asked()
        template = self.env.ref("auto_crm_service.mail_template_repair_link")
        # The words are the house's; the customer waits for them: no advertising.
        known = template.sudo()
        texts = {
            name: known._render_field(name, repair.ids, compute_lang=True)[repair.id]
            for name in ("subject", "body_html")
        }
        repair.message_post(
            body=texts["body_html"],
            subject=texts["subject"],
            partner_ids=partner.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            email_layout_xmlid="mail.mail_notification_light",
        )
        return {"type": "ir.actions.act_window_close"}

    def action_sms(self):
        """Open the text message with the link."""
        self.ensure_one()
        self._asked()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send SMS"),
            "res_model": "sms.composer",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_composition_mode": "comment",
                "default_res_model": "res.partner",
                "default_res_id": self.repair_id.partner_id.id,
                "default_body": self.text,
            },
        }

    def action_told(self):
        """Note that the customer has the link by another way."""
        self.ensure_one()
        self._asked()
        return {"type": "ir.actions.act_window_close"}

    def _asked(self):
        """Show the estimate on the page, and note that the customer has it."""
        repair = self.repair_id
        repair.check_access("write")
        repair._check_not_over()
        repair._check_discount()
        waiting = repair.line_ids._to_decide()
        waiting._offer_to_customer()
        if waiting and repair.service_state in BEFORE_WORK:
            repair._set_service_state("asked")
