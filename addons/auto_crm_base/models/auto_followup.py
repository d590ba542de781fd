from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

# Only this module passes this object, so that a follow-up is closed by its
# methods alone.
CLOSE = object()
CLOSED_BY_METHOD = frozenset(
    {
        "state",
        "result",
        "result_note",
        "contact_id",
        "done_by",
        "date_done",
        "date_escalated",
        "date_occurrence",
        "rule_id",
        "partner_id",
        "vehicle_id",
        "company_id",
        "notified",
    }
)
OPEN_STATES = ("open", "escalated")


class AutoFollowup(models.Model):
    """One thing that somebody must do for a customer, made by a rule."""

    _name = "auto.followup"
    _inherit = [
        "auto.masked.mixin",
        "auto.lock.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Follow-up"
    _order = "priority desc, date_due, id"

    rule_id = fields.Many2one(
        comodel_name="auto.followup.rule",
        string="Reason",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    subject = fields.Selection(related="rule_id.subject")
    phone = fields.Char(compute="_compute_phone")
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Car",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        readonly=True,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Done by",
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    priority = fields.Selection(
        selection=[("0", "Normal"), ("1", "Urgent")], default="0"
    )
    date_due = fields.Date(string="Due", required=True)
    date_occurrence = fields.Date(
        string="First due",
        required=True,
        readonly=True,
        help="When it came up; a call-back moves the due date, not this.",
    )
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("escalated", "Escalated"),
            ("done", "Done"),
            ("skipped", "Skipped"),
        ],
        required=True,
        readonly=True,
        default="open",
        group_expand=True,
    )
    is_open = fields.Boolean(compute="_compute_is_open", search="_search_is_open")
    date_escalated = fields.Date(string="Escalated on", readonly=True)
    notified = fields.Boolean(readonly=True, help="Told in a digest.")
    result = fields.Selection(
        selection=lambda self: self._result_selection(), readonly=True
    )
    result_note = fields.Text(string="What came out", readonly=True)
    contact_id = fields.Many2one(
        comodel_name="auto.contact",
        string="Logged contact",
        readonly=True,
        index="btree_not_null",
    )
    done_by = fields.Many2one(comodel_name="res.users", readonly=True)
    date_done = fields.Date(string="Closed on", readonly=True)
    res_model = fields.Char(string="Document model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True
    )
    script = fields.Html(related="rule_id.script")

    _open_vehicle_uniq = models.UniqueIndex(
        "(rule_id, vehicle_id) WHERE vehicle_id IS NOT NULL"
        " AND state IN ('open', 'escalated')",
        "This car has an open follow-up of this rule already.",
    )
    _open_partner_uniq = models.UniqueIndex(
        "(rule_id, partner_id) WHERE vehicle_id IS NULL"
        " AND state IN ('open', 'escalated')",
        "This customer has an open follow-up of this rule already.",
    )
    _once_vehicle_uniq = models.UniqueIndex(
        "(rule_id, vehicle_id, date_occurrence) WHERE vehicle_id IS NOT NULL",
        "This follow-up was made already.",
    )
    _once_partner_uniq = models.UniqueIndex(
        "(rule_id, partner_id, date_occurrence) WHERE vehicle_id IS NULL",
        "This follow-up was made already.",
    )
    _open_due_idx = models.Index(
        "(user_id, date_due) WHERE state IN ('open', 'escalated')"
    )
    _escalate_idx = models.Index("(date_due) WHERE state = 'open'")
    _to_tell_idx = models.Index("(user_id) WHERE notified IS NOT TRUE")

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.model
    def _closed_fields(self):
        """Return the fields that only the methods of follow-ups write."""
        return CLOSED_BY_METHOD

    @api.model
    def _result_selection(self):
        field = self.env["auto.contact"]._fields["result"]
        return [
            *field._description_selection(self.env),
            ("void", "No longer needed"),
        ]

    @api.depends("rule_id.name", "partner_id.name", "vehicle_id")
    def _compute_display_name(self):
        # The person who must call has to know whom.
        for followup, known in zip(self, self.sudo(), strict=True):
            parts = [
                known.rule_id.name,
                known.partner_id.name,
                known.vehicle_id.display_name,
            ]
            followup.display_name = " · ".join(filter(None, parts))

    @api.depends("partner_id.phone")
    def _compute_phone(self):
        # Masked on reading for those who do not do this follow-up.
        for followup, known in zip(self, self.sudo(), strict=True):
            followup.phone = known.partner_id.phone

    @api.depends("state")
    def _compute_is_open(self):
        for followup in self:
            followup.is_open = followup.state in OPEN_STATES

    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain.FALSE
        if True in value:
            domain |= Domain("state", "in", OPEN_STATES)
        if False in value:
            domain |= Domain("state", "not in", OPEN_STATES)
        return domain

    @api.model
    def _masked_fields(self):
        return {**super()._masked_fields(), "phone": "phone"}

    @api.model
    def _mask_exempt_domain(self):
        """Whoever must call sees the number."""
        return Domain("user_id", "=", self.env.uid) & Domain("state", "in", OPEN_STATES)

    # ------------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.setdefault("date_occurrence", vals.get("date_due"))
        return super().create(vals_list)

    def write(self, vals):
        if (
            self._closed_fields() & vals.keys()
            and self.env.context.get("auto_followup_close") is not CLOSE
        ):
            raise UserError(
                self.env._(
                    "A follow-up is closed with its result, by “Done” or “Skip”."
                )
            )
        result = super().write(vals)
        if not {"user_id", "date_due"}.isdisjoint(vals):
            self._move_activities(vals)
        return result

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_done(self):
        """Open the window that takes the result of the follow-up."""
        return self._open_close("done", self.env._("What came out?"))

    def action_skip(self):
        """Open the window that takes the reason why it is not done."""
        return self._open_close("skip", self.env._("Why not?"))

    def _open_close(self, mode, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "auto.followup.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_followup_id": self.id, "default_mode": mode},
        }

    def action_open_document(self):
        """Open the document that started the follow-up."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------------
    # Closing
    # ------------------------------------------------------------------

    def _check_open(self):
        self._lock_for_step("state")
        for followup in self:
            if followup.state not in OPEN_STATES:
                raise UserError(
                    self.env._(
                        "“%(followup)s” is closed already.",
                        followup=followup.display_name,
                    )
                )

    def _log_result(self, result, note="", channel="phone"):
        """Write the contact with the customer to the contact log.

        :return: the contact
        """
        self.ensure_one()
        # What it says about consent concerns the others, this one gets its result.
        talk = self.with_context(auto_followup_talk=self.id)
        if result == "opt_out":
            talk._withdraw_purpose(note)
        contact = talk.env["auto.contact"].create(
            {
                "partner_id": self.partner_id.id,
                "vehicle_id": self.vehicle_id.id,
                "company_id": self.company_id.id,
                "channel": channel,
                "direction": "out",
                "result": result,
                "summary": note or self.rule_id.sudo().name,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return contact.with_env(self.env)

    def _withdraw_purpose(self, note):
        """Keep that the customer wants no more of what this call was about.

        The contact itself keeps that there is no more advertising. Recalls go on:
        they concern safety.
        """
        rule = self.rule_id.sudo()
        if rule.purpose == "marketing" or rule.subject == "recall":
            return
        # Whoever hears it keeps it, with or without a right on consents.
        self.env["auto.consent"].sudo().create(
            {
                "partner_id": self.partner_id.id,
                "channel": rule.channel,
                "purpose": rule.purpose,
                "state": "withdrawn",
                "wording": note or rule.name,
                "user_id": self.env.uid,
                "company_id": self.company_id.id,
            }
        )

    def _done(self, result, note="", channel="phone"):
        """Close the follow-up with its result and log the contact.

        :param str result: a key of ``auto.contact.result``
        :param str note: what was said
        :param str channel: a key of ``auto.contact.channel``
        :raise UserError: when it is closed already
        :return: the logged contact
        """
        self._check_open()
        contact = self._log_result(result, note, channel)
        self._close("done", result, note, contact)
        return contact

    def _retry(self, date, result, note="", channel="phone"):
        """Log an attempt and come back to it on another day.

        :param date: the new due date, not in the past
        :raise UserError: when it is closed already, or the date is in the past
        :return: the logged contact
        """
        self._check_open()
        if date < fields.Date.context_today(self):
            raise UserError(self.env._("The next attempt cannot be in the past."))
        contact = self._log_result(result, note, channel)
        self.write({"date_due": date})
        return contact

    def _skip(self, reason):
        """Close the follow-ups without doing them.

        :param str reason: why; required
        :raise UserError: when one is closed already, or without a reason
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Please say why it is not done."))
        self._check_open()
        self._close("skipped", False, reason.strip())

    def _close_void(self, reason):
        """Close what has become void: the car was sold, scrapped, transferred.

        :param str reason: in words
        """
        # What happens to the car closes it, whoever did that.
        todo = self.sudo().filtered(lambda followup: followup.state in OPEN_STATES)
        if todo:
            todo._close("skipped", "void", reason)

    def _close(self, state, result, note, contact=None):
        followups = self.with_context(auto_followup_close=CLOSE)
        followups.write(
            {
                "state": state,
                "result": result,
                "result_note": note,
                "contact_id": contact.id if contact else False,
                "done_by": self.env.uid,
                "date_done": fields.Date.context_today(self),
            }
        )
        # The activity of another person is closed with the follow-up.
        activities = self.sudo().activity_ids
        if state == "done":
            activities.write({"active": False, "feedback": note})
        else:
            activities.unlink()

    def _reopen(self, date, reason):
        """Open closed follow-ups again: what they had led to came to nothing.

        One of which the rule has made another meanwhile stays closed.

        :param date: the new due date
        :param str reason: in words
        """
        reopened = self.browse()
        for followup in self.filtered(lambda one: one.state not in OPEN_STATES):
            name = "vehicle_id" if followup.vehicle_id else "partner_id"
            same = [
                ("rule_id", "=", followup.rule_id.id),
                (name, "=", followup[name].id),
                ("is_open", "=", True),
            ]
            if self.search_count(same, limit=1):
                continue
            followup.with_context(auto_followup_close=CLOSE).write(
                {
                    "state": "open",
                    "date_due": date,
                    "result": False,
                    "done_by": False,
                    "date_done": False,
                    "notified": False,
                }
            )
            followup._message_log(body=reason)
            reopened += followup
        reopened._plan_activities()
        return reopened

    def _link_contact(self, contact):
        """Name the logged contact of a follow-up that is closed."""
        self.with_context(auto_followup_close=CLOSE).write({"contact_id": contact.id})

    # ------------------------------------------------------------------
    # Activities, digests, escalation
    # ------------------------------------------------------------------

    def _plan_activities(self, summary=None):
        """Give each assigned person an activity, without a mail for each."""
        model_id = self.env["ir.model"]._get_id(self._name)
        by_rule = self.filtered("user_id")
        by_rule.mapped("display_name")  # at once, not for one activity after another
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    "activity_type_id": followup.rule_id.activity_type_id.id,
                    "res_model_id": model_id,
                    "res_id": followup.id,
                    "user_id": followup.user_id.id,
                    "date_deadline": followup.date_due,
                    "summary": summary or followup.rule_id.name,
                    "automated": True,
                }
                for followup in by_rule
            ]
        )
        self._let_find(by_rule)

    def _let_find(self, followups):
        """Let those who see only whom they found see whom they must call."""
        by_user = followups.grouped("user_id")
        for user, theirs in by_user.items():
            roles = user._auto_roles()
            if roles and roles <= {"callcentre", "complaint"}:
                for company, records in theirs.grouped("company_id").items():
                    log = self.env["auto.access.log"].with_user(user)
                    reason = self.env._("Assigned follow-up")
                    log._log("lookup", records.partner_id, reason, company=company)
                    log._log("lookup", records.vehicle_id, reason, company=company)

    def _move_activities(self, vals):
        """Let the activities follow a change of person or date."""
        # Whoever may change the follow-up moves its activity, whosoever it is.
        followups = self.sudo()
        changes = {}
        if "date_due" in vals:
            changes["date_deadline"] = vals["date_due"]
        if vals.get("user_id"):
            changes["user_id"] = vals["user_id"]
        activities = followups.activity_ids
        if changes:
            activities.with_context(mail_activity_quick_update=True).write(changes)
        if "user_id" in vals and not vals["user_id"]:
            activities.unlink()
        elif "user_id" in vals:
            missing = followups.filtered(lambda f: f.is_open and not f.activity_ids)
            missing._plan_activities()

    @api.model
    def _send_digests(self):
        """Tell each person once how many new follow-ups they have.

        :return: yields the number told, after each person
        """
        # A job of the system for all stores.
        new = self.sudo().with_context(auto_followup_close=CLOSE)
        counts = new._read_group(
            [
                ("notified", "=", False),
                ("user_id", "!=", False),
                ("state", "in", OPEN_STATES),
            ],
            ["user_id"],
            ["id:recordset"],
        )
        for user, followups in counts:
            user_followups = followups.with_env(new.with_context(lang=user.lang).env)
            user_followups.write({"notified": True})
            user_followups._notify_digest(user)
            yield len(followups)

    def _notify_digest(self, user):
        by_rule = defaultdict(int)
        for followup in self:
            by_rule[followup.rule_id.name] += 1
        lines = Markup("").join(
            Markup("<li>%s: %s</li>") % (name, count) for name, count in by_rule.items()
        )
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=self.env._("%(count)s new follow-ups", count=len(self)),
            body=Markup("<ul>%s</ul>") % lines,
        )

    @api.model
    def _cron_escalate(self, batch_size=500):
        """Hand what is long overdue to the store manager, once."""
        cron = self.env["ir.cron"]
        while True:
            ids = [id_ for (id_,) in self.env.execute_query(self._overdue_sql())]
            cron._commit_progress(remaining=len(ids))
            batch = self.browse(ids[:batch_size]).try_lock_for_update()
            batch._escalate()
            if not batch or not cron._commit_progress(len(batch)):
                break
        for _count in self._send_digests():
            cron._commit_progress()

    @api.model
    def _overdue_sql(self):
        self.flush_model(["state", "date_due", "rule_id"])
        return SQL(
            """SELECT f.id
                 FROM auto_followup f
                 JOIN auto_followup_rule rule ON rule.id = f.rule_id
                WHERE f.state = 'open' AND rule.escalate_days > 0
                  AND f.date_due + rule.escalate_days < %s
             ORDER BY f.id""",
            fields.Date.context_today(self),
        )

    def _escalate(self):
        """Hand the follow-ups to the managers of their stores."""
        if not self:
            return
        rules = self.env["auto.followup.rule"]
        managers = rules._users_by_store(
            self.env.ref("auto_crm_base.group_store_manager"), set(self.company_id.ids)
        )
        followups = self.with_context(auto_followup_close=CLOSE)
        today = fields.Date.context_today(self)
        for company, theirs in followups.grouped("company_id").items():
            vals = {"state": "escalated", "date_escalated": today}
            manager_id = next(iter(managers[company.id]), None)
            if manager_id:
                vals.update(user_id=manager_id, notified=False)
            theirs.write(vals)

    # ------------------------------------------------------------------
    # Who may be given a follow-up
    # ------------------------------------------------------------------

    @api.constrains("user_id", "company_id")
    def _check_user_store(self):
        for followup in self.sudo():  # a user's stores are checked for anybody
            user = followup.user_id
            if user and followup.company_id not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(store)s.",
                        user=user.name,
                        store=followup.company_id.name,
                    )
                )
