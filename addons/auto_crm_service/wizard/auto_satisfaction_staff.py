from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class AutoSatisfactionStaff(models.TransientModel):
    """Asks the people of some stores, without keeping who said what."""

    _name = "auto.satisfaction.staff"
    _description = "Ask the staff"

    survey_id = fields.Many2one(
        comodel_name="survey.survey",
        string="Questionnaire",
        required=True,
        domain="[('auto_kind', '=', 'staff'), ('auto_is_anonymous', '=', True)]",
        ondelete="cascade",
    )
    company_ids = fields.Many2many(
        comodel_name="res.company",
        string="Stores",
        required=True,
        default=lambda self: self.env.companies,
    )
    deadline_days = fields.Integer(
        string="Time to answer (days)", default=14, required=True
    )

    def action_send(self):
        """Send each person of the stores a link that nobody can trace back.

        :raise UserError: when nobody can be asked
        """
        self.ensure_one()
        if not self.env.user.has_group("auto_crm_base.group_head_office"):
            raise AccessError(self.env._("Head office asks the staff."))
        # The questionnaire is known to those who make questionnaires alone.
        survey = self.survey_id.sudo()
        if survey.auto_kind != "staff" or not survey.auto_is_anonymous:
            raise UserError(self.env._("The staff are asked anonymously."))
        if not 1 <= self.deadline_days <= 90:
            raise UserError(self.env._("Give between 1 and 90 days."))
        if self.company_ids - self.env.companies:
            raise AccessError(self.env._("Choose from your stores."))
        requests = self.env["auto.satisfaction"]
        users = (
            self.env["res.users"]
            .sudo()  # who works where is needed for all of them
            .search(
                [
                    ("company_id", "in", self.company_ids.ids),
                    ("share", "=", False),
                    (
                        "all_group_ids",
                        "in",
                        self.env.ref("auto_crm_base.group_user").ids,
                    ),
                ]
            )
            .filtered("partner_id.email_normalized")
        )
        waiting = requests.sudo().search(
            [("survey_id", "=", survey.id), ("state", "=", "sent")]
        )
        users = users.filtered(lambda user: user.partner_id not in waiting.partner_id)
        if not users:
            raise UserError(
                self.env._("Nobody to ask: all were asked, or have no address.")
            )
        for user in users:
            requests._send(
                {
                    "survey_id": survey.id,
                    "kind": "staff",
                    "company_id": user.company_id.id,
                    "partner_id": user.partner_id.id,
                    "channel": "email",
                },
                self.deadline_days,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s people are asked.", count=len(users)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
