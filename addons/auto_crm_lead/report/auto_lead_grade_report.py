from odoo import fields, models
from odoo.tools import SQL

VERDICTS = [
    ("fine", "Grade fits"),
    ("inflated", "Graded too high"),
    ("sandbagged", "Graded too low"),
    ("cadence", "Cadence not kept"),
]


class AutoLeadGradeReport(models.Model):
    """Each open prospect's grade, held against its evidence.

    A hot grade (its horizon within the store's *hot* days) is too high when the
    prospect has been in it longer than the grade says, when the customer promised
    a later date, or when nobody has reached the customer for two intervals. A cold
    grade is too low when the customer promised an early date, came to the store
    lately or wants to buy now. A grade whose follow-up is overdue by more than one
    interval is not kept. Test drives count when they are booked as visits.
    """

    _name = "auto.lead.grade.report"
    _description = "Grade check"
    _auto = False
    _order = "verdict desc, days_in_grade desc, id"
    _rec_name = "lead_id"
    _depends = {
        "crm.lead": [
            "active",
            "company_id",
            "date_deadline",
            "followup_state",
            "grade_date",
            "grade_id",
            "horizon_id",
            "need_date",
            "next_followup_date",
            "user_id",
            "won_status",
        ],
        "auto.contact": ["channel", "date", "lead_id", "result"],
        "auto.lead.grade": ["horizon_days", "interval_days", "is_lost", "is_won"],
        "auto.lead.horizon": ["months"],
        "res.company": ["auto_grade_hot_days", "auto_grade_visit_days"],
    }

    lead_id = fields.Many2one(comodel_name="crm.lead", string="Prospect", readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", readonly=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Consultant", readonly=True
    )
    grade_id = fields.Many2one(
        comodel_name="auto.lead.grade", string="Grade", readonly=True
    )
    verdict = fields.Selection(selection=VERDICTS, readonly=True)
    explanation = fields.Char(string="What stands out", compute="_compute_explanation")
    days_in_grade = fields.Integer(
        string="Days in grade", readonly=True, aggregator="avg"
    )
    days_overdue = fields.Integer(
        string="Days overdue", readonly=True, aggregator="avg"
    )
    visits = fields.Integer(readonly=True, aggregator="sum")
    contacts = fields.Integer(readonly=True, aggregator="sum")
    promised_date = fields.Date(string="Promised for", readonly=True)
    too_long = fields.Boolean(string="Too long in the grade", readonly=True)
    promised_later = fields.Boolean(readonly=True)
    not_reached = fields.Boolean(string="Customer not reached", readonly=True)
    promised_soon = fields.Boolean(readonly=True)
    visited_lately = fields.Boolean(readonly=True)
    wants_now = fields.Boolean(readonly=True)
    inflated = fields.Integer(string="Too high", readonly=True, aggregator="sum")
    sandbagged = fields.Integer(string="Too low", readonly=True, aggregator="sum")
    cadence_broken = fields.Integer(
        string="Cadence not kept (number)", readonly=True, aggregator="sum"
    )

    @property
    def _table_query(self) -> SQL:
        today = fields.Date.context_today(self)
        return SQL(
            """
            SELECT checked.*,
                   CASE WHEN checked.inflated = 1 THEN 'inflated'
                        WHEN checked.sandbagged = 1 THEN 'sandbagged'
                        WHEN checked.cadence_broken = 1 THEN 'cadence'
                        ELSE 'fine' END AS verdict
              FROM (
                SELECT facts.*,
                       (facts.hot AND (facts.too_long OR facts.promised_later
                                       OR facts.not_reached))::int AS inflated,
                       (NOT facts.hot AND (facts.promised_soon OR facts.visited_lately
                                           OR facts.wants_now))::int AS sandbagged,
                       (facts.days_overdue > facts.interval_days)::int
                            AS cadence_broken
                  FROM (%s) facts
                ) checked
            """,
            SQL(
                """
                SELECT base.*,
                       base.hot AND base.days_in_grade > base.horizon_days AS too_long,
                       base.hot AND COALESCE(
                            base.promised_date > %(today)s + base.horizon_days, FALSE
                       ) AS promised_later,
                       base.hot AND base.days_in_grade > 2 * base.interval_days
                            AND base.reached = 0 AS not_reached,
                       NOT base.hot AND COALESCE(
                            base.promised_date BETWEEN %(today)s
                            AND %(today)s + base.hot_days, FALSE
                       ) AS promised_soon,
                       NOT base.hot AND COALESCE(
                            base.last_visit > %(today)s - base.visit_days, FALSE
                       ) AS visited_lately,
                       NOT base.hot AND COALESCE(base.months = 0, FALSE) AS wants_now
                  FROM (
                    SELECT lead.id,
                           lead.id AS lead_id,
                           lead.company_id,
                           lead.user_id,
                           lead.grade_id,
                           grade.interval_days,
                           grade.horizon_days,
                           grade.horizon_days > 0 AND grade.horizon_days
                                <= COALESCE(company.auto_grade_hot_days, 30) AS hot,
                           COALESCE(company.auto_grade_hot_days, 30) AS hot_days,
                           COALESCE(company.auto_grade_visit_days, 14) AS visit_days,
                           horizon.months,
                           GREATEST(0, %(today)s - COALESCE(
                                lead.grade_date, lead.create_date)::date
                           ) AS days_in_grade,
                           GREATEST(0, %(today)s - lead.next_followup_date)
                                AS days_overdue,
                           LEAST(lead.date_deadline, lead.need_date) AS promised_date,
                           said.contacts,
                           said.visits,
                           said.reached,
                           said.last_visit
                      FROM crm_lead lead
                      JOIN auto_lead_grade grade ON grade.id = lead.grade_id
                      LEFT JOIN res_company company ON company.id = lead.company_id
                      LEFT JOIN auto_lead_horizon horizon
                             ON horizon.id = lead.horizon_id
                      CROSS JOIN LATERAL (
                            SELECT COUNT(*) AS contacts,
                                   COUNT(*) FILTER (
                                        WHERE contact.channel = 'visit'
                                        OR contact.result = 'visited') AS visits,
                                   COUNT(*) FILTER (
                                        WHERE contact.direction = 'in'
                                        OR contact.result IN (
                                            'reached', 'appointment', 'visited')
                                   ) AS reached,
                                   MAX(contact.date) FILTER (
                                        WHERE contact.channel = 'visit'
                                        OR contact.result = 'visited')::date
                                        AS last_visit
                              FROM auto_contact contact
                             WHERE contact.lead_id = lead.id
                           ) said
                     WHERE lead.active IS TRUE
                       AND lead.won_status = 'pending'
                       AND lead.followup_state IS DISTINCT FROM 'shelved'
                       AND grade.is_lost IS NOT TRUE
                       AND grade.is_won IS NOT TRUE
                  ) base
                """,
                today=today,
            ),
        )

    def _compute_explanation(self):
        for line in self:
            line.explanation = line._explain()

    def _explain(self):
        """Return why the grade is found fitting or not, in words."""
        self.ensure_one()
        grade = self.grade_id
        facts = (
            (
                self.too_long,
                lambda: self.env._(
                    "%(days)s days in a grade that says “within %(horizon)s days”",
                    days=self.days_in_grade,
                    horizon=grade.horizon_days,
                ),
            ),
            (
                self.promised_later,
                lambda: self.env._("the customer spoke of %s", self.promised_date),
            ),
            (
                self.not_reached,
                lambda: self.env._("nobody has reached the customer"),
            ),
            (
                self.promised_soon,
                lambda: self.env._(
                    "the customer wants it by %s already", self.promised_date
                ),
            ),
            (
                self.visited_lately,
                lambda: self.env._("the customer came to the store lately"),
            ),
            (
                self.wants_now,
                lambda: self.env._("the customer says that he buys now"),
            ),
            (
                self.cadence_broken,
                lambda: (
                    self.env._(
                        "the follow-up is %s days overdue, the grade asks for one "
                        "every day",
                        self.days_overdue,
                    )
                    if grade.interval_days == 1
                    else self.env._(
                        "the follow-up is %(days)s days overdue, the grade asks for "
                        "one every %(interval)s days",
                        days=self.days_overdue,
                        interval=grade.interval_days,
                    )
                ),
            ),
        )
        reasons = [words() for holds, words in facts if holds]
        if not reasons:
            return self.env._("Dates, visits and contacts fit the grade.")
        text = "; ".join(reasons)
        return f"{text[0].upper()}{text[1:]}."

    def action_open_lead(self):
        """Open the prospect behind a line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "view_mode": "form",
        }
