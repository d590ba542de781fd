import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_lead_intake import QUIET

_logger = logging.getLogger(__name__)

#: How many prospects are taken over while the addon is installed. A job does the
#: rest, so that an installation on a large database does not run for an hour.
AT_INSTALLATION = 10000


class CrmLead(models.Model):
    """Prospects that were there before the addon: take them over, once.

    A prospect without a public reference has not been taken over yet; that is all
    the state there is, so the work can stop and go on at any time.
    """

    _inherit = "crm.lead"

    @api.model
    def _adopt_existing(self, limit=AT_INSTALLATION, batch_size=1000):
        """Take existing prospects over; for the installation.

        :param int limit: at most so many
        :param int batch_size: so many with each round of queries
        :return: how many were taken over
        """
        total = 0
        while total < limit:
            done = self._adopt_batch(min(batch_size, limit - total))
            if not done:
                return total
            total += done
        # There may be more: the job goes on with them.
        self.env.ref("auto_crm_lead.ir_cron_adopt")._trigger()
        return total

    @api.model
    def _cron_adopt(self, batch_size=1000):
        """Take over what the installation, or a script beside Odoo, left."""
        cron = self.env["ir.cron"]
        count = "SELECT count(*) FROM crm_lead WHERE public_ref IS NULL"
        [(remaining,)] = self.env.execute_query(SQL(count))
        cron._commit_progress(remaining=remaining)
        while done := self._adopt_batch(batch_size):
            if not cron._commit_progress(done):
                return

    @api.model
    def _adopt_batch(self, batch_size):
        """Take the latest prospects over that have not been yet.

        All get a public reference and, where they have none, the store of their
        team, salesperson or customer. The open ones get a grade by the day on which
        they are expected to close, the day of the next contact, and their
        identities, so that the next enquiry of the person finds them. Won and lost
        ones get the grade that says so. Nothing that a user entered is changed, nor
        who changed a prospect last and when.

        :param int batch_size: so many prospects
        :return: how many were taken over
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM crm_lead WHERE public_ref IS NULL"
                " ORDER BY id DESC LIMIT %s FOR UPDATE",
                batch_size,
            )
        )
        ids = [row[0] for row in rows]
        if not ids:
            return 0
        self._adopt_companies(ids)
        leads = self.sudo().with_context(**QUIET).browse(ids)
        leads.invalidate_recordset()
        before = {lead: lead.grade_id for lead in leads}
        leads._adopt_values()
        leads.invalidate_recordset()
        leads.filtered(lambda lead: lead.grade_id != before[lead]).with_context(
            auto_grade_reason=self.env._("Taken over from the time before")
        )._log_grade(before)
        leads._adopt_identities()
        open_leads = leads.filtered(lambda lead: lead._is_open_prospect())
        partners = self.env["res.partner"].sudo()
        partners._adopt_into_stores(open_leads.partner_id.ids, "prospect")
        partners._adopt_into_stores((leads - open_leads).partner_id.ids)
        _logger.info("%s prospects from before were taken over", len(ids))
        return len(ids)

    @api.model
    def _adopt_companies(self, ids):
        """Give prospects without a store the one that looks after them."""
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_lead SET company_id = found.company_id
                  FROM (SELECT lead.id, COALESCE(
                                   team.company_id, salesperson.company_id,
                                   customer.company_id, %s) AS company_id
                          FROM crm_lead lead
                     LEFT JOIN crm_team team ON team.id = lead.team_id
                     LEFT JOIN res_users salesperson ON salesperson.id = lead.user_id
                     LEFT JOIN res_partner customer ON customer.id = lead.partner_id
                         WHERE lead.id IN %s AND lead.company_id IS NULL) AS found
                 WHERE found.id = crm_lead.id RETURNING crm_lead.id
                """,
                self.env.company.id,
                tuple(ids),
            )
        )

    def _adopt_values(self):
        """Write reference, grade, state and next contact, in one statement."""
        today = fields.Date.context_today(self)
        # A handful of records of configuration.
        model = self.env["auto.lead.grade"]
        grades = model.search([])  # pylint: disable=no-search-all
        first = self.env["crm.stage"].search([], limit=1)
        planned = dict(
            self.env["mail.activity"]._read_group(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("date_deadline", ">=", today),
                ],
                ["res_id"],
                ["date_deadline:min"],
            )
        )
        values = {}
        for lead, reference in zip(
            self, self._next_public_refs(len(self)), strict=True
        ):
            grade, state, lost_state, date = lead._adopt_outcome(
                grades, planned.get(lead.id), today
            )
            if state == "first_contact" and lead.stage_id.sequence > first.sequence:
                state = "intent"
            values[lead] = [reference, grade.id or None, state, lost_state, date]
        for company, leads in self.grouped("company_id").items():
            dates = {values[lead][4] for lead in leads} - {None}
            working = company._auto_working_days(dates)
            for lead in leads:
                values[lead][4] = working.get(values[lead][4])
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_lead
                   SET public_ref = new.public_ref,
                       grade_id = COALESCE(crm_lead.grade_id, new.grade_id),
                       grade_date = COALESCE(crm_lead.grade_date,
                           CASE WHEN new.grade_id IS NULL THEN NULL ELSE %s END),
                       followup_state = CASE
                           WHEN crm_lead.followup_state = 'first_contact'
                           THEN new.followup_state ELSE crm_lead.followup_state END,
                       lost_state = CASE
                           WHEN COALESCE(crm_lead.lost_state, 'none') = 'none'
                           THEN new.lost_state ELSE crm_lead.lost_state END,
                       lost_date = CASE WHEN new.lost_state = 'approved'
                           THEN COALESCE(crm_lead.lost_date, crm_lead.date_closed)
                           ELSE crm_lead.lost_date END,
                       next_followup_date = COALESCE(
                           crm_lead.next_followup_date, new.next_followup_date)
                  FROM (VALUES %s) AS new (id, public_ref, grade_id, followup_state,
                                           lost_state, next_followup_date)
                 WHERE new.id = crm_lead.id RETURNING crm_lead.id
                """,
                fields.Datetime.now(),
                SQL(", ").join(
                    SQL("(%s, %s, %s::int, %s, %s, %s::date)", lead.id, *row)
                    for lead, row in values.items()
                ),
            )
        )

    def _adopt_outcome(self, grades, planned, today):
        """Return what an existing prospect means for us.

        An open one keeps the day that its salesperson planned. The others are spread
        over the interval of their grade: all of them due on one day would bury the
        people and tell the managers of hundreds of overdue prospects at once.

        :param grades: all ``auto.lead.grade``, in their order
        :param date planned: of the next activity, today or later, if there is one
        :return: grade, follow-up state, lost state, day of the next contact or None
        """
        self.ensure_one()
        if self.stage_id.is_won:
            return grades.filtered("is_won")[:1], "deal", "none", None
        if not self.active:
            if self.won_status == "lost":
                return grades.filtered("is_lost")[:1], "intent", "approved", None
            return grades.browse(), "first_contact", "none", None
        if self.type != "opportunity":
            # Odoo's own funnel: nobody works on it before it is an opportunity.
            return grades.browse(), "first_contact", "none", None
        grade = self._adopt_grade(grades.filtered(lambda item: item._is_open()), today)
        spread = today + timedelta(days=1 + self.id % (grade.interval_days or 30))
        return grade, "first_contact", "none", planned or spread

    def _adopt_grade(self, grades, today):
        """Return the open grade whose customers buy by the expected closing.

        Without an expected day, or with one that has passed, no intent is known:
        that is the grade without a horizon, where there is one.
        """
        days = (self.date_deadline - today).days if self.date_deadline else -1
        if days >= 0:
            for grade in grades.sorted("horizon_days"):
                if grade.horizon_days >= days:
                    return grade
        return grades.filtered(lambda grade: not grade.horizon_days)[:1]

    def _adopt_identities(self):
        """Let the latest open prospect of each person hold the identities."""
        rows = {}
        for lead in self.sorted("id", reverse=True):
            for key in lead._own_identities():
                rows.setdefault(key, (*key, lead.id, False))
        # Identities decide for everybody, also about prospects one cannot see.
        self.env["auto.lead.identity"].sudo()._take(rows.values())
