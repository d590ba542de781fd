import smtplib

from odoo import models

from odoo.addons.base.models.ir_mail_server import MailDeliveryException


def answer_code(error):
    """Return the code of the server's answer in an error of smtplib, or None."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((code for code, _text in error.recipients.values()), default=None)
    return None


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def send_email(self, message, *args, **kwargs):
        """Tell who sends a bulk e-mail what the server answered."""
        try:
            return super().send_email(message, *args, **kwargs)
        except MailDeliveryException as error:
            answer = self.env.context.get("auto_smtp_answer")
            if answer is not None:
                answer.code = answer_code(error.__context__)
            raise
