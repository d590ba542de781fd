from odoo import fields, models
from odoo.exceptions import UserError

KINDS = [
    ("sales", "Sales (CSI)"),
    ("service", "Service (CSI)"),
    ("staff", "Staff"),
]


class SurveySurvey(models.Model):
    """Odoo's survey as the questionnaire of customers' and staff's satisfaction."""

    _inherit = "survey.survey"

    auto_kind = fields.Selection(
        selection=KINDS,
        string="Satisfaction of",
        index="btree_not_null",
        help="Answers are scored by dimension and nobody can change them.",
    )
    auto_is_anonymous = fields.Boolean(
        string="Anonymous",
        help="Who answered is forgotten with the answer; nobody can look it up. A bad "
        "answer opens no complaint then.",
    )
    auto_bad_score = fields.Float(
        string="A complaint below",
        default=60,
        help="A score (0 to 100) below which the answer opens a complaint.",
    )

    _auto_bad_score_check = models.Constraint(
        "CHECK (auto_bad_score BETWEEN 0 AND 100)", "Scores are from 0 to 100."
    )

    def _create_answer(
        self,
        user=False,
        partner=False,
        email=False,
        test_entry=False,
        check_attempts=True,
        **additional_vals,
    ):
        if any(survey.auto_is_anonymous for survey in self) and not test_entry:
            user, partner, email = False, False, False
        if check_attempts and not test_entry and any(one.auto_kind for one in self):
            # Only who is drawn answers, and once: `_send` makes the link.
            raise UserError(self.env._("This link was for one answer."))
        return super()._create_answer(
            user=user,
            partner=partner,
            email=email,
            test_entry=test_entry,
            check_attempts=check_attempts,
            **additional_vals,
        )


class SurveyQuestion(models.Model):
    _inherit = "survey.question"

    auto_dimension_id = fields.Many2one(
        comodel_name="auto.satisfaction.dimension",
        string="Dimension",
        ondelete="restrict",
        index="btree_not_null",
        help="A scale, or a choice with scores, counts for this dimension.",
    )
    auto_is_recommend = fields.Boolean(
        string="Would recommend (0–10)",
        help="Promoters (9, 10) less detractors (0 to 6) are the NPS.",
    )
