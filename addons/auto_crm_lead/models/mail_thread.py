import logging

from odoo import models

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """Hand mail to a door for prospects over to intake.

        Intake finds or makes the prospects; the mail is then posted on each as an
        answer in its thread. What intake keeps in quarantine has no thread.
        """
        others = []
        taken = False
        thread_id = False
        for route in routes or ():
            model, thread_id, custom_values, user_id, alias = route
            door_id = isinstance(custom_values, dict) and custom_values.get(
                "intake_source_id"
            )
            if model != "crm.lead" or thread_id or not door_id:
                others.append(route)
                continue
            taken = True
            # Mail comes from outside; the alias says which door it may enter.
            leads = (
                self.env["crm.lead"].sudo()._intake_mail(message, message_dict, door_id)
            )
            # Intake has logged the contact.
            thread = self.with_context(auto_intake_mail=True)
            for lead in leads:
                thread_id = super(MailThread, thread)._message_route_process(
                    message,
                    self._intake_mail_of_one(message_dict, len(leads)),
                    [(model, lead.id, None, user_id, alias)],
                )
        if others or not taken:
            return super()._message_route_process(message, message_dict, others)
        return thread_id

    def _intake_mail_of_one(self, message_dict, count):
        """Return what is posted on one of the prospects that a mail holds.

        A message with several persons is posted without its text and attachments:
        whoever looks after one of them has no business with the others. Managers
        find it whole in the log of intakes.
        """
        one = {key: value for key, value in message_dict.items() if key != "parent_id"}
        if count > 1:
            one["attachments"] = []
            one["body"] = self.env._(
                "One of %s prospects in this message; it is kept with the intake.",
                count,
            )
        return one
