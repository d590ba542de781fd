from odoo import api, models
from odoo.tools import html2plaintext

MAX_TEXT = 2000


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Let the contact log have what people answer to bulk messages."""
        thread = self
        if message_dict.get("references") or message_dict.get("in_reply_to"):
            text = html2plaintext(message_dict.get("body") or "").strip()[:MAX_TEXT]
            answer = (message_dict.get("message_id"), text)
            thread = self.with_context(auto_bulk_answer=answer)
        return super(MailThread, thread)._message_route_process(
            message, message_dict, routes
        )
