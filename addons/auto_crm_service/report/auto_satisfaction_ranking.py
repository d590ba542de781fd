from odoo import fields, models
from odoo.tools import SQL

from ..models.survey_survey_satisfaction import KINDS

MIN_SAMPLE = 5
PARAMETER = "auto_crm_service.satisfaction_min_sample"


class AutoSatisfactionRanking(models.Model):
    """Stores, advisers and technicians by their score, with how many answered.

    Answers in doubt count neither as asked nor as answered. A score of fewer answers
    than the least sample is withheld, and has no rank.
    """

    _name = "auto.satisfaction.ranking"
    _description = "Ranking by satisfaction"
    _auto = False
    _order = "kind, scope, days, rank, id"
    _rec_name = "person_id"
    _depends = {
        "auto.satisfaction": [
            "company_id",
            "date_sent",
            "flag",
            "is_cleared",
            "is_scored",
            "kind",
            "recommend",
            "score",
            "state",
            "technician_id",
            "user_id",
        ]
    }

    kind = fields.Selection(selection=KINDS, string="Satisfaction of", readonly=True)
    scope = fields.Selection(
        selection=[
            ("store", "Stores"),
            ("adviser", "Advisers and consultants"),
            ("technician", "Technicians"),
        ],
        string="Ranking of",
        readonly=True,
    )
    days = fields.Selection(
        selection=[("90", "90 days"), ("365", "365 days")],
        string="Last",
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", readonly=True
    )
    person_id = fields.Many2one(
        comodel_name="res.users", string="Person", readonly=True
    )
    asked = fields.Integer(readonly=True)
    answered = fields.Integer(readonly=True)
    response_rate = fields.Float(
        string="Response (%)", readonly=True, digits=(5, 1), aggregator="avg"
    )
    score = fields.Float(
        string="Score (average)",
        readonly=True,
        digits=(5, 1),
        aggregator="avg",
        help="Empty (0) where too few have answered.",
    )
    nps = fields.Float(
        string="NPS (average)", readonly=True, digits=(5, 1), aggregator="avg"
    )
    is_withheld = fields.Boolean(string="Too few answers", readonly=True)
    rank = fields.Integer(string="Place", readonly=True, aggregator=None)
    rank_text = fields.Char(string="Rank", compute="_compute_texts")
    score_text = fields.Char(string="Score", compute="_compute_texts")
    nps_text = fields.Char(string="NPS", compute="_compute_texts")

    def _compute_texts(self):
        for row in self:
            row.rank_text = "–" if row.is_withheld else str(row.rank)
            row.score_text = "–" if row.is_withheld else f"{row.score:.1f}"
            row.nps_text = "–" if row.is_withheld else f"{row.nps:.0f}"

    @property
    def _table_query(self):
        # A figure of the whole group, whoever reads it.
        parameters = self.env["ir.config_parameter"].sudo()
        least = parameters.get_param(PARAMETER) or ""
        least = int(least) if least.isdecimal() else MIN_SAMPLE
        return SQL(
            """
            WITH asked AS (
                SELECT s.id, s.kind, s.company_id, s.user_id, s.technician_id,
                       s.state = 'answered' AS answered,
                       s.state = 'answered' AND s.is_scored AS scored,
                       s.score, s.recommend,
                       period.days
                  FROM auto_satisfaction s
            CROSS JOIN (VALUES ('90', 90), ('365', 365)) AS period(days, number)
                 WHERE s.date_sent >= (now() AT TIME ZONE 'UTC')
                       - make_interval(days => period.number)
                   AND (s.flag IS NULL OR s.is_cleared)
                   AND (s.state IN ('answered', 'expired')
                        OR s.deadline < now() AT TIME ZONE 'UTC')
            ), rated AS (
                SELECT *, 'store' AS scope, NULL::int AS person_id FROM asked
                 UNION ALL
                SELECT *, 'adviser', user_id FROM asked
                 WHERE user_id IS NOT NULL AND kind != 'staff'
                 UNION ALL
                SELECT *, 'technician', technician_id FROM asked
                 WHERE technician_id IS NOT NULL AND kind != 'staff'
            ), figures AS (
                SELECT min(id) AS first_id, kind, scope, days, company_id, person_id,
                       count(*) AS asked,
                       count(*) FILTER (WHERE answered) AS answered,
                       count(*) FILTER (WHERE scored) AS scored,
                       avg(score) FILTER (WHERE scored) AS score,
                       100.0 * (count(*) FILTER (WHERE answered AND recommend >= 9)
                         - count(*) FILTER (
                             WHERE answered AND recommend BETWEEN 0 AND 6))
                         / NULLIF(count(*) FILTER (
                             WHERE answered AND recommend >= 0), 0) AS nps
                  FROM rated
              GROUP BY kind, scope, days, company_id, person_id
            )
            SELECT (first_id * 6
                    + CASE scope WHEN 'store' THEN 0 WHEN 'adviser' THEN 2 ELSE 4 END
                    + CASE days WHEN '90' THEN 0 ELSE 1 END) AS id,
                   kind, scope, days, company_id, person_id, asked, answered,
                   100.0 * answered / asked AS response_rate,
                   scored < %(least)s AS is_withheld,
                   CASE WHEN scored >= %(least)s THEN score END AS score,
                   CASE WHEN scored >= %(least)s THEN nps END AS nps,
                   CASE WHEN scored >= %(least)s THEN
                       rank() OVER (
                           PARTITION BY kind, scope, days, scored >= %(least)s
                           ORDER BY score DESC)
                   END AS rank
              FROM figures
            """,
            least=least,
        )
