from odoo import api, fields, models

ANSWERS = [
    ("yes", "Yes"),
    ("partly", "Partly"),
    ("no", "No"),
    ("unknown", "Does not know"),
]


class AutoFollowupAnswer(models.Model):
    """What a customer answered to one question of a follow-up."""

    _name = "auto.followup.answer"
    _inherit = "auto.append.only.mixin"
    _description = "Answer in a follow-up"
    _order = "followup_id desc, id"

    followup_id = fields.Many2one(
        comodel_name="auto.followup",
        string="Follow-up",
        required=True,
        index=True,
        ondelete="restrict",
    )
    question_id = fields.Many2one(
        comodel_name="auto.followup.question",
        string="Question",
        required=True,
        index=True,
        ondelete="restrict",
    )
    answer = fields.Selection(selection=ANSWERS, required=True)
    note = fields.Char()
    date = fields.Date(required=True, default=fields.Date.context_today)
    rule_id = fields.Many2one(
        related="followup_id.rule_id", store=True, index="btree_not_null"
    )
    company_id = fields.Many2one(related="followup_id.company_id", store=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Asked by",
        default=lambda self: self.env.user,
        index="btree_not_null",
    )

    @api.depends("question_id", "answer")
    def _compute_display_name(self):
        words = dict(self._fields["answer"]._description_selection(self.env))
        for one in self:
            one.display_name = f"{one.question_id.name}: {words.get(one.answer, '')}"

    @api.model
    def _append_only_open_fields(self):
        # Follow the follow-up, which does not change them either.
        return super()._append_only_open_fields() | {"rule_id", "company_id"}
