from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain


class AutoSalespersonQualification(models.Model):
    """A qualification that a salesperson has, since when and until when."""

    _name = "auto.salesperson.qualification"
    _description = "Qualification of a salesperson"
    _order = "date desc, id desc"
    _rec_name = "qualification_id"

    salesperson_id = fields.Many2one(
        comodel_name="auto.salesperson",
        string="Salesperson",
        required=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(related="salesperson_id.user_id", store=True)
    company_id = fields.Many2one(
        related="salesperson_id.company_id", store=True, index=True
    )
    qualification_id = fields.Many2one(
        comodel_name="auto.qualification",
        string="Qualification",
        required=True,
        index=True,
        ondelete="restrict",
    )
    number = fields.Char(string="Certificate no.")
    date = fields.Date(
        string="Obtained on", required=True, default=fields.Date.context_today
    )
    date_end = fields.Date(
        string="Valid until",
        compute="_compute_date_end",
        store=True,
        precompute=True,
        readonly=False,
        help="Empty: it does not expire.",
    )
    date_warn = fields.Date(
        string="Warn from", compute="_compute_date_warn", store=True, index=True
    )
    state = fields.Selection(
        selection=[
            ("valid", "Valid"),
            ("expiring", "Expires soon"),
            ("expired", "Expired"),
        ],
        compute="_compute_state",
    )
    is_warned = fields.Boolean(
        readonly=True, copy=False, help="The manager was told that it expires."
    )
    document = fields.Binary(attachment=True, copy=False)
    document_name = fields.Char(copy=False)

    _dates_check = models.Constraint(
        "CHECK(date_end IS NULL OR date_end >= date)",
        "A qualification cannot expire before it was obtained.",
    )

    @api.depends("qualification_id", "date")
    def _compute_date_end(self):
        for row in self:
            months = row.qualification_id.validity_months
            row.date_end = bool(months and row.date) and (
                row.date + relativedelta(months=months, days=-1)
            )

    @api.depends("date_end", "qualification_id.warn_days")
    def _compute_date_warn(self):
        for row in self:
            row.date_warn = row.date_end and (
                row.date_end - timedelta(days=row.qualification_id.warn_days)
            )

    @api.depends("date_end", "date_warn")
    @api.depends_context("tz")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for row in self:
            if row.date_end and row.date_end < today:
                row.state = "expired"
            elif row.date_warn and row.date_warn <= today:
                row.state = "expiring"
            else:
                row.state = "valid"

    def write(self, vals):
        if "date_end" in vals or "date" in vals:
            vals = {"is_warned": False, **vals}
        return super().write(vals)

    # ------------------------------------------------------------------
    # Job
    # ------------------------------------------------------------------

    @api.model
    def _cron_warn(self, batch_size=200):
        """Tell managers which qualifications expire soon, each once."""
        domain = (
            Domain("date_warn", "<=", fields.Date.today())
            & Domain("is_warned", "=", False)
            & Domain("salesperson_id.active", "=", True)
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        while rows := self.search(domain, limit=batch_size, order="date_end, id"):
            # Another run may be at it.
            rows = rows.try_lock_for_update(allow_referencing=True)
            rows._warn()
            if not rows or not cron._commit_progress(len(rows)):
                break

    def _warn(self):
        """Give the managers of the store an activity for each of these.

        One that was renewed meanwhile needs none. Where a store has no manager, the
        salesperson is told.
        """
        renewed = {
            (person, qualification): last
            for person, qualification, last in self._read_group(
                [
                    ("salesperson_id", "in", self.salesperson_id.ids),
                    ("qualification_id", "in", self.qualification_id.ids),
                ],
                ["salesperson_id", "qualification_id"],
                ["date:max"],
            )
        }
        rules = self.env["auto.followup.rule"]
        managers = {}
        for role in ("store_manager", "sales_manager"):
            group = self.env.ref(f"auto_crm_base.group_{role}")
            managers |= {
                company: users
                for company, users in rules._users_by_store(
                    group, self.company_id.ids
                ).items()
                if users
            }
        for row in self:
            if renewed[row.salesperson_id, row.qualification_id] > row.date:
                continue
            users = managers.get(row.company_id.id) or row.user_id.ids
            row.salesperson_id.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=row.date_end,
                summary=self.env._(
                    "%(qualification)s of %(person)s expires",
                    qualification=row.qualification_id.name,
                    person=row.user_id.name,
                ),
                user_id=users[0],
            )
        self.is_warned = True
