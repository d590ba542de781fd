from odoo import fields, models


class AutoFollowupQuestion(models.Model):
    """What to ask in a follow-up; the answers are kept and counted."""

    _name = "auto.followup.question"
    _description = "Question of a follow-up"
    _order = "rule_id, sequence, id"

    rule_id = fields.Many2one(
        comodel_name="auto.followup.rule",
        string="Follow-up rule",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Question", required=True, translate=True)
    active = fields.Boolean(default=True)
