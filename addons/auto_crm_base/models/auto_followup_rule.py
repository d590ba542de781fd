import logging
from ast import literal_eval
from collections import defaultdict
from itertools import chain

import psycopg2
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# A date that recurs every year is followed this long: nobody drives or
# celebrates longer.
MAX_YEARS = 120
PREVIEW_DAYS = 30
# One key for all generation: two runs at once could otherwise each bother the
# same customer for a different rule.
LOCK_KEY = 0x6175746F666F6C6C
SUBJECTS = [
    ("maintenance", "Maintenance"),
    ("inspection", "Annual inspection"),
    ("insurance", "Insurance renewal"),
    ("warranty", "End of the warranty"),
    ("recall", "Recall"),
    ("service_call", "Call after a service"),
    ("delivery", "Visit after the delivery"),
    ("care", "Customer care"),
    ("sale", "The next car"),
    ("other", "Other"),
]
SOURCE_MODELS = ("auto.vehicle", "res.partner")


class AutoFollowupRule(models.Model):
    """When somebody must do something for a customer, and who.

    A rule turns dates, distances and events of cars and customers into
    follow-ups (``auto.followup``): one for each occurrence, never two open ones
    of a rule for a car or a customer, and none that bothers a customer who was
    spoken with during the quiet days.
    """

    _name = "auto.followup.rule"
    _description = "Follow-up rule"
    _order = "priority desc, sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(copy=False, help="A stable name by which other parts find it.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=10,
        help="Where two rules want the same customer, the higher one wins; the "
        "other waits until its turn.",
    )
    priority = fields.Selection(
        selection=[("0", "Normal"), ("1", "Urgent")], default="0", required=True
    )
    subject = fields.Selection(
        selection=SUBJECTS,
        required=True,
        default="other",
        help="What it is about: lists and figures are by subject.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        index=True,
        help="Only for this store and its branches; empty: for all stores.",
    )

    # When
    target = fields.Selection(
        selection=[("vehicle", "Each car"), ("customer", "Each customer")],
        string="For",
        required=True,
        default="vehicle",
    )
    model_name = fields.Char(compute="_compute_model_name")
    trigger = fields.Selection(
        selection=[
            ("date", "A date of the car or customer"),
            ("odometer", "The next service by distance"),
            ("event", "Something in the car's timeline"),
            ("inactivity", "No contact for some time"),
        ],
        required=True,
        default="date",
    )
    date_field_id = fields.Many2one(
        comodel_name="ir.model.fields",
        string="Date",
        ondelete="cascade",
        domain="[('model', '=', model_name), ('ttype', 'in', ('date', 'datetime')),"
        " ('store', '=', True)]",
    )
    event_kind = fields.Selection(
        selection=lambda self: self._event_kinds(), string="What happened"
    )
    offset = fields.Integer(
        default=0,
        help="How long after the date it is due; negative: before it.",
    )
    offset_unit = fields.Selection(
        selection=[
            ("days", "Days"),
            ("weeks", "Weeks"),
            ("months", "Months"),
            ("years", "Years"),
        ],
        required=True,
        default="days",
    )
    repeat_yearly = fields.Boolean(
        string="Every year", help="On each anniversary of the date, not on the day."
    )
    window_days = fields.Integer(
        string="Not later than (days)",
        default=30,
        required=True,
        help="How many days after it was due it is still worth doing. What is older "
        "is not started any more.",
    )
    domain = fields.Char(
        string="Only for",
        default="[]",
        help="Only cars or customers that match this.",
    )

    # Who and how
    assignee = fields.Selection(
        selection=[
            ("consultant", "The customer's consultant"),
            ("store_manager", "The store manager"),
            ("user", "A certain person"),
            ("role", "A role in turn"),
        ],
        string="Done by",
        required=True,
        default="consultant",
        help="Where there is no such person in the store, the store manager.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Person", domain="[('share', '=', False)]"
    )
    group_id = fields.Many2one(
        comodel_name="res.groups",
        string="Role",
        domain="[('privilege_id', '!=', False)]",
    )
    activity_type_id = fields.Many2one(
        comodel_name="mail.activity.type",
        string="Activity",
        required=True,
        ondelete="restrict",
        domain="[('res_model', 'in', (False, 'auto.followup'))]",
        default=lambda self: self.env.ref("mail.mail_activity_data_call", False),
    )
    channel = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("sms", "SMS"),
            ("email", "E-mail"),
            ("wechat", "WeChat"),
            ("post", "Post"),
        ],
        required=True,
        default="phone",
        help="Customers who forbade it are left out.",
    )
    purpose = fields.Selection(
        selection=[
            ("marketing", "Marketing"),
            ("service", "The customer's own car"),
            ("survey", "Satisfaction"),
        ],
        required=True,
        default="service",
        help="Customers who forbade it are left out; marketing also obeys the "
        "frequency cap of the store.",
    )
    script = fields.Html(
        string="What to say",
        translate=True,
        help="Shown to the person who does it.",
    )
    quiet_days = fields.Integer(
        default=7,
        help="Leave a customer alone who has another open follow-up, or with whom we "
        "spoke during these days; it is done after. Zero: do it anyway.",
    )
    escalate_days = fields.Integer(
        string="Escalate after (days)",
        default=7,
        help="Days overdue after which it goes to the store manager. Zero: never.",
    )

    # When it becomes void
    close_on_transfer = fields.Boolean(
        string="Car changes owner", default=True, help="Close what is open then."
    )
    close_on_sale = fields.Boolean(
        string="Car is sold", help="Close what is open then."
    )
    close_on_scrap = fields.Boolean(
        string="Car is archived or scrapped",
        default=True,
        help="Close what is open then.",
    )

    followup_ids = fields.One2many(
        comodel_name="auto.followup", inverse_name="rule_id", string="Follow-ups"
    )
    open_count = fields.Integer(string="Open", compute="_compute_open_count")

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "There is already a rule with this code."
    )
    _window_check = models.Constraint(
        "CHECK(window_days >= 0 AND window_days <= 3660)",
        "“Not later than” must be between 0 and 3660 days.",
    )
    _days_check = models.Constraint(
        "CHECK(quiet_days >= 0 AND escalate_days >= 0)",
        "Quiet days and escalation cannot be negative.",
    )
    _offset_check = models.Constraint(
        'CHECK(abs("offset") <= 3660)', "The time before or after is too long."
    )

    # ------------------------------------------------------------------
    # Compute and check
    # ------------------------------------------------------------------

    @api.model
    def _event_kinds(self):
        field = self.env["auto.vehicle.event"]._fields["kind"]
        return field._description_selection(self.env)

    @api.depends("target")
    def _compute_model_name(self):
        for rule in self:
            rule.model_name = rule._target_model()

    def _compute_open_count(self):
        counts = {}
        followups = self.env["auto.followup"]
        if followups.has_access("read"):
            counts = dict(
                followups._read_group(
                    [("rule_id", "in", self.ids), ("is_open", "=", True)],
                    ["rule_id"],
                    ["__count"],
                )
            )
        for rule in self:
            rule.open_count = counts.get(rule, 0)

    @api.constrains("trigger", "target", "date_field_id", "event_kind", "repeat_yearly")
    def _check_trigger(self):
        for rule in self:
            field = rule.date_field_id.sudo()
            if rule.trigger == "date" and (
                field.model != rule._target_model()
                or field.ttype not in ("date", "datetime")
                or not field.store
            ):
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” needs a stored date of what it is for.",
                        rule=rule.name,
                    )
                )
            if rule.trigger == "event" and not rule.event_kind:
                raise ValidationError(
                    self.env._("“%(rule)s” needs what happened.", rule=rule.name)
                )
            if rule.trigger in ("odometer", "event") and rule.target != "vehicle":
                raise ValidationError(
                    self.env._("“%(rule)s” can only be for cars.", rule=rule.name)
                )
            if rule.trigger == "inactivity" and rule.target != "customer":
                raise ValidationError(
                    self.env._("“%(rule)s” can only be for customers.", rule=rule.name)
                )

    @api.constrains("assignee", "user_id", "group_id")
    def _check_assignee(self):
        for rule in self:
            if (rule.assignee == "user" and not rule.user_id) or (
                rule.assignee == "role" and not rule.group_id
            ):
                raise ValidationError(
                    self.env._("Say who does “%(rule)s”.", rule=rule.name)
                )

    @api.constrains("domain", "target")
    def _check_domain(self):
        for rule in self:
            try:
                rule._target_records().search(rule._domain(), limit=1)
            except (ValueError, SyntaxError, TypeError, KeyError, UserError) as error:
                raise ValidationError(
                    self.env._(
                        "The condition of “%(rule)s” cannot be used: %(error)s",
                        rule=rule.name,
                        error=error,
                    )
                ) from error

    @api.onchange("target")
    def _onchange_target(self):
        self.domain = "[]"
        if self.date_field_id.model != self._target_model():
            self.date_field_id = False

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_preview(self):
        """Open the cars or customers that come due within the next 30 days."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        rows = self._due_rows(until=today + relativedelta(days=PREVIEW_DAYS))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%(rule)s: %(count)s due in the next %(days)s days",
                rule=self.name,
                count=len(rows),
                days=PREVIEW_DAYS,
            ),
            "res_model": self._target_model(),
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", [row["target_id"] for row in rows])],
            "context": {"create": False},
        }

    def action_open_followups(self):
        """Open the follow-ups of this rule."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_base.auto_followup_action_all"
        )
        return {**action, "domain": [("rule_id", "=", self.id)]}

    # ------------------------------------------------------------------
    # Generation
    # ------------------------------------------------------------------

    @api.model
    def _cron_generate(self, batch_size=500):
        """Make all follow-ups that have come due; commit after each batch.

        Safe to run twice, at once or again after a kill: each occurrence is made
        once, and each person is told once in one message.
        """
        cron = self.env["ir.cron"]
        # Each active rule, of which there are some dozens at most.
        rules = self.search([])  # pylint: disable=no-search-all
        cron._commit_progress(remaining=len(rules) + 1)
        failures = []
        for rule in rules:
            try:
                for _count in rule._generate_batches(batch_size):
                    if not cron._commit_progress():
                        return
            except (UserError, ValueError, psycopg2.DataError) as error:
                # A condition or a template that somebody broke: the others go on.
                self.env.cr.rollback()
                _logger.warning("Follow-up rule %s failed: %s", rule.id, error)
                failures.append(f"{rule.display_name}: {error}")
            if not cron._commit_progress(1):
                return
        for _count in self.env["auto.followup"]._send_digests():
            cron._commit_progress()
        cron._commit_progress(1)
        if failures:
            # What was made is kept; the list of jobs shows that one has failed.
            raise UserError("\n".join(failures))

    def _generate(self, batch_size=500):
        """Make the follow-ups of these rules that have come due, without commit.

        :param int batch_size: how many at once
        :return: how many were made
        """
        return sum(
            count for rule in self for count in rule._generate_batches(batch_size)
        )

    def _generate_batches(self, batch_size):
        """Make the follow-ups of one rule, yield how many after each batch."""
        self.ensure_one()
        last_id = 0
        if self._lock_generation():
            self._close_moved()
        while self._lock_generation():
            rows = self._due_rows(after_id=last_id, limit=batch_size)
            if not rows:
                return
            yield len(self._create_followups(rows))
            last_id = rows[-1]["target_id"]

    def _close_moved(self):
        """Close what is not due any more: its date has been moved to later.

        The insurance was renewed, the inspection done: nobody calls about it.
        """
        if self.trigger != "date" or self.repeat_yearly:
            return
        self._flush_sources()
        column = SQL.identifier("t", self.date_field_id.sudo().name)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT f.id
                  FROM auto_followup f
                  JOIN %(table)s t ON t.id = f.%(target)s
                 WHERE f.rule_id = %(rule)s AND f.state IN ('open', 'escalated')
                   AND (%(column)s + %(offset)s)::date > %(today)s
                   AND (%(column)s + %(offset)s)::date > f.date_occurrence
                """,
                table=SQL.identifier(self._target_records()._table),
                target=SQL.identifier(
                    "vehicle_id" if self.target == "vehicle" else "partner_id"
                ),
                rule=self.id,
                column=column,
                offset=self._offset_sql(),
                today=fields.Date.context_today(self),
            )
        )
        followups = self.env["auto.followup"].browse(id_ for (id_,) in rows)
        followups._close_void(self.env._("The date was moved."))

    def _lock_generation(self):
        """Return whether this transaction may generate: only one at a time does."""
        [[locked]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s)", LOCK_KEY)
        )
        return locked

    def _target_model(self):
        return SOURCE_MODELS[self.target == "customer"]

    def _target_records(self):
        # The engine serves all stores, whoever starts it.
        return self.env[self._target_model()].sudo()

    def _domain(self):
        return Domain(literal_eval(self.domain or "[]"))

    def _offset_sql(self):
        return SQL(
            "make_interval(%s => %s)", SQL.identifier(self.offset_unit), self.offset
        )

    def _due_rows(self, until=None, after_id=0, limit=None):
        """Return what has come due, by the id of the car or customer.

        :param until: the last day; today when left out
        :param int after_id: only records with a larger id
        :param int limit: at most so many
        :return: list of dicts ``target_id``, ``partner_id``, ``vehicle_id``,
            ``company_id``, ``consultant_id``, ``date_due``, ``res_model``,
            ``res_id``
        """
        self.ensure_one()
        self._flush_sources()
        today = fields.Date.context_today(self)
        since = today - relativedelta(days=self.window_days)
        until = until or today
        conditions = [SQL("src.date_due BETWEEN %s AND %s", since, until)]
        if after_id:
            conditions.append(SQL("src.target_id > %s", after_id))
        if self.company_id:
            conditions.append(
                SQL("src.company_id IN %s", tuple(self._store_ids())),
            )
        if self._domain() != Domain.TRUE:
            query = self._target_records()._search(self._domain())
            conditions.append(SQL("src.target_id IN %s", query.subselect()))
        conditions.append(self._not_made_sql())
        if self.quiet_days:
            conditions.append(self._quiet_sql(today))
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT src.*, consultant.id AS consultant_id
                  FROM (%(source)s) AS src
                  JOIN res_partner partner
                    ON partner.id = src.partner_id AND partner.active
             LEFT JOIN res_users consultant
                    ON consultant.id = partner.user_id AND consultant.active
                   AND EXISTS (SELECT 1 FROM res_company_users_rel rel
                                WHERE rel.user_id = consultant.id
                                  AND rel.cid = src.company_id)
                 WHERE %(conditions)s
              ORDER BY src.target_id, src.date_due DESC
                 LIMIT %(limit)s
                """,
                source=self._source_sql(since, until),
                conditions=SQL(" AND ").join(conditions),
                limit=limit,
            )
        )
        return self._one_each(rows)

    def _one_each(self, rows):
        """Return the rows without a second one for a target (or a customer)."""
        seen, result = set(), []
        for row in rows:
            keys = {("target", row["target_id"])}
            if self.quiet_days:
                keys.add(("partner", row["partner_id"]))
            if not keys & seen:
                result.append(row)
            seen |= keys
        return result

    def _store_ids(self):
        # The branches of a store belong to it, seen by the user or not.
        return (
            self.env["res.company"]
            .sudo()
            .search([("id", "child_of", self.company_id.id)])
        ).ids

    def _flush_sources(self):
        self.env["auto.vehicle"].flush_model()
        self.env["res.partner"].flush_model()
        self.env["res.users"].flush_model(["active", "company_ids"])
        self.env["auto.contact"].flush_model()
        self.env["auto.vehicle.event"].flush_model()
        self.env["auto.followup"].flush_model()

    def _not_made_sql(self):
        """What is open or was made for this occurrence is not made again."""
        column = SQL("vehicle_id") if self.target == "vehicle" else SQL("partner_id")
        return SQL(
            """NOT EXISTS (
                SELECT 1 FROM auto_followup made
                 WHERE made.rule_id = %s AND made.%s = src.target_id
                   AND (made.state IN ('open', 'escalated')
                        OR made.date_occurrence = src.date_due))""",
            self.id,
            column,
        )

    def _quiet_sql(self, today):
        """Leave alone who is being followed up or was spoken with lately."""
        since = today - relativedelta(days=self.quiet_days)
        return SQL(
            """NOT EXISTS (
                SELECT 1 FROM auto_followup other
                 WHERE other.partner_id = src.partner_id
                   AND (other.state IN ('open', 'escalated')
                        OR other.state = 'done' AND other.date_done >= %(since)s))
               AND NOT EXISTS (
                SELECT 1 FROM auto_contact spoken
                 WHERE spoken.partner_id = src.partner_id
                   AND spoken.date >= %(since)s)""",
            since=since,
        )

    def _source_sql(self, since, until):
        """Return the query of everything due around ``since`` … ``until``."""
        return getattr(self, f"_source_{self.trigger}_sql")(since, until)

    def _source_date_sql(self, since, until):
        table, columns = (
            (
                "auto_vehicle",
                SQL("t.owner_id AS partner_id, t.id AS vehicle_id, t.company_id"),
            )
            if self.target == "vehicle"
            else (
                "res_partner",
                SQL(
                    "t.id AS partner_id, NULL::int AS vehicle_id,"
                    " t.auto_store_id AS company_id"
                ),
            )
        )
        only = (
            SQL("t.owner_id IS NOT NULL")
            if self.target == "vehicle"
            else SQL("t.is_auto_customer AND t.auto_store_id IS NOT NULL")
        )
        column = SQL.identifier("t", self.date_field_id.sudo().name)
        first, last = (1, MAX_YEARS) if self.repeat_yearly else (0, 0)
        offset = self._offset_sql()
        # The rough limits on the bare column let its index be used; three days
        # make room for months of different length.
        return SQL(
            """
            SELECT t.id AS target_id, %(columns)s,
                   (%(column)s + make_interval(years => k.years) + %(offset)s)::date
                       AS date_due,
                   NULL::varchar AS res_model, NULL::int AS res_id
              FROM generate_series(%(first)s, %(last)s) AS k(years)
              JOIN %(table)s t
                ON %(column)s BETWEEN
                   (%(since)s::date - make_interval(years => k.years, days => 3)
                    - %(offset)s)::date
               AND (%(until)s::date - make_interval(years => k.years)
                    - %(offset)s + interval '4 days')::date
             WHERE t.active AND %(only)s
            """,
            columns=columns,
            column=column,
            offset=offset,
            first=first,
            last=last,
            table=SQL.identifier(table),
            since=since,
            until=until,
            only=only,
        )

    def _source_odometer_sql(self, since, until):
        due = self.env["auto.vehicle"]._service_due_sql()
        offset = self._offset_sql()
        return SQL(
            """
            SELECT t.id AS target_id, t.owner_id AS partner_id, t.id AS vehicle_id,
                   t.company_id, (%(due)s + %(offset)s)::date AS date_due,
                   NULL::varchar AS res_model, NULL::int AS res_id
              FROM auto_vehicle t
             WHERE t.active AND t.owner_id IS NOT NULL
               AND t.next_service_odometer > 0 AND t.daily_distance > 0
               AND %(due)s BETWEEN (%(since)s::date - %(offset)s)::date - 3
                               AND (%(until)s::date - %(offset)s)::date + 3
            """,
            due=due,
            offset=offset,
            since=since,
            until=until,
        )

    def _source_event_sql(self, since, until):
        offset = self._offset_sql()
        return SQL(
            """
            SELECT t.id AS target_id, COALESCE(e.partner_id, t.owner_id) AS partner_id,
                   t.id AS vehicle_id, COALESCE(e.company_id, t.company_id)
                       AS company_id,
                   (e.date + %(offset)s)::date AS date_due,
                   e.res_model, e.res_id
              FROM auto_vehicle_event e
              JOIN auto_vehicle t ON t.id = e.vehicle_id AND t.active
             WHERE e.kind = %(kind)s
               AND COALESCE(e.partner_id, t.owner_id) IS NOT NULL
               AND e.date >= %(since)s::date - %(offset)s - interval '3 days'
               AND e.date < %(until)s::date - %(offset)s + interval '4 days'
            """,
            kind=self.event_kind,
            offset=offset,
            since=since,
            until=until,
        )

    def _source_inactivity_sql(self, since, until):
        """The last contact of a customer, or their creation, lies long back."""
        offset = self._offset_sql()
        return SQL(
            """
            SELECT p.id AS target_id, p.id AS partner_id, NULL::int AS vehicle_id,
                   p.auto_store_id AS company_id,
                   (last.date + %(offset)s)::date AS date_due,
                   NULL::varchar AS res_model, NULL::int AS res_id
              FROM (
                SELECT c.partner_id, MAX(c.date) AS date
                  FROM auto_contact c
                 WHERE c.date >= %(since)s::date - %(offset)s
                   AND c.date < %(until)s::date + interval '1 day' - %(offset)s
              GROUP BY c.partner_id
                 UNION ALL
                SELECT n.id, n.create_date
                  FROM res_partner n
                 WHERE n.is_auto_customer
                   AND n.create_date >= %(since)s::date - %(offset)s
                   AND n.create_date < %(until)s::date + interval '1 day' - %(offset)s
                   AND NOT EXISTS (
                     SELECT 1 FROM auto_contact c WHERE c.partner_id = n.id)
              ) AS last
              JOIN res_partner p ON p.id = last.partner_id
             WHERE p.active AND p.is_auto_customer AND p.auto_store_id IS NOT NULL
               AND NOT EXISTS (
                 SELECT 1 FROM auto_contact later
                  WHERE later.partner_id = p.id AND later.date > last.date)
               AND NOT EXISTS (
                 SELECT 1 FROM auto_vehicle_event visit
                  WHERE visit.partner_id = p.id AND visit.date > last.date)
            """,
            offset=offset,
            since=since,
            until=until,
        )

    def _create_followups(self, rows):
        """Insert the follow-ups of the rows that nobody forbids.

        :param list rows: of :meth:`_due_rows`
        :return: the new follow-ups, as superuser
        """
        self.ensure_one()
        rows = self._contactable(rows)
        followups = self.env["auto.followup"].sudo()  # made by the system only
        if not rows:
            return followups
        self._assign(rows)
        names = ("partner_id", "vehicle_id", "company_id", "user_id", "date_due")
        extra = ("res_model", "res_id")
        ids = self.env.execute_query(
            SQL(
                """
                INSERT INTO auto_followup (
                    rule_id, state, priority, create_uid, create_date, write_uid,
                    write_date, partner_id, vehicle_id, company_id, user_id,
                    date_due, date_occurrence, res_model, res_id)
                SELECT %(rule)s, 'open', %(priority)s, %(uid)s, %(now)s, %(uid)s,
                       %(now)s, partner_id, vehicle_id, company_id, user_id,
                       date_due, date_due, res_model, res_id
                  FROM unnest(%(partner_id)s::int[], %(vehicle_id)s::int[],
                              %(company_id)s::int[], %(user_id)s::int[],
                              %(date_due)s::date[], %(res_model)s::varchar[],
                              %(res_id)s::int[])
                    AS due(partner_id, vehicle_id, company_id, user_id, date_due,
                           res_model, res_id)
                ON CONFLICT DO NOTHING
                RETURNING id
                """,
                rule=self.id,
                priority=self.priority,
                uid=self.env.uid,
                now=self.env.cr.now(),
                **{
                    name: [
                        (row["vehicle_id"] if self.target == "vehicle" else None)
                        if name == "vehicle_id"
                        else row[name]
                        for row in rows
                    ]
                    for name in chain(names, extra)
                },
            )
        )
        followups = followups.browse(id_ for (id_,) in ids)
        self.env["auto.followup.rule"].invalidate_model(["followup_ids", "open_count"])
        self.env["auto.vehicle"].invalidate_model(["followup_ids", "followup_count"])
        self._start(followups)
        return followups

    def _start(self, followups):
        """Give the new follow-ups of this rule to those who do them."""
        followups._plan_activities()

    def _channel(self):
        """Return the channel of consent that this rule needs."""
        return self.channel

    def _contactable(self, rows):
        """Return the rows of customers who did not forbid to be contacted."""
        by_store = defaultdict(list)
        for row in rows:
            by_store[row["company_id"]].append(row["partner_id"])
        allowed = set()
        for company_id, partner_ids in by_store.items():
            # Consent holds for all stores, whoever starts the engine.
            partners = self.env["res.partner"].sudo().with_company(company_id)
            partners = partners.browse(set(partner_ids))
            allowed |= set(partners._may_contact(self._channel(), self.purpose).ids)
        return [row for row in rows if row["partner_id"] in allowed]

    def _assign(self, rows):
        """Set ``user_id`` of each row by the policy of the rule."""
        company_ids = {row["company_id"] for row in rows}
        group = self.env.ref("auto_crm_base.group_store_manager")
        managers = self._users_by_store(group, company_ids)
        role = {}
        if self.assignee == "role":
            role = self._users_by_store(self.group_id, company_ids, by_load=True)
        turn = defaultdict(int)
        for row in rows:
            company_id = row["company_id"]
            user_id = None
            if self.assignee == "consultant":
                user_id = row["consultant_id"]
            elif self.assignee == "user" and company_id in self.user_id.company_ids.ids:
                user_id = self.user_id.id
            elif role.get(company_id):
                people = role[company_id]
                user_id = people[turn[company_id] % len(people)]
                turn[company_id] += 1
            row["user_id"] = user_id or next(iter(managers.get(company_id, ())), None)

    @api.model
    def _users_by_store(self, group, company_ids, by_load=False):
        """Return ``{store id: [user ids]}`` of the group, those at home first.

        :param bool by_load: instead, those with the fewest open follow-ups first
        """
        # Who works where is needed for all stores.
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", group.ids),
                    ("company_ids", "in", list(company_ids)),
                    ("share", "=", False),
                ],
                order="id",
            )
        )
        load = {}
        if by_load:
            load = dict(
                self.env["auto.followup"]
                .sudo()
                ._read_group(
                    [("user_id", "in", users.ids), ("is_open", "=", True)],
                    ["user_id"],
                    ["__count"],
                )
            )
        result = {}
        for company_id in company_ids:
            here = users.filtered(lambda user, c=company_id: c in user.company_ids.ids)
            home = here.filtered(lambda user, c=company_id: user.company_id.id == c)
            people = (home or here).sorted(lambda user: load.get(user, 0))
            result[company_id] = people.ids
        return result
