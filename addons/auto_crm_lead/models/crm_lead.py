from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.auto_crm_base.models.auto_masked_mixin import PHONE_FIELDS

# Passed in the context by the code below alone, so that no client can give a
# grade that means won or lost.
GRADE_DOOR = object()

# Passed in the context by the cadence alone, which keeps what nobody writes by hand.
CADENCE_DOOR = object()
KEPT_FIELDS = (
    "public_ref",
    "received_date",
    "grade_date",
    "last_contact_date",
    "treatment_due",
    "woken_date",
    "escalation_level",
    "seen_date",
    "first_touch_date",
    "response_minutes",
    "response_band",
)
# Passed in the context by the merge of prospects alone.
MERGE = object()

# A shelved prospect is looked at again before everything about it has changed.
SHELVED_MONTHS = 24


class CrmLead(models.Model):
    """A prospect: grade, purchase horizon and follow-up state.

    A prospect of ours is always a ``crm.lead`` of type *opportunity*: Odoo's split
    into leads and opportunities is not used, since the grade says how far it is.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead", "auto.masked.mixin", "auto.lock.mixin"]

    public_ref = fields.Char(string="Reference", readonly=True, copy=False, index=True)
    lookup_ids = fields.One2many(
        comodel_name="auto.access.log",
        inverse_name="res_id",
        string="Look-ups",
        domain=[("res_model", "=", "crm.lead"), ("kind", "=", "lookup")],
        groups="auto_crm_base.group_head_office,auto_crm_base.group_auditor",
        help="Who found this prospect by an exact number.",
    )
    intake_channel_id = fields.Many2one(
        comodel_name="auto.intake.channel", string="Channel"
    )

    # Grade
    grade_id = fields.Many2one(
        comodel_name="auto.lead.grade",
        string="Grade",
        index="btree_not_null",
        copy=False,
        group_expand="_read_group_grade_ids",
        ondelete="restrict",
        help="How close the customer is to buying. Lost and won are given by the "
        "approved loss and by winning, not by hand.",
    )
    grade_code = fields.Char(related="grade_id.code")
    grade_color = fields.Integer(related="grade_id.color")
    grade_date = fields.Datetime(
        string="Graded on", readonly=True, copy=False, help="Since when in this grade."
    )
    grade_before_id = fields.Many2one(
        comodel_name="auto.lead.grade",
        string="Grade before the end",
        readonly=True,
        copy=False,
        help="The grade before it was won or lost, to return to.",
    )
    grade_history_ids = fields.One2many(
        comodel_name="auto.lead.grade.history",
        inverse_name="lead_id",
        string="Grade history",
    )
    horizon_id = fields.Many2one(
        comodel_name="auto.lead.horizon",
        string="Purchase horizon",
        copy=False,
        help="When the customer intends to buy; proposes the grade and the treatment.",
    )

    # State
    followup_state = fields.Selection(
        selection=[
            ("first_contact", "First contact"),
            ("intent", "Intent"),
            ("quotation", "Quotation"),
            ("deal", "Deal"),
            ("shelved", "Shelved"),
        ],
        string="Follow-up state",
        required=True,
        default="first_contact",
        copy=False,
        group_expand=True,
        tracking=True,
    )
    shelved_state = fields.Char(
        string="State before shelving", readonly=True, copy=False
    )
    wake_date = fields.Date(
        string="Wakes on",
        copy=False,
        help="A shelved prospect comes back on this day, at the top of My day.",
    )
    woken_date = fields.Date(
        string="Woken on",
        readonly=True,
        copy=False,
        help="Set when a shelved prospect wakes, until the next contact.",
    )
    lost_state = fields.Selection(
        selection=[
            ("none", "Not lost"),
            ("requested", "Waiting for approval"),
            ("approved", "Lost"),
            ("refused", "Refused"),
        ],
        default="none",
    )

    # Whoever sees the prospect sees what these say, with or without the customer.
    commercial_partner_id = fields.Many2one(compute_sudo=True)
    partner_email_update = fields.Boolean(compute_sudo=True)
    partner_phone_update = fields.Boolean(compute_sudo=True)

    _shelved_wakes = models.Constraint(
        "CHECK (followup_state IS DISTINCT FROM 'shelved' OR wake_date IS NOT NULL)",
        "A shelved prospect needs a day on which it wakes.",
    )
    _wake_idx = models.Index(
        "(wake_date) WHERE followup_state = 'shelved' AND active IS TRUE"
    )

    @api.model
    def _field_needs(self):
        # Figures of Odoo's sale, where it is installed.
        figures = ("quotation_count", "sale_amount_total", "sale_order_count")
        return {**super()._field_needs(), **dict.fromkeys(figures, "sale.order")}

    @api.model
    def _read_group_grade_ids(self, grades, domain):
        # Every grade is a column, also an empty one.
        return grades.search([])  # pylint: disable=no-search-all

    @api.onchange("horizon_id")
    def _onchange_horizon_id(self):
        if self.horizon_id.grade_id and not self.grade_id:
            self.grade_id = self.horizon_id.grade_id

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._without_kept_values(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_next_date(vals)
        leads = super().create(vals_list)
        graded = leads.filtered("grade_id")
        if graded:
            graded._log_grade(dict.fromkeys(graded, self.env["auto.lead.grade"]))
        prospects = leads.filtered("received_date")
        self._log_events(
            prospects._clock_values("received")
            + prospects.filtered("user_id")._clock_values("dispatched")
        )
        return leads

    def write(self, vals):
        vals = dict(vals)
        self._check_kept_values(vals)
        self._check_grade_values(vals)
        self._check_reassignment(vals)
        self._check_next_date(vals)
        self._prepare_state_values(vals)
        grades = {lead: lead.grade_id for lead in self} if "grade_id" in vals else {}
        users = {lead: lead.user_id for lead in self} if "user_id" in vals else {}
        horizons = (
            {lead: lead.horizon_id for lead in self} if "horizon_id" in vals else {}
        )
        if "grade_id" in vals:
            vals.setdefault("grade_date", fields.Datetime.now())
        res = super().write(vals)
        changed = self.filtered(
            lambda lead: lead in grades and lead.grade_id != grades[lead]
        )
        if changed:
            changed._log_grade(grades)
        self._clock_assignment(users)
        self._after_horizon(
            self.filtered(
                lambda lead: lead in horizons and lead.horizon_id != horizons[lead]
            ),
            propose_grade="grade_id" not in vals,
        )
        if {"next_followup_date", "user_id", "followup_state", "active"} & vals.keys():
            self._sync_reminders()
        return res

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        """Give and take back the grades that mean won and lost."""
        res = super()._handle_won_lost(old_status_by_lead, new_status_by_lead)

        def reached(key, before, after):
            return self.filtered(
                lambda lead: (
                    not before.get(lead.id, {}).get(key)
                    and after.get(lead.id, {}).get(key)
                )
            )

        old, new = old_status_by_lead, new_status_by_lead
        won = reached("is_won", old, new)
        won._set_grade_won()
        won._give_customers()
        reached("is_lost", old, new)._set_grade_lost()
        left = reached("is_won", new, old) | reached("is_lost", new, old)
        left.filtered(lambda lead: lead.won_status == "pending")._restore_grade()
        return res

    def _give_customers(self):
        """Give the customers of won prospects to who sold, unless they are somebody's.

        Of two prospects of one customer the first decides.
        """
        # Whose customer a buyer is follows from the sale: nobody allocates here.
        for lead in self.sudo():
            customer = lead.partner_id
            if customer.is_auto_customer and lead.user_id and not customer.user_id:
                customer.user_id = lead.user_id

    def _merge_dependences(self, opportunities):
        """Take grade history and response clock along to the one that stays."""
        res = super()._merge_dependences(opportunities)
        for name in ("grade_history_ids", "clock_ids"):
            # These logs are append-only; that they follow the prospect is the one
            # change which is open, and it belongs to the system, not to a user.
            opportunities.sudo()[name].write({"lead_id": self.id})
        return res

    # ------------------------------------------------------------
    # Who sees which number
    # ------------------------------------------------------------

    @api.model
    def _masked_fields(self):
        return {**super()._masked_fields(), **PHONE_FIELDS}

    @api.model
    def _masked_fields_in_export(self):
        return {
            **super()._masked_fields_in_export(),
            "email_from": "email",
            "email_normalized": "email",
        }

    @api.model
    def _mask_exempt_domain(self):
        """Show the numbers of one's own prospects in full."""
        return Domain("user_id", "=", self.env.uid)

    # ------------------------------------------------------------
    # Values
    # ------------------------------------------------------------

    @api.model
    def _is_automotive_user(self):
        return self.env.user.has_group("auto_crm_base.group_user")

    @api.model
    def _without_kept_values(self, vals):
        """Return the values for ``create``, with what the system keeps as it has it.

        The reference is drawn by the intake, which comes first.
        """
        vals = dict(vals)
        if self.env.su:
            return self._prepare_prospect_values(vals)
        kept = [name for name in KEPT_FIELDS if name != "public_ref"]
        for name in kept:
            vals.pop(name, None)
        # Named in any case, since a default may come with the context.
        return {**dict.fromkeys(kept, False), **self._prepare_prospect_values(vals)}

    def _check_kept_values(self, vals):
        """Refuse to change by hand what the response clock and the cadence go by.

        :raise UserError: naming the field
        """
        if self.env.su or self.env.context.get("auto_cadence_door") is CADENCE_DOOR:
            return
        for name in KEPT_FIELDS:
            if name not in vals:
                continue
            field = self._fields[name]
            if any(
                lead[name]
                != field.convert_to_record(
                    field.convert_to_cache(vals[name], lead), lead
                )
                for lead in self
            ):
                raise UserError(
                    self.env._(
                        "“%(field)s” is kept by the system and cannot be changed by "
                        "hand.",
                        field=field._description_string(self.env),
                    )
                )

    @api.model
    def _prepare_prospect_values(self, vals):
        """Fill in what a new prospect of ours needs; other leads stay as they are.

        :param dict vals: values for ``create``; changed in place and returned
        """
        ours = self._is_automotive_user() or any(
            vals.get(name) for name in ("intake_channel_id", "grade_id", "horizon_id")
        )
        if not ours:
            return vals
        now = fields.Datetime.now()
        vals.setdefault("type", "opportunity")
        vals.setdefault("received_date", now)
        if vals.get("horizon_id"):
            horizon = self.env["auto.lead.horizon"].browse(vals["horizon_id"])
            if not vals.get("grade_id"):
                vals["grade_id"] = horizon.grade_id.id
            vals.setdefault("treatment_due", bool(horizon.activity_type_id))
        if vals.get("grade_id"):
            self._check_grade_values(vals)
            vals.setdefault("grade_date", now)
        if vals.get("followup_state") == "shelved":
            self._check_wake_date(vals.get("wake_date"))
        elif vals.get("followup_state") == "deal":
            vals["followup_state"] = "first_contact"
        stage = self.env["crm.stage"].browse(vals.get("stage_id"))
        if vals.get("followup_state") != "shelved" and not stage.is_won:
            # Nobody has talked to the customer yet: that is due at once.
            vals.setdefault("next_followup_date", fields.Date.context_today(self))
        return vals

    @api.model
    def _check_grade_values(self, vals):
        """Refuse a grade that means won or lost, except from the code that ends it."""
        if self.env.context.get("auto_grade_door") is GRADE_DOOR:
            return
        grade = self.env["auto.lead.grade"].browse(vals.get("grade_id") or [])
        if grade.is_won:
            raise UserError(
                self.env._(
                    "The grade “%(grade)s” comes from winning the prospect, it cannot "
                    "be chosen.",
                    grade=grade.display_name,
                )
            )
        if grade.is_lost:
            raise UserError(
                self.env._(
                    "The grade “%(grade)s” comes from an approved loss, it cannot be "
                    "chosen. Request the loss instead.",
                    grade=grade.display_name,
                )
            )
        if "grade_id" not in vals:
            return
        ended = self.filtered(
            lambda lead: lead.won_status in ("won", "lost") and lead.grade_id != grade
        )
        if ended:
            raise UserError(
                self.env._(
                    "“%(prospect)s” is won or lost and keeps that grade until it is "
                    "reopened.",
                    prospect=ended[0].display_name,
                )
            )

    def _check_reassignment(self, vals):
        """Refuse that a consultant gives a prospect away: that is for managers."""
        if (
            "user_id" not in vals
            or self.env.su
            or not self.env.user._auto_own_leads_only()
        ):
            return
        if self.filtered(lambda lead: lead.user_id.id != (vals["user_id"] or False)):
            raise UserError(
                self.env._(
                    "Only a manager gives a prospect to somebody else. Ask your sales "
                    "manager."
                )
            )

    @api.model
    def _check_wake_date(self, wake_date):
        wake_date = fields.Date.to_date(wake_date)
        if not wake_date:
            raise UserError(
                self.env._(
                    "Say when the prospect wakes: a shelved prospect comes back by "
                    "itself. Use “Shelve”."
                )
            )
        if wake_date <= fields.Date.context_today(self):
            raise UserError(self.env._("The day on which it wakes lies in the future."))
        last = fields.Date.add(
            fields.Date.context_today(self), months=SHELVED_MONTHS, days=1
        )
        if wake_date > last and not self.env.su:
            raise UserError(
                self.env._(
                    "A prospect is shelved until %(day)s at the latest.",
                    day=format_date(self.env, last),
                )
            )

    def _prepare_state_values(self, vals):
        """Complete ``vals`` when they change the follow-up state.

        :raise UserError: for a shelving without a future day to wake, and for a
            deal on a prospect that is not won
        """
        if self.env.context.get("auto_grade_door") is GRADE_DOOR:
            return
        state = vals.get("followup_state")
        if "followup_state" in vals and not state:
            vals.pop("followup_state")
        won = self.filtered(lambda lead: lead.won_status == "won")
        if state == "deal" and self - won and not vals.get("stage_id"):
            raise UserError(
                self.env._("Mark the prospect as won: the state “Deal” follows.")
            )
        if state and state != "deal" and won and not vals.get("stage_id"):
            raise UserError(
                self.env._(
                    "“%(prospect)s” is won. Move it to another stage to reopen it.",
                    prospect=won[0].display_name,
                )
            )
        if state == "shelved":
            for wake_date in (
                [vals["wake_date"]] if "wake_date" in vals else self.mapped("wake_date")
            ):
                self._check_wake_date(wake_date)
            states = set(self.mapped("followup_state")) - {"shelved", "deal", False}
            if len(states) == 1:
                vals.setdefault("shelved_state", states.pop())
            vals.update(next_followup_date=False, woken_date=False)
        elif state:
            vals.setdefault("wake_date", False)
            if state != "deal" and any(
                lead.followup_state == "shelved" for lead in self
            ):
                vals.setdefault("next_followup_date", fields.Date.context_today(self))

    # ------------------------------------------------------------
    # Grade
    # ------------------------------------------------------------

    def _log_grade(self, old_grades):
        """Keep the change of grade with its evidence.

        :param dict old_grades: lead → the grade before
        """
        evidence = self._grade_evidence()
        # Nobody may write the history by hand.
        self.env["auto.lead.grade.history"].sudo().create(
            [
                {
                    "lead_id": lead.id,
                    "company_id": lead.company_id.id,
                    "from_grade_id": old_grades[lead].id,
                    "to_grade_id": lead.grade_id.id,
                    "user_id": self.env.uid,
                    "reason": self.env.context.get("auto_grade_reason"),
                    "evidence": evidence.get(lead.id, {}),
                }
                for lead in self
            ]
        )

    def _grade_evidence(self):
        """Return what speaks for the grade of each prospect.

        :return dict: lead id → {contacts, visits, last_contact, promised_date,
            next_followup}; other addons add to it (a test drive, a quotation)
        """
        today = fields.Date.context_today(self)
        counts = {}
        if any(lead.last_contact_date for lead in self):
            # The contacts of a colleague count as well.
            contact = self.env["auto.contact"].sudo()
            visits = Domain("channel", "=", "visit") | Domain("result", "=", "visited")
            everything = Domain("lead_id", "in", self.ids)
            counts = {
                lead.id: [count, 0]
                for lead, count in contact._read_group(
                    everything, ["lead_id"], ["__count"]
                )
            }
            for lead, count in contact._read_group(
                everything & visits, ["lead_id"], ["__count"]
            ):
                counts[lead.id][1] = count
        result = {}
        for lead in self:
            contacts, visits = counts.get(lead.id, (0, 0))
            evidence = {"contacts": contacts, "visits": visits}
            if lead.last_contact_date:
                evidence["last_contact"] = fields.Date.to_string(
                    lead.last_contact_date.date()
                )
            if lead.date_deadline:
                evidence["promised_date"] = fields.Date.to_string(lead.date_deadline)
            if lead.next_followup_date and lead.next_followup_date < today:
                evidence["overdue_days"] = (today - lead.next_followup_date).days
            result[lead.id] = evidence
        return result

    @api.model
    def _evidence_in_words(self, evidence):
        """Return the evidence kept with a grade as one line for people."""
        parts = [
            self.env._("contacts: %s", evidence.get("contacts", 0)),
            self.env._("visits: %s", evidence.get("visits", 0)),
        ]
        if evidence.get("last_contact"):
            parts.append(self.env._("last contact: %s", evidence["last_contact"]))
        if evidence.get("promised_date"):
            parts.append(self.env._("promised for: %s", evidence["promised_date"]))
        if evidence.get("overdue_days"):
            parts.append(self.env._("days overdue: %s", evidence["overdue_days"]))
        return " · ".join(parts)

    def _final_grade(self, field_name):
        return self.env["auto.lead.grade"].search([(field_name, "=", True)], limit=1)

    def _end_with_grade(self, grade, values):
        for before, leads in self.grouped("grade_id").items():
            values_before = dict(values)
            if before._is_open():
                values_before["grade_before_id"] = before.id
            if grade:
                values_before["grade_id"] = grade.id
            leads.with_context(auto_grade_door=GRADE_DOOR).write(values_before)

    def _set_grade_won(self):
        """Give the won grade (S) and the state *deal*; nothing is due any more."""
        if self:
            self._end_with_grade(
                self._final_grade("is_won"),
                {
                    "followup_state": "deal",
                    "next_followup_date": False,
                    "wake_date": False,
                    "woken_date": False,
                    "escalation_level": 0,
                },
            )

    def _set_grade_lost(self):
        """Give the lost grade (F); nothing is due any more.

        Called when a loss counts: approved, or set by somebody who may decide it.
        """
        leads = self.filtered(lambda lead: not lead.grade_id.is_lost)
        if leads:
            leads._end_with_grade(
                leads._final_grade("is_lost"),
                {
                    "next_followup_date": False,
                    "woken_date": False,
                    "escalation_level": 0,
                },
            )

    def _check_next_date(self, vals):
        """Refuse a day for the next contact on which nobody would follow up in time.

        :raise UserError: when the user moves the date into the past or beyond the
            purchase horizon, takes it from an open prospect, or lets a shelved one
            wake on such a day
        """
        if self.env.su:
            return
        if vals.get("wake_date") and vals.get("followup_state") != "shelved":
            self._check_wake_date(vals["wake_date"])
        if (
            self.env.context.get("auto_merge") is MERGE
            or "next_followup_date" not in vals
        ):
            return
        day = fields.Date.to_date(vals["next_followup_date"])
        moved = self.filtered(lambda lead: lead.next_followup_date != day)
        if not day:
            moved._check_no_next_date(vals)
        elif moved or not self:
            if moved:
                self._check_not_past(day)
            horizons = moved.horizon_id
            if "horizon_id" in vals:
                horizons = horizons.browse(vals["horizon_id"] or [])
            last = self._last_next_date(horizons)
            if day > last:
                raise UserError(
                    self.env._(
                        "The next follow-up is planned until %(day)s at the latest. "
                        "Use “Shelve” for later.",
                        day=format_date(self.env, last),
                    )
                )

    def _check_no_next_date(self, vals):
        """Refuse to leave open prospects, of which none is shelved, without a day."""
        context = self.env.context
        if (
            context.get("auto_cadence_door") is CADENCE_DOOR
            or context.get("auto_grade_door") is GRADE_DOOR
            or vals.get("followup_state") == "shelved"
            or vals.get("active") is False
        ):
            return
        if self.filtered(
            lambda lead: (
                lead.active
                and lead.won_status == "pending"
                and lead.followup_state != "shelved"
            )
        ):
            raise UserError(
                self.env._(
                    "An open prospect needs a day for the next follow-up. Use “Shelve” "
                    "to put it aside."
                )
            )

    @api.model
    def _last_next_date(self, horizons):
        """Return the last day to plan a contact for: within the purchase horizon.

        :param horizons: of the prospects; the longest one there is when empty
        """
        if not horizons:
            horizons = horizons.search([], order="months desc", limit=1)
        # Who buys now, or on a day not named, is not left alone for a month either.
        months = max([1, *horizons.mapped("months")]) if horizons else SHELVED_MONTHS
        return fields.Date.add(fields.Date.context_today(self), months=months, days=1)

    def _restore_grade(self):
        """Return to the grade before the end, and be due again today."""
        leads = self.filtered(
            lambda lead: lead.grade_id and not lead.grade_id._is_open()
        )
        for before, group in leads.grouped("grade_before_id").items():
            values = {
                "grade_id": before.id,
                "grade_before_id": False,
                "next_followup_date": fields.Date.context_today(self),
            }
            door = group.with_context(auto_grade_door=GRADE_DOOR)
            door.write(values)
            door.filtered(lambda lead: lead.followup_state == "deal").write(
                {"followup_state": "intent"}
            )

    # ------------------------------------------------------------
    # Shelving
    # ------------------------------------------------------------

    def _shelve(self, wake_date, reason=""):
        """Put prospects aside until they wake by themselves.

        :param date wake_date: a day in the future
        :param str reason: why, in words; kept in the chatter
        """
        self.check_access("write")
        self._check_wake_date(wake_date)
        for state, leads in self.grouped("followup_state").items():
            values = {"followup_state": "shelved", "wake_date": wake_date}
            if state not in ("shelved", "deal"):
                values["shelved_state"] = state
            leads.write(values)
        if reason:
            self._message_log_batch(
                bodies={
                    lead.id: self.env._("Shelved: %(reason)s", reason=reason)
                    for lead in self
                }
            )

    def _wake(self):
        """Bring shelved prospects back into the state they were shelved from."""
        for company, in_store in self.grouped("company_id").items():
            today = company._auto_today()
            kept = in_store.with_context(auto_cadence_door=CADENCE_DOOR)
            for state, leads in kept.grouped("shelved_state").items():
                leads.write(
                    {
                        "followup_state": state or "intent",
                        "shelved_state": False,
                        "wake_date": False,
                        "woken_date": today,
                        "next_followup_date": today,
                    }
                )

    def action_shelve(self):
        """Open the window that asks for the day on which the prospects wake."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Shelve"),
            "res_model": "auto.lead.shelve",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_ids": self.ids},
        }

    def action_wake(self):
        """Bring the shelved prospects back now."""
        self.check_access("write")
        self.filtered(lambda lead: lead.followup_state == "shelved")._wake()
