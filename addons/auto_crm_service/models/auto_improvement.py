from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .survey_survey_satisfaction import KINDS

# What the staff answers is for head office alone.
CUSTOMERS = [kind for kind in KINDS if kind[0] != "staff"]


class AutoImprovement(models.Model):
    """A finding that becomes a measure, and what the measure changed (PDCA)."""

    _name = "auto.improvement"
    _inherit = ["auto.numbered.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Improvement"
    _order = "state, date_due, id desc"
    _rec_names_search = ["name", "title"]

    title = fields.Char(string="Measure in a line", required=True, tracking=True)
    state = fields.Selection(
        selection=[
            ("plan", "Plan"),
            ("do", "Do"),
            ("check", "Check"),
            ("act", "Act"),
            ("done", "Done"),
        ],
        required=True,
        default="plan",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    source = fields.Selection(
        selection=[
            ("complaints", "Complaints"),
            ("survey", "Satisfaction survey"),
            ("indicator", "Indicator"),
            ("other", "Other"),
        ],
        string="Found in",
        required=True,
        default="complaints",
    )
    finding = fields.Text(
        required=True, help="What goes wrong, how often, and since when."
    )
    root_cause = fields.Text()
    measure = fields.Html(help="Who changes what, and how.")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_due = fields.Date(string="Due", required=True, tracking=True)
    measured_by = fields.Selection(
        selection=[("complaints", "Complaints"), ("satisfaction", "Satisfaction")],
        required=True,
        default="complaints",
        tracking=True,
        help="What is compared before and after: how many complaints came, or how "
        "content the answers of the surveys are.",
    )
    survey_kind = fields.Selection(
        selection=CUSTOMERS,
        string="Satisfaction of",
        help="Empty: of customers of sales and service alike.",
    )
    dimension_id = fields.Many2one(
        comodel_name="auto.satisfaction.dimension",
        string="Dimension",
        ondelete="restrict",
        help="Empty: the index over all dimensions.",
    )
    category_id = fields.Many2one(
        comodel_name="auto.complaint.category",
        string="Measured by complaints of",
        ondelete="restrict",
        help="With the categories below it. Empty: all complaints of the store.",
    )
    complaint_ids = fields.Many2many(
        comodel_name="auto.complaint",
        relation="auto_improvement_complaint_rel",
        column1="improvement_id",
        column2="complaint_id",
        string="Complaints",
    )
    complaint_count = fields.Integer(compute="_compute_complaint_count")
    date_effective = fields.Date(
        string="In force since",
        copy=False,
        tracking=True,
        help="From this day the measure is at work: the complaints before and after it "
        "are compared.",
    )
    period_days = fields.Integer(
        string="Compare (days)",
        default=30,
        help="So many days before are compared with as many days after.",
    )
    count_before = fields.Integer(
        string="Before",
        compute="_compute_effect",
        aggregator=None,
        help="Complaints, or answers to surveys.",
    )
    count_after = fields.Integer(
        string="After",
        compute="_compute_effect",
        aggregator=None,
        help="Complaints, or answers to surveys.",
    )
    effect = fields.Float(
        string="Change (%)",
        compute="_compute_effect",
        aggregator=None,
        help="Of complaints a day, after against before: below zero, fewer. Of the "
        "score: above zero, more content.",
    )
    effect_text = fields.Char(string="Effect so far", compute="_compute_effect")
    conclusion = fields.Text(
        copy=False,
        help="What the measure brought, and what becomes the rule. Needed to end it.",
    )

    _period_positive = models.Constraint(
        "CHECK(period_days BETWEEN 1 AND 730)", "Compare between 1 and 730 days."
    )

    @api.depends("name", "title")
    def _compute_display_name(self):
        for improvement in self:
            parts = (improvement.name, improvement.title)
            improvement.display_name = " · ".join(filter(None, parts))

    @api.depends("complaint_ids")
    def _compute_complaint_count(self):
        for improvement in self:
            improvement.complaint_count = len(improvement.complaint_ids)

    def _measured_domains(self):
        """Return the domains of what is counted before and after, and the days after.

        They are of ``auto.complaint`` or ``auto.satisfaction``, as the measure says.
        """
        self.ensure_one()
        base = Domain("company_id", "=", self.company_id.id)
        if self.measured_by == "satisfaction":
            name = "date_answered"
            base &= Domain("is_counted", "=", True)
            kinds = [self.survey_kind] if self.survey_kind else dict(CUSTOMERS)
            base &= Domain("kind", "in", list(kinds))
            if self.dimension_id:
                base &= Domain("score_ids.dimension_id", "=", self.dimension_id.id)
        else:
            name = "date_received"
            if self.category_id:
                base &= Domain("category_id", "child_of", self.category_id.id)
        start = fields.Datetime.to_datetime(self.date_effective)
        length = timedelta(days=self.period_days)
        end = min(start + length, fields.Datetime.now())

        def between(first, last):
            return base & Domain(name, ">=", first) & Domain(name, "<", last)

        days = max((end - start).total_seconds() / 86400, 0)
        return between(start - length, start), between(start, start + length), days

    @api.depends(
        "date_effective",
        "period_days",
        "category_id",
        "company_id",
        "measured_by",
        "survey_kind",
        "dimension_id",
    )
    def _compute_effect(self):
        measured = self.filtered(lambda one: one.date_effective and one.period_days)
        figures = measured._figures()
        for improvement in self:
            improvement.count_before = improvement.count_after = 0
            improvement.effect, improvement.effect_text = 0.0, False
            if improvement in figures:
                before, after, days = figures[improvement]
                improvement.count_before, improvement.count_after = before[0], after[0]
                if not days:
                    improvement.effect_text = self.env._("Not in force yet")
                elif improvement.measured_by == "satisfaction":
                    improvement._compare_scores(before, after)
                else:
                    improvement._compare_complaints(before[0], after[0], days)

    def _figures(self):
        """Return what was counted for each measure, in one query for all of them.

        :return: dict measure → tuple of ``(count, average score)`` before, the same
            after, and the days after
        """
        parts, days_after = [], []
        for number, improvement in enumerate(self):
            *domains, days = improvement._measured_domains()
            days_after.append(days)
            parts += [
                improvement._figure_sql(2 * number + index, domain)
                for index, domain in enumerate(domains)
            ]
        if not parts:
            return {}
        found = {
            number: (count, float(score or 0))
            for number, count, score in self.env.execute_query(
                SQL(" UNION ALL ").join(parts)
            )
        }
        return {
            improvement: (found[2 * number], found[2 * number + 1], days)
            for number, (improvement, days) in enumerate(
                zip(self, days_after, strict=True)
            )
        }

    def _figure_sql(self, number, domain):
        """Return the query of a number, how many there are, and their average score.

        :param domain: one of :meth:`_measured_domains`
        """
        # Counts and averages name nobody, whoever may read what is counted.
        if self.measured_by == "complaints":
            query = self.env["auto.complaint"].sudo()._search(domain)
            return query.select(SQL("%s", number), SQL("COUNT(*)"), SQL("NULL::float8"))
        records = self.env["auto.satisfaction"].sudo()
        if self.dimension_id:
            domain = Domain("dimension_id", "=", self.dimension_id.id) & Domain(
                "satisfaction_id", "any", domain
            )
            records = self.env["auto.satisfaction.score"].sudo()
        query = records._search(domain)
        score = records._field_to_sql(query.table, "score", query)
        return query.select(
            SQL("%s", number), SQL("COUNT(*)"), SQL("AVG(%s)::float8", score)
        )

    def _compare_complaints(self, before, after, days):
        """Compare how many complaints a day came."""
        rate_before = before / self.period_days
        if not rate_before:
            self.effect_text = self.env._("Nothing to compare with before")
            return
        self.effect = (after / days / rate_before - 1) * 100
        self.effect_text = self.env._(
            "%(before)s in %(period)s days before, %(after)s in %(days)s days "
            "since: %(change)s %%",
            before=before,
            period=self.period_days,
            after=after,
            days=round(days),
            change=f"{self.effect:+.0f}",
        )

    def _compare_scores(self, before, after):
        """Compare how content the answers to the surveys are."""
        if not all(before):
            self.effect_text = self.env._("Nothing to compare with before")
            return
        if not after[0]:
            self.effect_text = self.env._("No answer since")
            return
        self.effect = (after[1] / before[1] - 1) * 100
        self.effect_text = self.env._(
            "Score %(before)s of %(count_before)s answers before, %(after)s of "
            "%(count_after)s since: %(change)s %%",
            before=f"{before[1]:.1f}",
            count_before=before[0],
            after=f"{after[1]:.1f}",
            count_after=after[0],
            change=f"{self.effect:+.0f}",
        )

    @api.model_create_multi
    def create(self, vals_list):
        improvements = super().create(vals_list)
        improvements._check_state()
        improvements._remind_owner()
        return improvements

    def write(self, vals):
        result = super().write(vals)
        if {"state", "conclusion", "date_effective"} & vals.keys():
            self._check_state()
        if {"user_id", "date_due", "state"} & vals.keys():
            self._remind_owner()
        return result

    def _check_state(self):
        for improvement in self:
            if improvement.state in ("check", "act", "done") and not (
                improvement.date_effective
            ):
                raise UserError(
                    self.env._(
                        "Say since when “%(measure)s” is in force: else nothing can be "
                        "checked.",
                        measure=improvement.title,
                    )
                )
            if (
                improvement.state == "done"
                and not (improvement.conclusion or "").strip()
            ):
                raise UserError(
                    self.env._(
                        "Write what “%(measure)s” brought before it ends.",
                        measure=improvement.title,
                    )
                )

    def _remind_owner(self):
        """Keep one activity for the owner, until it is done."""
        self.sudo().activity_ids.filtered("automated").unlink()
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        # The owner is given the activity by whoever writes the measure down.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    "activity_type_id": todo.id,
                    "res_model_id": model_id,
                    "res_id": improvement.id,
                    "user_id": improvement.user_id.id,
                    "date_deadline": improvement.date_due,
                    "summary": improvement.title,
                    "automated": True,
                }
                for improvement in self
                if improvement.state != "done"
            ]
        )

    def action_open_before(self):
        """Open what was counted before the measure."""
        return self._open_measured(0)

    def action_open_after(self):
        """Open what was counted since the measure."""
        return self._open_measured(1)

    def _open_measured(self, index):
        self.ensure_one()
        if not self.date_effective:
            raise UserError(self.env._("Say first since when the measure is in force."))
        domain = self._measured_domains()[index]
        if self.measured_by == "complaints":
            return self._open_complaints(domain)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_service.auto_satisfaction_action"
        )
        return action | {"domain": list(domain), "context": {}}

    def action_open_complaints(self):
        """Open the complaints that the finding comes from."""
        self.ensure_one()
        return self._open_complaints(Domain("id", "in", self.complaint_ids.ids))

    def _open_complaints(self, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_service.auto_complaint_action_all"
        )
        return action | {"domain": list(domain), "context": {}}
