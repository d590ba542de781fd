from odoo import models


class MailBlacklist(models.Model):
    _inherit = "mail.blacklist"

    def _add(self, email, message=None):
        result = super()._add(email, message=message)
        self.env["auto.bulk.recipient"]._log_opt_out(
            "email", "email_normalized", result.mapped("email")
        )
        return result


class PhoneBlacklist(models.Model):
    _inherit = "phone.blacklist"

    def _add(self, numbers, message=None):
        result = super()._add(numbers, message=message)
        self.env["auto.bulk.recipient"]._log_opt_out(
            "sms", "phone_sanitized", result.mapped("number")
        )
        return result
