from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.auto_followup_answer import ANSWERS


class AutoFollowupClose(models.TransientModel):
    """The questions of the rule, asked and answered in the same window."""

    _inherit = "auto.followup.close"

    answer_ids = fields.One2many(
        comodel_name="auto.followup.close.answer",
        inverse_name="wizard_id",
        string="Questions",
        compute="_compute_answer_ids",
        store=True,
        readonly=False,
    )

    @api.depends("followup_id")
    def _compute_answer_ids(self):
        for wizard in self:
            questions = wizard.followup_id.rule_id.question_ids
            wizard.answer_ids = [
                Command.clear(),
                *(
                    Command.create({"question_id": question.id})
                    for question in questions
                ),
            ]

    def action_confirm(self):
        """Keep the answers, once the follow-up is closed with its result."""
        answers = self.answer_ids.filtered("answer")
        if answers.question_id - self.followup_id.rule_id.question_ids:
            raise UserError(self.env._("These are not the questions of the follow-up."))
        action = super().action_confirm()
        if self.mode == "done" and answers:
            # Who may close the follow-up, which was checked, keeps its answers.
            self.env["auto.followup.answer"].sudo().create(
                [
                    {
                        "followup_id": self.followup_id.id,
                        "question_id": line.question_id.id,
                        "answer": line.answer,
                        "note": line.note,
                    }
                    for line in answers
                ]
            )
        return action


class AutoFollowupCloseAnswer(models.TransientModel):
    """One question in the window that takes the result."""

    _name = "auto.followup.close.answer"
    _description = "Question in a follow-up"

    wizard_id = fields.Many2one(
        comodel_name="auto.followup.close", required=True, ondelete="cascade"
    )
    question_id = fields.Many2one(
        comodel_name="auto.followup.question",
        string="Question",
        required=True,
        ondelete="cascade",
    )
    answer = fields.Selection(selection=ANSWERS)
    note = fields.Char()
