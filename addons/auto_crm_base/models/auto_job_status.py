from odoo import api, fields, models
from odoo.tools import SQL


class AutoJobStatus(models.Model):
    """What the scheduled jobs of the automotive addons did, failures visible.

    A read-only view over ``ir.cron``, which only administrators may read: it
    shows names, times and counters of our jobs, not their code.
    """

    _name = "auto.job.status"
    _description = "Scheduled job"
    _auto = False
    _order = "is_failing desc, name"

    name = fields.Char(readonly=True)
    active = fields.Boolean(readonly=True)
    state = fields.Selection(
        selection=[
            ("off", "Switched off"),
            ("waiting", "Not run yet"),
            ("ok", "Running well"),
            ("late", "Late"),
            ("failing", "Failing"),
        ],
        readonly=True,
        help="Late: it should have started more than an hour ago.",
    )
    is_failing = fields.Boolean(string="Failing", readonly=True)
    lastcall = fields.Datetime(string="Last success", readonly=True)
    nextcall = fields.Datetime(string="Next run", readonly=True)
    interval = fields.Char(string="How often", compute="_compute_interval")
    interval_number = fields.Integer(readonly=True, aggregator=None)
    interval_type = fields.Selection(
        selection=lambda self: (
            self.env["ir.cron"]
            ._fields["interval_type"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    failure_count = fields.Integer(
        string="Failures in a row", readonly=True, aggregator="sum"
    )
    first_failure_date = fields.Datetime(string="Failing since", readonly=True)
    done = fields.Integer(
        string="Done in the last run", readonly=True, aggregator="sum"
    )
    remaining = fields.Integer(
        string="Left by the last run", readonly=True, aggregator="sum"
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT cron.id, cron.active,
                   COALESCE(action.name ->> %(lang)s, cron.cron_name) AS name,
                   cron.lastcall, cron.nextcall, cron.interval_number,
                   cron.interval_type, cron.failure_count,
                   cron.first_failure_date, cron.failure_count > 0 AS is_failing,
                   COALESCE(progress.done, 0) AS done,
                   COALESCE(progress.remaining, 0) AS remaining,
                   CASE WHEN NOT cron.active THEN 'off'
                        WHEN cron.failure_count > 0 THEN 'failing'
                        WHEN cron.nextcall < now() AT TIME ZONE 'UTC'
                             - interval '1 hour' THEN 'late'
                        WHEN cron.lastcall IS NULL THEN 'waiting'
                        ELSE 'ok' END AS state
              FROM ir_cron cron
              JOIN ir_act_server action ON action.id = cron.ir_actions_server_id
              JOIN ir_model_data data
                ON data.model = 'ir.cron' AND data.res_id = cron.id
               AND data.module LIKE 'auto\\_crm\\_%%'
         LEFT JOIN LATERAL (
                SELECT p.done, p.remaining
                  FROM ir_cron_progress p
                 WHERE p.cron_id = cron.id
              ORDER BY p.id DESC
                 LIMIT 1) progress ON TRUE
            """,
            lang=self.env.lang or "en_US",
        )

    @api.depends("interval_number", "interval_type")
    @api.depends_context("lang")
    def _compute_interval(self):
        for job in self:
            job.interval = job._interval_words()

    def _interval_words(self):
        """Return how often the job runs, in words: “Every day”, “Every 2 hours”."""
        if not self.interval_type:
            return False
        if self.interval_number == 1:
            return {
                "minutes": self.env._("Every minute"),
                "hours": self.env._("Every hour"),
                "days": self.env._("Every day"),
                "weeks": self.env._("Every week"),
                "months": self.env._("Every month"),
            }[self.interval_type]
        number = self.interval_number
        return {
            "minutes": self.env._("Every %s minutes", number),
            "hours": self.env._("Every %s hours", number),
            "days": self.env._("Every %s days", number),
            "weeks": self.env._("Every %s weeks", number),
            "months": self.env._("Every %s months", number),
        }[self.interval_type]
