import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .crm_lead import CADENCE_DOOR

_logger = logging.getLogger(__name__)

# Results of a contact in which the customer was really spoken to.
REACHED = ("reached", "appointment", "visited", "call_back", "not_interested")


class CrmLead(models.Model):
    """The cadence: each contact sets the next one, and nobody is forgotten.

    The day of the next follow-up lives on the prospect. Its reminder is one
    ``mail.activity`` that a job makes when the day comes and that moves with it;
    the database refuses a second one.
    """

    _inherit = "crm.lead"

    next_followup_date = fields.Date(
        string="Next follow-up",
        copy=False,
        help="The next contact is due on this day. Set by each logged contact from "
        "the interval of the grade, moved to the next working day of the store.",
    )
    next_step = fields.Char(
        copy=False, help="What was agreed as the next step at the last contact."
    )
    last_contact_date = fields.Datetime(
        string="Last contact", readonly=True, copy=False
    )
    last_contact_summary = fields.Char(
        string="Last said", readonly=True, copy=False, help="From the last contact."
    )
    contact_ids = fields.One2many(
        comodel_name="auto.contact", inverse_name="lead_id", string="Contacts"
    )
    contact_count = fields.Integer(compute="_compute_contact_count")
    recent_contacts = fields.Html(
        string="Last contacts",
        compute="_compute_recent_contacts",
        sanitize=False,
        help="What was said before, to read before the next contact.",
    )
    followup_status = fields.Selection(
        selection=[
            ("overdue", "Overdue"),
            ("today", "Due today"),
            ("planned", "Planned"),
            ("none", "Nothing due"),
        ],
        string="Follow-up",
        compute="_compute_followup_status",
        search="_search_followup_status",
    )
    reminder_ids = fields.One2many(
        comodel_name="mail.activity", inverse_name="auto_lead_id", string="Reminder"
    )
    followup_reminded = fields.Boolean(
        string="Reminder exists",
        readonly=True,
        copy=False,
        help="The reminder of the next follow-up exists already.",
    )
    treatment_due = fields.Boolean(
        string="Treatment to propose",
        readonly=True,
        copy=False,
        help="The task of the purchase horizon is still to be made by the job.",
    )
    escalation_level = fields.Integer(
        readonly=True,
        copy=False,
        aggregator="max",
        help="1: the sales manager was told that the follow-up is overdue, 2: the "
        "store manager; back to 0 with the next contact.",
    )

    _followup_due_idx = models.Index(
        "(next_followup_date, company_id) WHERE active IS TRUE"
        " AND next_followup_date IS NOT NULL"
    )
    _followup_user_idx = models.Index(
        "(user_id, next_followup_date) WHERE active IS TRUE"
        " AND next_followup_date IS NOT NULL"
    )
    _followup_remind_idx = models.Index(
        "(next_followup_date, id) WHERE active IS TRUE"
        " AND next_followup_date IS NOT NULL AND followup_reminded IS NOT TRUE"
    )
    _treatment_due_idx = models.Index("(id) WHERE treatment_due IS TRUE")

    # ------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------

    @api.depends("contact_ids")
    def _compute_contact_count(self):
        counts = {}
        contacts = self.env["auto.contact"]
        if contacts.has_access("read"):
            counts = dict(
                contacts._read_group(
                    [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
                )
            )
        for lead in self:
            lead.contact_count = counts.get(lead, 0)

    @api.depends("contact_ids", "last_contact_date")
    @api.depends_context("lang", "tz")
    def _compute_recent_contacts(self):
        self.recent_contacts = False
        contact = self.env["auto.contact"]
        if not contact.has_access("read"):
            return
        channels = dict(contact._fields["channel"]._description_selection(self.env))
        results = dict(contact._fields["result"]._description_selection(self.env))
        # A prospect in the making has none; those without a prospect are not its.
        for lead in self.filtered(lambda lead: lead._origin):
            lines = []
            for entry in contact.search([("lead_id", "=", lead._origin.id)], limit=3):
                when = fields.Datetime.context_timestamp(lead, entry.date)
                head = [
                    f"{format_date(self.env, when.date())} {when:%H:%M}",
                    channels.get(entry.channel),
                    entry.user_id.sudo().name,
                    results.get(entry.result),
                ]
                lines.append(
                    Markup("<li><div class='text-muted small'>%s</div>%s%s</li>")
                    % (
                        " · ".join(part for part in head if part),
                        entry.summary or self.env._("Nothing written down"),
                        Markup("<div class='small'>→ %s</div>") % entry.next_step
                        if entry.next_step
                        else "",
                    )
                )
            if lines:
                lead.recent_contacts = Markup(
                    "<ul class='list-unstyled mb-0 o_auto_recent_contacts'>%s</ul>"
                ) % Markup("").join(lines)

    @api.depends("next_followup_date")
    def _compute_followup_status(self):
        today = fields.Date.context_today(self)
        for lead in self:
            date = lead.next_followup_date
            if not date:
                lead.followup_status = "none"
            elif date < today:
                lead.followup_status = "overdue"
            else:
                lead.followup_status = "today" if date == today else "planned"

    def _search_followup_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        due = Domain("next_followup_date", "!=", False)
        domains = {
            "overdue": Domain("next_followup_date", "<", today),
            "today": Domain("next_followup_date", "=", today),
            "planned": Domain("next_followup_date", ">", today),
            "none": ~due,
            False: Domain.FALSE,
        }
        return Domain.OR(domains.get(item, Domain.FALSE) for item in value)

    # ------------------------------------------------------------
    # Logging a contact
    # ------------------------------------------------------------

    def _log_contact(
        self,
        channel,
        summary,
        result=None,
        next_date=None,
        grade=None,
        direction="out",
        *,
        next_step=None,
        date=None,
        **values,
    ):
        """Keep a contact with each prospect and set the next one.

        :param str channel: a key of ``auto.contact.channel``
        :param str summary: what was said
        :param str result: a key of ``auto.contact.result``
        :param date next_date: the next follow-up; proposed from the grade if empty
        :param grade: an ``auto.lead.grade`` record or its code, when it changes
        :param str direction: ``out`` (we called) or ``in`` (the customer did)
        :param str next_step: what was agreed
        :param datetime date: when it happened, if not now; not in the future
        :param values: other fields of the prospect to write in the same step, such
            as ``horizon_id`` or ``followup_state``
        :return: the ``auto.contact`` records
        :raise UserError: for an unknown grade or result, or a date of the wrong side
            of today
        """
        self.check_access("write")
        now = fields.Datetime.now()
        date = fields.Datetime.to_datetime(date) or now
        if date > now + timedelta(minutes=5):
            raise UserError(self.env._("A contact cannot lie in the future."))
        contacts = self.env["auto.contact"].create(
            [
                {
                    "lead_id": lead.id,
                    "partner_id": lead.partner_id.id,
                    "company_id": (lead.company_id or self.env.company).id,
                    "date": date,
                    "channel": channel,
                    "direction": direction,
                    "summary": summary,
                    "result": result or False,
                    "next_step": next_step,
                    "res_model": self._name,
                    "res_id": lead.id,
                }
                for lead in self
            ]
        )
        self._follow_contact(
            date, summary, result, next_date, grade, next_step=next_step, **values
        )
        return contacts

    @api.model
    def _check_not_past(self, day):
        """Refuse a day for the next follow-up that has passed.

        :raise UserError: naming the day
        """
        if day < fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "The next follow-up cannot lie in the past: %s",
                    format_date(self.env, day),
                )
            )

    def _follow_contact(
        self,
        date,
        summary,
        result=None,
        next_date=None,
        grade=None,
        *,
        next_step=None,
        **values,
    ):
        """Do what follows a contact that is in the log; see :meth:`_log_contact`.

        :param datetime date: when it happened
        """
        next_date = fields.Date.to_date(next_date)
        if next_date:
            self._check_not_past(next_date)
        if isinstance(grade, str):
            grade = self._grade_of_code(grade)
        if grade:
            values["grade_id"] = grade.id
        self._log_clock("first_touch", date=date)
        summary = " ".join((summary or "").split())[:200]
        for group, common in self._group_for_contact(values, next_date, result):
            # The customer has just been spoken to: a horizon of “now” does not make
            # the prospect due again today.
            group.with_context(
                auto_contact_logged=True, auto_cadence_door=CADENCE_DOOR
            ).write(
                {
                    **common,
                    "last_contact_date": date,
                    "last_contact_summary": summary,
                    "next_step": next_step or False,
                    "woken_date": False,
                    "escalation_level": 0,
                }
            )
        self._close_escalations()

    def _group_for_contact(self, values, next_date, result):
        """Group the prospects by the values that a contact gives them.

        :return list: pairs (prospects, dict of values)
        """
        grade_now = self.env["auto.lead.grade"].browse(values.get("grade_id") or [])
        horizon = self.env["auto.lead.horizon"].browse(values.get("horizon_id") or [])
        keys = {}
        for lead in self:
            grade = grade_now or lead.grade_id or horizon.grade_id
            state = values.get("followup_state") or lead.followup_state
            shelved = state == "shelved"
            if (
                "followup_state" not in values
                and state == "first_contact"
                and result in REACHED
            ):
                state = "intent"
            ended = lead.won_status != "pending" or not lead.active
            due = not ended and not shelved and result != "opt_out"
            key = (grade.id, lead.company_id, state, due)
            keys[key] = keys.get(key, self.browse()) | lead
        groups = []
        for (grade_id, company, state, due), leads in keys.items():
            common = dict(values)
            if state != "shelved" or "followup_state" in values:
                common["followup_state"] = state
            if due:
                grade = self.env["auto.lead.grade"].browse(grade_id or [])
                common["next_followup_date"] = (
                    next_date or leads._next_dates(company, grade)[grade]
                )
            else:
                common["next_followup_date"] = False
            groups.append((leads, common))
        return groups

    @api.model
    def _grade_of_code(self, code):
        grade = self.env["auto.lead.grade"].search([("code", "=", code)], limit=1)
        if not grade:
            raise UserError(self.env._("There is no lead grade “%s”.", code))
        return grade

    @api.model
    def _next_dates(self, company, grades):
        """Propose the next follow-up after a contact today.

        A prospect without a grade is due again the next working day, so that
        somebody grades it.

        :param company: the store, whose working days count
        :param grades: ``auto.lead.grade`` records; may be empty
        :return dict: grade → date; an empty ``grades`` has one entry for itself
        """
        today = company._auto_today()
        wished = {
            grade: today + timedelta(days=grade.interval_days or 1)
            for grade in list(grades) or [grades]
        }
        working = company._auto_working_days(wished.values())
        return {grade: working[day] for grade, day in wished.items()}

    def _after_intake(self, created, intake):
        """Make a customer who asks again due today; count a meeting as a contact.

        Who registers a walk-in or a call has just talked to the customer, so the
        response clock stops and the next follow-up comes from the grade.
        """
        res = super()._after_intake(created, intake)
        user = self.env.user
        met = (
            not user._is_superuser()
            and user._is_internal()
            and intake.channel_id.contact_channel in ("visit", "phone")
        )
        if met:
            self._log_clock("first_touch")
            company = self.company_id
            values = {
                "last_contact_date": fields.Datetime.now(),
                "woken_date": False,
                "escalation_level": 0,
            }
            if self.followup_state != "shelved" and self.won_status == "pending":
                values["next_followup_date"] = self._next_dates(company, self.grade_id)[
                    self.grade_id
                ]
            self.with_context(auto_cadence_door=CADENCE_DOOR).write(values)
        elif not created and self.won_status == "pending":
            if self.followup_state == "shelved":
                self._wake()
            self._due_at_once()
        return res

    # ------------------------------------------------------------
    # Reminders
    # ------------------------------------------------------------

    @api.model
    def _reminder_type(self):
        return self.env.ref("auto_crm_lead.activity_type_followup")

    def _quick_activities(self):
        """Return the activity model for work of the system.

        With sudo, since a reminder belongs to the prospect whoever moves it, and
        quick, since people are told by their list and not by one mail each.
        """
        return (
            self.env["mail.activity"]
            .sudo()
            .with_context(mail_activity_quick_update=True)
        )

    def _write_cadence(self, vals):
        """Write what the cadence itself keeps, past the write() above."""
        leads = self.with_context(auto_cadence_door=CADENCE_DOOR)
        return super(CrmLead, leads).write(vals)  # pylint: disable=super-method-mismatch

    def _sync_reminders(self):
        """Move the open reminder to the day and the consultant of its prospect."""
        reminders = self._quick_activities().search([("auto_lead_id", "in", self.ids)])
        moved = {}
        gone = reminders.browse()
        for reminder in reminders:
            lead = reminder.auto_lead_id
            if not lead.active or not lead.next_followup_date or not lead.user_id:
                gone |= reminder
                continue
            key = (lead.next_followup_date, lead.user_id.id)
            if (reminder.date_deadline, reminder.user_id.id) != key:
                moved[key] = moved.get(key, reminders.browse()) | reminder
        for (date, user_id), group in moved.items():
            changes = {"date_deadline": date}
            if group.user_id.ids != [user_id]:
                changes["user_id"] = user_id
            group.write(changes)
        gone.unlink()
        kept = self & (reminders - gone).auto_lead_id.with_env(self.env)
        for leads, reminded in ((kept, True), (self - kept, False)):
            wrong = leads.filtered(
                lambda lead, reminded=reminded: lead.followup_reminded != reminded
            )
            if wrong:
                wrong._write_cadence({"followup_reminded": reminded})

    def _remind(self):
        """Make the reminder of each prospect that has none, in one batch."""
        activity_type = self._reminder_type()
        open_ids = {
            lead.id
            for (lead,) in self._quick_activities()._read_group(
                [("auto_lead_id", "in", self.ids)], ["auto_lead_id"]
            )
        }
        values = []
        for user, leads in self.grouped("user_id").items():
            if not user:
                continue
            # The consultant reads it, so it is in the consultant's language.
            values.extend(
                lead._reminder_values(activity_type)
                for lead in leads.with_context(lang=user.sudo().lang)
                if lead.id not in open_ids
            )
        self._quick_activities().create(values)
        self._write_cadence({"followup_reminded": True})

    def _reminder_values(self, activity_type):
        """Return the values of the reminder, in the language of the context."""
        self.ensure_one()
        if self.woken_date:
            summary = self.env._("Woken up: contact again")
        elif not self.last_contact_date:
            summary = self.env._("New prospect: contact at once")
        elif self.next_step:
            summary = self.next_step
        else:
            summary = self.env._("Follow up (%s)", self.grade_id.code or "–")
        return {
            "auto_lead_id": self.id,
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": activity_type.id,
            "user_id": self.user_id.id,
            "date_deadline": self.next_followup_date,
            "summary": summary,
            "note": self.grade_id.treatment or False,
            "automated": True,
        }

    # ------------------------------------------------------------
    # Treatment by purchase horizon
    # ------------------------------------------------------------

    @api.model
    def _after_horizon(self, leads, propose_grade):
        """Propose the grade and the task after a horizon was chosen."""
        if not leads:
            return
        for horizon, group in leads.grouped("horizon_id").items():
            ungraded = group.filtered(lambda lead: not lead.grade_id)
            if propose_grade and horizon.grade_id and ungraded:
                ungraded.write({"grade_id": horizon.grade_id.id})
        leads._propose_treatment()

    def _propose_treatment(self):
        """Turn the treatment of the horizon into a task of the consultant.

        *Now* is due at once. The others get one task each; a task of an earlier
        horizon that is still open goes. Where the customer does not accept e-mail
        the task offers no template and says so.
        """
        # A handful of records of configuration.
        horizons = self.env["auto.lead.horizon"]
        types = horizons.search([]).activity_type_id  # pylint: disable=no-search-all
        activities = self._quick_activities()
        old = activities.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "in", types.ids),
                ("automated", "=", True),
            ]
        )
        by_call = self.filtered(lambda lead: lead.horizon_id.kind == "call")
        values = []
        plain = self.env.ref("auto_crm_lead.activity_type_material_by_hand")
        old |= activities.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", plain.id),
                ("automated", "=", True),
            ]
        )
        for lead in self - by_call:
            horizon = lead.horizon_id
            if not horizon.activity_type_id or not lead.user_id or not lead.active:
                continue
            lead = lead.with_context(lang=lead.user_id.sudo().lang)
            horizon = lead.horizon_id
            activity_type = horizon.activity_type_id
            note = horizon.treatment or ""
            if activity_type.mail_template_ids and not lead._accepts_email():
                activity_type = plain
                note = lead.env._(
                    "%(treatment)s The customer does not accept e-mail: hand it over "
                    "or read it out.",
                    treatment=note,
                )
            values.append(
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": lead.id,
                    "activity_type_id": activity_type.id,
                    "user_id": lead.user_id.id,
                    "date_deadline": lead.company_id._auto_today()
                    + timedelta(days=horizon.activity_days),
                    "summary": activity_type.with_context(lang=lead.env.lang).summary
                    or horizon.display_name,
                    "note": note,
                    "automated": True,
                }
            )
        old.unlink()
        activities.create(values)
        if by_call and not self.env.context.get("auto_contact_logged"):
            by_call._due_at_once()
        done = self.filtered("treatment_due")
        if done:
            done._write_cadence({"treatment_due": False})

    def _due_at_once(self):
        """Make untouched or waiting prospects due today, with their reminder."""
        open_leads = self.filtered(
            lambda lead: (
                lead.active
                and lead.won_status == "pending"
                and lead.followup_state != "shelved"
            )
        )
        today = fields.Date.context_today(self)
        later = open_leads.filtered(
            lambda lead: not lead.next_followup_date or lead.next_followup_date > today
        )
        if later:
            later.write({"next_followup_date": today})
        open_leads.filtered("user_id")._remind()

    def _accepts_email(self):
        """Return whether material may be sent by e-mail to this prospect."""
        self.ensure_one()
        if not self.email_normalized or self.is_blacklisted:
            return False
        may_contact = getattr(self.partner_id, "_may_contact", None)
        return bool(not self.partner_id or not may_contact or may_contact("email"))

    # ------------------------------------------------------------
    # Scheduled jobs
    # ------------------------------------------------------------

    @api.model
    def _in_batches(self, domain, work, batch_size, order="next_followup_date, id"):
        """Do ``work`` on all prospects of ``domain``, batch by batch.

        Each batch is one transaction: after a kill the job goes on where it was.
        When a batch fails its prospects are tried one by one, so that one bad
        record does not stop the others; it is logged and tried again next time.

        :param domain: the prospects due; ``work`` must take them out of it
        :param work: a function of the batch, as one recordset
        :return bool: False when the time of the job is over
        """
        cron = self.env["ir.cron"]
        failed = set()
        cron._commit_progress(remaining=self.search_count(domain))
        while True:
            found = self.search(
                Domain(domain) & Domain("id", "not in", list(failed)),
                limit=batch_size,
                order=order,
            )
            leads = found.try_lock_for_update()
            if not leads:
                return True
            try:
                with self.env.cr.savepoint():
                    work(leads)
            except Exception:  # noqa: BLE001  whatever it is, try one by one
                _logger.warning("Batch failed, one by one now: %s", leads.ids)
                for lead in leads:
                    try:
                        with self.env.cr.savepoint():
                            work(lead)
                    except Exception:
                        failed.add(lead.id)
                        _logger.exception("Prospect %s is skipped", lead.id)
            if not cron._commit_progress(len(leads)):
                return False

    @api.model
    def _open_domain(self):
        """Return the domain of the prospects that are followed up."""
        return Domain("active", "=", True) & Domain("next_followup_date", "!=", False)

    @api.model
    def _cron_followup_remind(self, batch_size=500):
        """Make the reminders that are due and the tasks of new horizons."""
        today = fields.Date.context_today(self)
        self._in_batches(
            Domain("treatment_due", "=", True) & Domain("user_id", "!=", False),
            lambda leads: leads._propose_treatment(),
            batch_size,
            order="id",
        )
        self._in_batches(
            self._open_domain()
            & Domain("next_followup_date", "<=", today)
            & Domain("followup_reminded", "!=", True)
            & Domain("user_id", "!=", False),
            lambda leads: leads._remind(),
            batch_size,
        )

    @api.model
    def _cron_wake_shelved(self, batch_size=500):
        """Bring back the shelved prospects whose day has come."""
        today = fields.Date.context_today(self)
        self._in_batches(
            Domain("followup_state", "=", "shelved")
            & Domain("active", "=", True)
            & Domain("wake_date", "<=", today),
            lambda leads: leads._wake_and_remind(),
            batch_size,
            order="wake_date, id",
        )

    def _wake_and_remind(self):
        self._wake()
        self.filtered("user_id")._remind()

    @api.model
    def _escalation_levels(self):
        """Return the levels: (level, field of the store with the days, role)."""
        return (
            (1, "auto_escalate_days", "sales_manager"),
            (2, "auto_escalate_manager_days", "store_manager"),
        )

    @api.model
    def _cron_followup_escalate(self, batch_size=500):
        """Tell the managers of overdue follow-ups, once per level."""
        # A store that does not sell through prospects costs one cheap search.
        stores = self.env["res.company"]
        companies = stores.search([])  # pylint: disable=no-search-all
        for level, field_name, role in self._escalation_levels():
            for company in companies.filtered(field_name):
                limit = company._auto_today() - timedelta(days=company[field_name])
                manager = self._manager_of(company, role)
                if not manager:
                    continue
                if not self._in_batches(
                    self._open_domain()
                    & Domain("company_id", "=", company.id)
                    & Domain("next_followup_date", "<=", limit)
                    & Domain("escalation_level", "<", level),
                    lambda leads, level=level, manager=manager: leads._escalate(
                        level, manager
                    ),
                    batch_size,
                ):
                    return

    @api.model
    def _manager_of(self, company, role):
        """Return the user of a role who is told about overdue follow-ups.

        The one whose own store it is comes first; who has no sales manager tells
        the store manager.
        """
        for candidate in dict.fromkeys((role, "store_manager")):
            users = self.env.ref(f"auto_crm_base.group_{candidate}").all_user_ids
            users = users.filtered(
                lambda user: user.active and company in user.company_ids
            ).sorted(lambda user: (user.company_id != company, user.id))
            if users:
                return users[0]
        return self.env["res.users"]

    def _escalate(self, level, manager):
        """Give the manager one task for each overdue prospect and one digest.

        :param int level: 1 or 2; kept on the prospect so that it happens once
        :param manager: the user who is told
        """
        activity_type = self.env.ref("auto_crm_lead.activity_type_overdue")
        lang = self.with_context(lang=manager.lang).env
        today = self.company_id[:1]._auto_today()
        consultants = self.user_id.sudo()
        names = {user.id: user.name for user in consultants}
        self._quick_activities().create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": lead.id,
                    "activity_type_id": activity_type.id,
                    "user_id": manager.id,
                    "date_deadline": today,
                    "automated": True,
                    "summary": lang._(
                        "Follow-up %(days)s days overdue: %(consultant)s",
                        days=(today - lead.next_followup_date).days,
                        consultant=names.get(lead.user_id.id)
                        or lang._("no consultant"),
                    ),
                }
                for lead in self
            ]
        )
        self._write_cadence({"escalation_level": level})
        rows = Markup("").join(
            Markup("<li>%s: %s</li>")
            % (names.get(user.id) or lang._("no consultant"), len(leads))
            for user, leads in self.grouped("user_id").items()
        )
        self.env["mail.thread"].message_notify(
            partner_ids=manager.partner_id.ids,
            subject=lang._("%s overdue follow-ups", len(self)),
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (lang._("These prospects wait too long for a contact:"), rows),
            email_layout_xmlid="mail.mail_notification_light",
        )

    def _close_escalations(self):
        """Close the managers' tasks about a follow-up that has taken place."""
        late = self.filtered("last_contact_date")
        if late:
            self._quick_activities().search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", late.ids),
                    (
                        "activity_type_id",
                        "=",
                        self.env.ref("auto_crm_lead.activity_type_overdue").id,
                    ),
                ]
            ).action_archive()

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_log_contact(self):
        """Open the window to log a contact with the chosen prospects."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log contact"),
            "res_model": "auto.contact.log",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_ids": self.ids},
        }

    def action_view_contacts(self):
        """Open all contacts with this prospect."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_contact_action"
        )
        action["domain"] = [("lead_id", "=", self.id)]
        action["context"] = {"create": False}
        return action
