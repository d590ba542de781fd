from odoo import fields, models
from odoo.exceptions import UserError


class MailActivity(models.Model):
    _inherit = "mail.activity"

    auto_lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Reminder of prospect",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="Set on the one follow-up reminder of a prospect.",
    )

    _auto_lead_one_open = models.UniqueIndex(
        "(auto_lead_id) WHERE active IS TRUE AND auto_lead_id IS NOT NULL",
        "A prospect has one open follow-up at a time.",
    )

    def _action_done(self, feedback=False, attachment_ids=None):
        """Log a contact for each follow-up reminder that is marked as done.

        The follow-up of a prospect is done when somebody talked to the customer,
        so the words are required; the reminder then moves to the next date.
        """
        reminders = self.filtered("auto_lead_id")
        if not reminders:
            return super()._action_done(
                feedback=feedback, attachment_ids=attachment_ids
            )
        if not feedback or not feedback.strip():
            raise UserError(
                self.env._(
                    "Write what was said with the customer, or use “Log contact”: a "
                    "follow-up is done by talking to the customer."
                )
            )
        reminders.auto_lead_id._log_contact("phone", feedback)
        return super(MailActivity, self - reminders)._action_done(
            feedback=feedback, attachment_ids=attachment_ids
        )
