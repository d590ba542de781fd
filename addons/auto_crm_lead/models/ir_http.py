from odoo import models
from odoo.http import request

from ..controllers.reading import read_body


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        if rule.endpoint.routing.get("auto_intake"):
            # Before anything takes the body for a form: many senders of XML call
            # it one, and then it could not be read as it was signed.
            read_body(request.httprequest)
        return super()._pre_dispatch(rule, args)
