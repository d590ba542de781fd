from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE

from .auto_complaint import OPEN_STATES, RUNNING_STATES

# Who closes a complaint without the customer's word, with a written reason.
CLOSING_ROLES = frozenset(
    {"service_manager", "sales_manager", "store_manager", "head_office"}
)
# How the customer's own words are shown in the contact log.
CONTACT_OF = {"email": "email", "portal": "web"}
# A customer who is called again later than this is forgotten.
MAX_RETRY_DAYS = 30


def _says_something(text):
    return any(letter.isalnum() for letter in text or "")


class AutoComplaint(models.Model):
    """What is done with a complaint: hand over, answer, call back, close, reopen."""

    _inherit = "auto.complaint"

    # ------------------------------------------------------------
    # Rights and changes
    # ------------------------------------------------------------

    def _check_may_work(self, states=None):
        """Refuse whoever may not work on it, and what does not fit its state."""
        self.check_access("write")
        self._check_in(states)

    def _check_in(self, states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for complaint in self:
            if states and complaint.state not in states:
                raise UserError(
                    self.env._(
                        "%(complaint)s is “%(state)s”: this cannot be done now.",
                        complaint=complaint.name,
                        state=labels[complaint.state],
                    )
                )

    def _may_close(self):
        return self.env.su or bool(CLOSING_ROLES & self.env.user._auto_roles())

    def _follow_changes(self, vals, before):
        """Write down who handed what to whom, and keep limits and state in step."""
        names = {"user_id", "category_id", "severity", "company_id", "description"}
        if not names & vals.keys() or self.env.context.get("auto_erase") is ERASE:
            return
        severities = dict(self._fields["severity"]._description_selection(self.env))
        for complaint in self.sudo():
            user, category, severity, company, description = before[complaint]
            if complaint.description != description:
                complaint._log_clock("reworded", note=description)
            if complaint.user_id != user:
                complaint._log_clock(
                    "assigned",
                    from_text=user.name,
                    to_text=complaint.user_id.name,
                )
                complaint._follow_user(user)
            if complaint.company_id != company:
                complaint._log_clock(
                    "store", from_text=company.name, to_text=complaint.company_id.name
                )
                complaint._move_store()
            if complaint.category_id != category:
                complaint._log_clock(
                    "classified",
                    from_text=category.complete_name,
                    to_text=complaint.category_id.complete_name,
                )
                complaint._set(
                    complaint._repeat_values(
                        {
                            "partner_id": complaint.partner_id.id,
                            "vehicle_id": complaint.vehicle_id.id,
                            "company_id": complaint.company_id.id,
                            "date_received": complaint.date_received,
                        },
                        complaint.category_id,
                        exclude=complaint,
                    )
                )
            if complaint.severity != severity:
                complaint._log_clock(
                    "classified",
                    from_text=severities.get(severity),
                    to_text=severities.get(complaint.severity),
                )
            if (complaint.severity, complaint.company_id) != (severity, company):
                complaint._plan_clock()

    def _follow_user(self, before):
        """Move the state and the activities after another person took it."""
        self.ensure_one()
        if self.state == "new" and self.user_id:
            self._set({"state": "assigned"})
        elif self.state == "assigned" and not self.user_id:
            self._set({"state": "new"})
        if self.user_id and self.user_id != self.env.user:
            self._remind(
                self.user_id, self.env._("Complaint for you"), self._deadline_day()
            )
        self._let_handler_see()
        if self.user_id and not before:
            # Another one of the desk has it now.
            desk = self.env["auto.complaint.department"]._role_users(
                "complaint", self.company_id
            )
            self.activity_ids.filtered(
                lambda activity: (
                    activity.automated and activity.user_id in desk - self.user_id
                )
            ).unlink()
        if before:
            self.activity_ids.filtered(
                lambda activity: activity.user_id == before and activity.automated
            ).unlink()

    def _let_handler_see(self):
        """Let who handles it see what the customer and the car have with us.

        The complaint desk sees customers and cars that it has looked up; whoever is
        given a complaint need not look up again whom it is about.
        """
        self.ensure_one()
        user = self.user_id
        if not user or not {"complaint", "callcentre"} & user._auto_roles():
            return
        log = self.env["auto.access.log"].with_user(user)
        reason = self.env._("Complaint %(number)s", number=self.name)
        for record in (self.partner_id, self.vehicle_id):
            log._log("lookup", record, reason, company=self.company_id)

    def _move_store(self):
        """Let the customer and the car belong to the store that takes over."""
        self.ensure_one()
        reason = self.env._("Complaint %(number)s", number=self.name)
        self.partner_id._join_store(self.company_id, reason)
        self.vehicle_id._join_store(self.company_id, reason)

    def _deadline_day(self):
        self.ensure_one()
        due = self.date_due or fields.Datetime.now()
        return fields.Datetime.context_timestamp(self, due).date()

    # ------------------------------------------------------------
    # Take and dispatch
    # ------------------------------------------------------------

    def action_take(self):
        """Take the complaints oneself."""
        self._check_may_work(OPEN_STATES)
        self.write({"user_id": self.env.uid})

    def action_dispatch(self):
        """Give each department of the category its task."""
        self._check_may_work(RUNNING_STATES)
        for complaint in self:
            if not complaint.category_id:
                raise UserError(self.env._("Choose the category first."))
            if not complaint.category_id.department_ids:
                raise UserError(
                    self.env._(
                        "“%(category)s” names no department. Add a task by hand.",
                        category=complaint.category_id.complete_name,
                    )
                )
            if not complaint._dispatch():
                raise UserError(
                    self.env._("The departments of this category have their tasks.")
                )

    def _dispatch(self):
        """Give the departments that have no task yet theirs.

        :return: the new tasks
        """
        self.ensure_one()
        departments = (
            self.category_id.department_ids
            - self.task_ids.filtered(lambda task: task.state == "todo").department_id
        )
        persons = departments._next_persons(self.company_id)
        hours = departments.mapped("answer_hours")
        dues = self.company_id._auto_after_hours(self._now(), hours)
        return (
            self.env["auto.complaint.task"]
            .sudo()  # the right to dispatch was checked, or it is the system's
            .create(
                [
                    {
                        "complaint_id": self.id,
                        "department_id": department.id,
                        "user_id": persons[department].id,
                        "name": self.subject,
                        "date_due": due,
                    }
                    for department, due in zip(departments, dues, strict=True)
                ]
            )
        )

    def _follow_tasks(self):
        """Let the state follow the tasks: work has begun, or all is answered."""
        for complaint in self.sudo():
            tasks = complaint.task_ids
            if tasks and complaint.state in ("new", "assigned"):
                complaint._set({"state": "in_progress"})
            if (
                complaint.state == "in_progress"
                and tasks.filtered(lambda task: task.state == "done")
                and not tasks.filtered(lambda task: task.state == "todo")
                and complaint.user_id != self.env.user
            ):
                complaint._remind(
                    complaint._keeper(),
                    self.env._("All departments have answered: answer the customer"),
                    complaint._deadline_day(),
                )

    # ------------------------------------------------------------
    # Answer
    # ------------------------------------------------------------

    def action_answer(self):
        """Open the window in which the customer is answered."""
        self.ensure_one()
        self._check_may_work((*RUNNING_STATES, "answered", "callback"))
        return self._open_window("auto.complaint.answer", self.env._("Answer"))

    def action_callback(self):
        """Open the window that takes what the customer says to the answer."""
        self.ensure_one()
        self._check_may_work(("answered", "callback"))
        return self._open_window("auto.complaint.callback", self.env._("Call-back"))

    def action_close(self):
        """Open the window in which a manager closes it with a reason."""
        self.ensure_one()
        self._check_may_close()
        return self._open_window(
            "auto.complaint.close", self.env._("Close without the customer's word")
        )

    def action_reopen(self):
        """Open the window in which it is said why it goes on."""
        self.ensure_one()
        self._check_may_work(("closed",))
        return self._open_window(
            "auto.complaint.close",
            self.env._("Reopen"),
            {"default_mode": "reopen"},
        )

    def _open_window(self, model, name, context=None):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_complaint_id": self.id, **(context or {})},
        }

    def _answer(self, text, channel="phone", final=True, contact=True):
        """Keep that the customer was answered.

        :param str text: what was said or written
        :param str channel: a key of ``auto.contact.channel``
        :param bool final: whether this is the solution; else it is a first word that
            stops the first clock only
        :param bool contact: False when it is in the contact log already
        """
        self.ensure_one()
        self._check_may_work((*RUNNING_STATES, "answered", "callback"))
        if not _says_something(text):
            raise UserError(self.env._("Say what the customer was told."))
        now = self._now()
        known = self.sudo()  # the right was checked above
        vals = {}
        if not known.date_first_answer:
            vals.update(
                date_first_answer=now,
                first_hours=known.company_id._auto_hours_between(
                    known.date_received, now
                ),
                is_first_in_time=now <= (known.date_first_due or now),
            )
        if final and known.state in RUNNING_STATES:
            limits = self.env["auto.complaint.limit"]._of_store(known.company_id)
            [callback] = known.company_id._auto_after_hours(
                now, [limits[known.severity][2]]
            )
            vals.update(
                state="answered",
                date_answered=now,
                date_callback=callback,
                solution_hours=known.company_id._auto_hours_between(
                    known.date_clock, now
                ),
                is_solved_in_time=now <= (known.date_due or now),
            )
        kind = "answered" if final else "first_answer"
        if vals:
            known._set(vals)
            known._plan_clock(limits=False)
        self._log_clock(kind, note=text, channel=channel)
        if contact:
            self._log_talk(text, channel)
        if vals.get("state"):
            known.task_ids.filtered(lambda task: task.state == "todo")._drop(
                self.env._("The customer has been answered.")
            )
            known.activity_ids.filtered("automated").unlink()

    def _log_talk(self, text, channel, direction="out", result="reached"):
        """Write a talk about the complaint to the contact log."""
        self.ensure_one()
        known = self.sudo()
        # The talk is kept, whoever of those who work on it had it.
        return (
            self.env["auto.contact"]
            .sudo()
            .create(
                {
                    "partner_id": known.partner_id.id,
                    "vehicle_id": known.vehicle_id.id,
                    "company_id": known.company_id.id,
                    "channel": channel,
                    "direction": direction,
                    "result": result,
                    "summary": text,
                    "date": self._now(),
                    "complaint_id": self.id,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )

    # ------------------------------------------------------------
    # Call-back and end
    # ------------------------------------------------------------

    def _begin_callback(self):
        """Bring up the call-backs that are due now."""
        for complaint in self.sudo():
            complaint._set({"state": "callback"})
            complaint._remind(
                complaint._keeper(), self.env._("Call back: is the customer content?")
            )

    def _callback(self, result, note="", channel="phone", retry=None):
        """Keep what the customer said to the answer.

        :param str result: satisfied, unsatisfied or no_answer
        :param str note: in the customer's words; required unless there was no answer
        :param retry: datetime of the next attempt after no answer, within 30 days
        """
        self.ensure_one()
        self._check_may_work(("answered", "callback"))
        note = (note or "").strip()
        if result == "unsatisfied" and not _says_something(note):
            raise UserError(self.env._("Say what the customer is not content with."))
        if result not in ("satisfied", "unsatisfied", "no_answer") or (
            result == "satisfied" and not _says_something(note)
        ):
            raise UserError(self.env._("Say what the customer answered."))
        reached = "no_answer" if result == "no_answer" else "reached"
        labels = {
            "satisfied": self.env._("Content"),
            "unsatisfied": self.env._("Not content"),
            "no_answer": self.env._("No answer"),
        }
        self._log_talk(note or labels[result], channel, result=reached)
        self._log_clock("callback", to_text=labels[result], note=note, channel=channel)
        if result == "satisfied":
            self._close("customer", note)
        elif result == "unsatisfied":
            self._reopen(note)
        else:
            now = self._now()
            if retry and retry < now:
                raise UserError(self.env._("The next attempt cannot be in the past."))
            if retry and retry > fields.Datetime.add(now, days=MAX_RETRY_DAYS):
                raise UserError(
                    self.env._(
                        "The next attempt is within %(days)s days.", days=MAX_RETRY_DAYS
                    )
                )
            retry = retry or fields.Datetime.add(now, days=1)
            self._set({"state": "answered", "date_callback": retry})
            self._plan_clock(limits=False)
            self.sudo().activity_ids.filtered("automated").unlink()

    def _check_may_close(self):
        self.check_access("read")
        if not self._may_close():
            raise AccessError(
                self.env._(
                    "Only a manager closes a complaint without the customer's word."
                )
            )
        self._check_in(OPEN_STATES)

    def _close_by_manager(self, reason):
        """Close without the customer's word.

        :param str reason: in writing; kept
        """
        self._check_may_close()
        reason = (reason or "").strip()
        if not _says_something(reason):
            raise UserError(self.env._("Write why it is closed."))
        for complaint in self:
            complaint._close("manager", reason)

    def _close(self, by, reason):
        self.ensure_one()
        known = self.sudo()  # who may close was checked by the caller
        labels = dict(self._fields["closed_by"]._description_selection(self.env))
        known._set(
            {
                "state": "closed",
                "closed_by": by,
                "closing_reason": reason or False,
                "date_closed": self._now(),
                "date_next_escalation": False,
                "date_callback": False,
            }
        )
        known.task_ids.filtered(lambda task: task.state == "todo")._drop(
            self.env._("The complaint is closed.")
        )
        known.activity_ids.filtered("automated").unlink()
        self._log_clock("closed", to_text=labels[by], note=reason)
        self._tell_vehicles(self.env._("Complaint closed:"))

    def _reopen(self, reason):
        """Go on with the solution; its clock starts again.

        :param str reason: why, in words
        """
        self.ensure_one()
        reason = (reason or "").strip()
        if not _says_something(reason):
            raise UserError(self.env._("Say why it is reopened."))
        known = self.sudo()  # who may reopen was checked by the caller
        states = dict(self._fields["state"]._description_selection(self.env))
        old = states[known.state]
        state = "assigned" if known.user_id else "new"
        known._set(
            {
                "state": "in_progress" if known.task_ids else state,
                "closed_by": False,
                "closing_reason": False,
                "date_closed": False,
                "date_answered": False,
                "date_callback": False,
                "date_clock": self._now(),
                "reopen_count": known.reopen_count + 1,
                "is_solved_in_time": False,
            }
        )
        self._log_clock("reopened", from_text=old, note=reason)
        known._plan_clock()
        if known.user_id and known.user_id != self.env.user:
            known._remind(
                known.user_id, self.env._("Reopened complaint"), known._deadline_day()
            )
        self._tell_vehicles(self.env._("Complaint reopened:"))

    # ------------------------------------------------------------
    # The customer in person
    # ------------------------------------------------------------

    def _customer_says(self, text, channel):
        """Keep what the customer writes to an existing complaint.

        What is written after the end is no reason to reopen it by itself: "thank
        you" is written then, too. Who handles it is told.
        """
        self.ensure_one()
        if not text:
            raise UserError(self.env._("Please write something first."))
        known = self.sudo()  # the customer in person, by mail or on the portal
        known._log_clock("again", note=text, channel=channel)
        known._set({"contact_count": known.contact_count + 1})
        known._log_talk(text, CONTACT_OF.get(channel, "web"), direction="in")
        known._remind(
            known._keeper(),
            self.env._("%(customer)s wrote", customer=known.partner_id.name),
        )

    def _customer_decides(self, satisfied, note, channel="portal"):
        """Close, or go on, by the customer's own word.

        :param bool satisfied: whether the answer is accepted
        :param str note: in the customer's words; required when it is not
        """
        self.ensure_one()
        self._check_in(("answered", "callback", "closed"))
        note = (note or "").strip()
        if satisfied and self.state == "closed":
            raise UserError(self.env._("This complaint is closed already."))
        if not satisfied and not note:
            raise UserError(self.env._("Please tell us what is still wrong."))
        words = self.env._("Content") if satisfied else self.env._("Not content")
        self._log_clock("callback", to_text=words, note=note, channel=channel)
        if satisfied:
            self._close("customer", note)
        else:
            self._reopen(note)

    # ------------------------------------------------------------
    # Links
    # ------------------------------------------------------------

    def action_open_source(self):
        """Open the document that the complaint came from."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return False
        document = self.env[self.res_model].browse(self.res_id)
        document.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_open_partner(self):
        """Open the customer's 360 view."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [
                (
                    self.env.ref("auto_crm_base.res_partner_view_form_customer").id,
                    "form",
                )
            ],
        }

    def action_open_repeats(self):
        """Open the earlier and the later complaints of the same matter."""
        self.ensure_one()
        first, seen = self, self.browse()
        while first.repeat_of_id and first not in seen:
            seen |= first
            first = first.repeat_of_id
        chain = layer = first
        while layer := layer.repeat_ids - chain:
            chain |= layer
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_service.auto_complaint_action_all"
        )
        return action | {"domain": [("id", "in", chain.ids)], "context": {}}

    def action_open_improvements(self):
        """Open the improvements that this complaint led to."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_service.auto_improvement_action"
        )
        return action | {
            "domain": [("id", "in", self.improvement_ids.ids)],
            "context": {},
        }

    def action_improve(self):
        """Begin an improvement from these complaints."""
        self.check_access("read")
        company = self.company_id[:1] or self.env.company
        category = self.category_id[:1]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Improvement"),
            "res_model": "auto.improvement",
            "views": [(False, "form")],
            "context": {
                "default_complaint_ids": [fields.Command.set(self.ids)],
                "default_category_id": category.id,
                "default_company_id": company.id,
                "default_source": "complaints",
            },
        }
