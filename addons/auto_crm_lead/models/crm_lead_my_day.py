from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

# More cards than anybody works in a day; what is beyond is counted, not loaded.
LIMIT = 200
# In the order in which they stand on the screen.
SECTIONS = ("waking", "new", "overdue", "today")
MANAGERS = ("sales_manager", "store_manager", "head_office", "auditor")


class CrmLead(models.Model):
    """My day: what a consultant does today, the most promising first.

    Points, added up for each prospect:

    ==========================  ===================================================
    grade                       its *promise*, 0 to 100 (H 60, A 45, B 30, C 15, D 5)
    purchase horizon            its expected conversion in % (now 25, 3 months 10 …)
    last contact                10 within 7 days, 5 within 30 days
    never contacted             15 in the first working hour, 10 in the first 8
                                working hours, then 5: who answers first sells
    woken up                    5
    overdue                     1 for each day, at most 10
    ==========================  ===================================================

    The sections stand in the order woken up, new, overdue, due today.
    """

    _inherit = "crm.lead"

    # ------------------------------------------------------------
    # Called by the screen
    # ------------------------------------------------------------

    @api.model
    def my_day(self, user_id=None):
        """Return everything that the screen My day shows.

        :param int user_id: the consultant whose day it is; the current user when
            left out. Others are for managers, who see the prospects they may read.
        :return dict: ``user``, ``users`` (to switch to), ``today``, ``sections``,
            ``cards`` (ranked), ``counts``, ``total``, ``done_today``, ``grades``,
            ``horizons``, ``channels``, ``results``, ``next_dates``, ``can_log``
        :raise AccessError: for the day of somebody else without a manager's role
        """
        self.check_access("read")
        user = self._my_day_user(user_id)
        today = fields.Date.context_today(self)
        domain = self._my_day_domain(user, today)
        leads = self.search(domain, limit=LIMIT, order="next_followup_date, id")
        cards = leads._my_day_cards(today)
        counts = dict.fromkeys(SECTIONS, 0)
        for card in cards:
            counts[card["section"]] += 1
        grades = self.env["auto.lead.grade"].search(
            [("is_lost", "=", False), ("is_won", "=", False)]
        )
        contact = self.env["auto.contact"]
        return {
            "user": {"id": user.id, "name": user.sudo().name},
            "users": self._my_day_users(user),
            "today": fields.Date.to_string(today),
            "sections": list(SECTIONS),
            "cards": cards,
            "counts": counts,
            "total": len(cards) if len(leads) < LIMIT else self.search_count(domain),
            "done_today": contact.search_count(
                [
                    ("user_id", "=", user.id),
                    ("lead_id", "!=", False),
                    ("date", ">=", fields.Date.to_string(today)),
                ]
            ),
            "grades": [
                {
                    "id": grade.id,
                    "code": grade.code,
                    "name": grade.name,
                    "color": grade.color,
                    "interval": grade.interval_days,
                }
                for grade in grades
            ],
            "horizons": [
                {"id": horizon.id, "name": horizon.name}
                for horizon in self.env["auto.lead.horizon"].search([])
            ],
            "channels": contact._fields["channel"]._description_selection(self.env),
            "results": contact._fields["result"]._description_selection(self.env),
            "next_dates": self._my_day_next_dates(leads.company_id, grades),
            "can_log": self.has_access("write"),
        }

    @api.model
    def my_day_log(self, lead_id, values):
        """Log a contact from My day and return what becomes of the card.

        :param int lead_id: the prospect
        :param dict values: ``summary`` (required), ``channel``, ``direction``,
            ``result``, ``next_step``, ``next_date``, ``grade_id``, ``horizon_id``,
            ``followup_state``
        :return dict: ``card`` (False when it is done for today), ``next_date``
        :raise ValidationError: for a value that is missing or unknown
        """
        lead = self._my_day_lead(lead_id)
        summary = str(values.get("summary") or "").strip()
        if not summary:
            raise ValidationError(self.env._("Write what was said."))
        contact = self.env["auto.contact"]
        for name in ("channel", "direction", "result"):
            known = dict(contact._fields[name]._description_selection(self.env))
            if values.get(name) and values[name] not in known:
                raise ValidationError(
                    self.env._(
                        "“%(value)s” is no %(field)s.",
                        value=values[name],
                        field=contact._fields[name]._description_string(self.env),
                    )
                )
        more = {}
        grade = self._my_day_choice("auto.lead.grade", values.get("grade_id"))
        horizon = self._my_day_choice("auto.lead.horizon", values.get("horizon_id"))
        if horizon and horizon != lead.horizon_id:
            more["horizon_id"] = horizon.id
        state = values.get("followup_state")
        if state in ("first_contact", "intent", "quotation"):
            more["followup_state"] = state
        try:
            next_date = fields.Date.to_date(values.get("next_date"))
        except ValueError as error:
            raise ValidationError(
                self.env._("“%s” is no date.", values["next_date"])
            ) from error
        lead._log_contact(
            values.get("channel") or "phone",
            summary,
            result=values.get("result") or None,
            next_date=next_date,
            grade=grade if grade != lead.grade_id else None,
            direction=values.get("direction") or "out",
            next_step=str(values.get("next_step") or "").strip() or None,
            **more,
        )
        return lead._my_day_outcome()

    @api.model
    def _my_day_choice(self, model_name, record_id):
        """Return the record that was chosen, or nothing when none was.

        :raise ValidationError: when there is no such record (any more)
        """
        record = self.env[model_name].browse(record_id or [])
        if record and not record.exists():
            raise ValidationError(
                self.env._(
                    "The %(kind)s that was chosen is not there any more. Load the "
                    "page again.",
                    kind=self.env["ir.model"]._get(model_name).name,
                )
            )
        return record

    @api.model
    def my_day_shelve(self, lead_id, wake_date, reason=""):
        """Shelve a prospect from My day.

        :param int lead_id: the prospect
        :param str wake_date: the day on which it comes back, in the future
        :param str reason: why, in words
        """
        lead = self._my_day_lead(lead_id)
        try:
            wake_date = fields.Date.to_date(wake_date)
        except ValueError as error:
            raise ValidationError(self.env._("“%s” is no date.", wake_date)) from error
        lead._shelve(wake_date, str(reason or ""))
        return lead._my_day_outcome()

    # ------------------------------------------------------------
    # Whose day
    # ------------------------------------------------------------

    @api.model
    def _my_day_lead(self, lead_id):
        lead = self.browse(lead_id).exists()
        if not lead:
            raise UserError(self.env._("This prospect does not exist any more."))
        lead.check_access("write")
        return lead

    @api.model
    def _my_day_is_manager(self):
        user = self.env.user
        return bool(user._auto_roles() & set(MANAGERS)) or user.has_group(
            "base.group_system"
        )

    @api.model
    def _my_day_user(self, user_id):
        user = self.env["res.users"].browse(user_id or self.env.uid)
        if user != self.env.user and not self._my_day_is_manager():
            raise AccessError(
                self.env._("Only managers look at the day of somebody else.")
            )
        if not user.sudo().exists():
            raise UserError(self.env._("There is no such user."))
        return user

    @api.model
    def _my_day_users(self, user):
        """Return the consultants whose open prospects the user may read."""
        me = self.env.user
        people = {me.id: me.name}
        if self._my_day_is_manager():
            people.update(
                (other.id, other.sudo().name)  # colleagues are no secret
                for (other,) in self._read_group(
                    self._open_domain() & Domain("user_id", "!=", False), ["user_id"]
                )
            )
            people.setdefault(user.id, user.sudo().name)
        return [
            {"id": id_, "name": name}
            for id_, name in sorted(people.items(), key=lambda item: item[1] or "")
        ]

    @api.model
    def _my_day_domain(self, user, today):
        """Return the domain of the prospects of a consultant's day."""
        return (
            Domain("user_id", "=", user.id)
            & Domain("type", "=", "opportunity")
            & Domain("lost_state", "!=", "requested")
            & self._open_domain()
            & (
                Domain("next_followup_date", "<=", today)
                | Domain("woken_date", "!=", False)
            )
        )

    @api.model
    def _my_day_next_dates(self, companies, grades):
        """Return what follow-up each grade proposes, by store id and grade id.

        The key 0 stands for no grade.
        """
        none = grades.browse()
        result = {}
        for company in companies or self.env.company:
            dates = self._next_dates(company, grades)
            if not grades:
                dates = {}
            dates[none] = self._next_dates(company, none)[none]
            result[company.id] = {
                grade.id or 0: fields.Date.to_string(date)
                for grade, date in dates.items()
            }
        return result

    def _my_day_outcome(self):
        """Return the card of the one prospect if it still belongs to the day."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        still = self.filtered_domain(self._my_day_domain(self.user_id, today))
        date = self.next_followup_date or self.wake_date
        return {
            "card": still._my_day_cards(today)[0] if still else False,
            "next_date": fields.Date.to_string(date) if date else False,
        }

    # ------------------------------------------------------------
    # Cards
    # ------------------------------------------------------------

    def _my_day_cards(self, today):
        """Return the cards of the prospects, ranked within their sections."""
        waiting = self.filtered(
            lambda lead: not lead.last_contact_date and lead.received_date
        )._waiting_minutes()
        contacts = self._my_day_contacts()
        names = [
            "name",
            "contact_name",
            "phone",
            "next_step",
            "wanted_text",
            "followup_state",
            "grade_verdict",
            "grade_verdict_text",
        ]
        # Read as any client does, so that numbers are masked where they must be.
        texts = {values["id"]: values for values in self.read(names, load=None)}
        states = dict(self._fields["followup_state"]._description_selection(self.env))
        cards = []
        for lead in self:
            text = texts[lead.id]
            section = lead._my_day_section(today)
            points, why = lead._my_day_points(today, waiting.get(lead))
            wanted = ", ".join(
                [*lead.need_model_ids.mapped("display_name")][:3]
            ) or text.get("wanted_text")
            cards.append(
                {
                    "id": lead.id,
                    "section": section,
                    "points": points,
                    "why": why,
                    "name": text["contact_name"]
                    or lead.partner_id.sudo().name
                    or text["name"],
                    "title": text["name"],
                    "phone": text["phone"] or False,
                    "email": bool(lead.email_normalized),
                    "wanted": wanted or False,
                    "next_step": text["next_step"] or False,
                    "state": text["followup_state"],
                    "state_label": states.get(text["followup_state"]),
                    "grade_id": lead.grade_id.id,
                    "grade_code": lead.grade_id.code,
                    "grade_color": lead.grade_id.color,
                    "horizon_id": lead.horizon_id.id,
                    "treatment": lead.grade_id.treatment or False,
                    "company_id": lead.company_id.id,
                    "channel": lead.intake_channel_id.name,
                    "due": fields.Date.to_string(lead.next_followup_date)
                    if lead.next_followup_date
                    else False,
                    "days_overdue": max(
                        0, (today - (lead.next_followup_date or today)).days
                    ),
                    "waiting": self._duration_text(waiting[lead])
                    if lead in waiting
                    else False,
                    "last_contact": contacts[lead.id][0]
                    if contacts.get(lead.id)
                    else False,
                    "contacts": contacts.get(lead.id, []),
                    "verdict": text["grade_verdict"] not in (False, "fine")
                    and text["grade_verdict_text"],
                }
            )
        return sorted(
            cards,
            key=lambda card: (
                SECTIONS.index(card["section"]),
                -card["points"],
                card["due"] or "",
                card["id"],
            ),
        )

    def _my_day_section(self, today):
        self.ensure_one()
        if self.woken_date:
            return "waking"
        if not self.last_contact_date and self.received_date:
            return "new"
        return "overdue" if self.next_followup_date < today else "today"

    def _my_day_points(self, today, waiting):
        """Return the points of the prospect and why, in words.

        :param int waiting: working minutes since it was received, for one that
            nobody has contacted yet
        """
        self.ensure_one()
        points = {}
        if self.grade_id:
            points[self.env._("grade %s", self.grade_id.code)] = self.grade_id.promise
        if self.horizon_id:
            points[self.horizon_id.name] = round(
                100 * self.horizon_id.expected_conversion
            )
        if self.last_contact_date:
            days = (today - self.last_contact_date.date()).days
            if days <= 30:
                points[self.env._("recent contact")] = 10 if days <= 7 else 5
        elif waiting is not None:
            fresh = 15 if waiting <= 60 else 10 if waiting <= 480 else 5
            points[self.env._("waits for an answer")] = fresh
        if self.woken_date:
            points[self.env._("woken up")] = 5
        if self.next_followup_date and self.next_followup_date < today:
            points[self.env._("overdue")] = min(
                10, (today - self.next_followup_date).days
            )
        why = ", ".join(f"{name} +{value}" for name, value in points.items() if value)
        return sum(points.values()), why

    def _my_day_contacts(self):
        """Return the last three contacts of each prospect, newest first."""
        contact = self.env["auto.contact"]
        channels = dict(contact._fields["channel"]._description_selection(self.env))
        results = dict(contact._fields["result"]._description_selection(self.env))
        rows = contact.search_fetch(
            [("lead_id", "in", self.ids)],
            ["lead_id", "date", "channel", "result", "summary", "next_step", "user_id"],
            limit=max(100, 10 * len(self)),
        )
        result = {}
        for row in rows:
            lines = result.setdefault(row.lead_id.id, [])
            if len(lines) < 3:
                lines.append(
                    {
                        "id": row.id,
                        "date": fields.Datetime.to_string(row.date),
                        "channel": channels.get(row.channel),
                        "result": results.get(row.result) or False,
                        "summary": row.summary or "",
                        "next_step": row.next_step or False,
                        "by": row.user_id.sudo().name or False,
                    }
                )
        return result
