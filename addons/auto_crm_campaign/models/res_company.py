from odoo import models

from ..tools.sms_gateway import SmsApiGateway


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_sms_api_class(self):
        """Send by the store's own HTTP gateway, if it has one."""
        gateway = self.env["auto.sms.gateway"]._of(self)
        if not gateway:
            return super()._get_sms_api_class()
        return lambda env, account=None: SmsApiGateway(env, gateway, account)
