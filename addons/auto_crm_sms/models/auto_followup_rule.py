from odoo import fields, models


class AutoFollowupRule(models.Model):
    """Follow-ups that are an SMS."""

    _inherit = "auto.followup.rule"

    delivery = fields.Selection(
        selection_add=[("sms", "SMS")],
        ondelete={
            "sms": lambda rules: rules.write({"delivery": "person", "active": False})
        },
    )
    sms_template_id = fields.Many2one(
        comodel_name="sms.template",
        string="SMS template",
        ondelete="restrict",
        domain="[('model', '=', 'auto.followup')]",
    )

    def _message_template(self):
        if self.delivery == "sms":
            return self.sms_template_id
        return super()._message_template()

    def _with_address(self, partners):
        if self.delivery == "sms":
            return partners.filtered("phone_sanitized")
        return super()._with_address(partners)

    def _send_messages(self, followups):
        if self.delivery != "sms":
            return super()._send_messages(followups)
        bodies = self.sms_template_id._render_field(
            "body", followups.ids, compute_lang=True
        )
        return self.env["sms.sms"].create(
            [
                {
                    "partner_id": followup.partner_id.id,
                    "number": followup.partner_id.phone_sanitized,
                    "body": bodies[followup.id],
                }
                for followup in followups
            ]
        )
