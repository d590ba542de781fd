import logging

from odoo import models

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """Hand mail to a door for prospects over to intake.

        Intake finds or makes the prospect; the mail is then posted on it as an
        answer in its thread. What intake keeps in quarantine has no thread.
        """
        processed = []
        for route in routes or ():
            model, thread_id, custom_values, user_id, alias = route
            door_id = isinstance(custom_values, dict) and custom_values.get(
                "intake_source_id"
            )
            if model == "crm.lead" and not thread_id and door_id:
                # Mail comes from outside; the alias says which door it may enter.
                lead = (
                    self.env["crm.lead"]
                    .sudo()
                    ._intake_mail(message, message_dict, door_id)
                )
                if not lead:
                    continue
                route = (model, lead.id, None, user_id, alias)
                message_dict.pop("parent_id", None)
            processed.append(route)
        if routes and not processed:
            return False
        return super()._message_route_process(message, message_dict, processed)
