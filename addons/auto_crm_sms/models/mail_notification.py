from odoo import fields, models


class MailNotification(models.Model):
    _inherit = "mail.notification"

    # The history of messages would tell the number that the customer masks.
    sms_number = fields.Char(groups="auto_crm_base.group_phone_full,base.group_system")
