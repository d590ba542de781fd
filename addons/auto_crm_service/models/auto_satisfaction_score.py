from odoo import fields, models


class AutoSatisfactionScore(models.Model):
    """The score of one dimension in one answer."""

    _name = "auto.satisfaction.score"
    _inherit = "auto.append.only.mixin"
    _description = "Score of a dimension"
    _order = "satisfaction_id desc, dimension_id"
    _rec_name = "dimension_id"

    satisfaction_id = fields.Many2one(
        comodel_name="auto.satisfaction",
        string="Satisfaction",
        required=True,
        index=True,
        ondelete="restrict",
    )
    dimension_id = fields.Many2one(
        comodel_name="auto.satisfaction.dimension",
        string="Dimension",
        required=True,
        index=True,
        ondelete="restrict",
    )
    score = fields.Float(required=True, digits=(5, 1), aggregator="avg")
    kind = fields.Selection(related="satisfaction_id.kind", store=True)
    company_id = fields.Many2one(
        related="satisfaction_id.company_id", store=True, index=True
    )
    user_id = fields.Many2one(
        related="satisfaction_id.user_id", store=True, index="btree_not_null"
    )
    technician_id = fields.Many2one(
        related="satisfaction_id.technician_id", store=True, index="btree_not_null"
    )
    date_answered = fields.Datetime(related="satisfaction_id.date_answered", store=True)
    is_counted = fields.Boolean(related="satisfaction_id.is_counted", store=True)

    _score_check = models.Constraint(
        "CHECK(score BETWEEN 0 AND 100)", "Scores are from 0 to 100."
    )
    _once = models.UniqueIndex(
        "(satisfaction_id, dimension_id)", "A dimension has one score."
    )

    def _append_only_open_fields(self):
        # They follow the answer.
        return super()._append_only_open_fields() | {
            "company_id",
            "date_answered",
            "is_counted",
            "kind",
            "technician_id",
            "user_id",
        }
