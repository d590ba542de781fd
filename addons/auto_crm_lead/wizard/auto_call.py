from odoo import api, fields, models
from odoo.exceptions import UserError

# After these the prospect's consultant has nothing new to do.
NOT_SPOKEN = ("no_answer", "wrong_number")


class AutoCall(models.TransientModel):
    """The call screen with the caller's prospect: graded or registered at once."""

    _inherit = "auto.call"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Open prospect",
        compute="_compute_lead_id",
        help="The caller's open prospect in this store.",
    )
    lead_user_id = fields.Many2one(
        related="lead_id.user_id", string="Consultant of the prospect"
    )
    lead_grade_id = fields.Many2one(related="lead_id.grade_id", string="Grade now")
    lead_next_followup_date = fields.Date(
        related="lead_id.next_followup_date", string="Next contact planned for"
    )
    can_grade = fields.Boolean(compute="_compute_lead_id")
    can_register = fields.Boolean(compute="_compute_lead_id")

    # A new prospect
    wants_car = fields.Boolean(
        string="Wants a car",
        help="Makes the caller a prospect, given to a consultant as any other one.",
    )
    horizon_id = fields.Many2one(
        comodel_name="auto.lead.horizon", string="Wants to buy"
    )
    model_id = fields.Many2one(comodel_name="fleet.vehicle.model", string="Model")
    wanted_text = fields.Char(
        string="Or in words", help="When the model is not in the list."
    )
    condition = fields.Selection(
        selection=[("new", "New"), ("used", "Used"), ("any", "New or used")],
        string="New or used",
    )

    other_store_text = fields.Char(
        string="Other store",
        compute="_compute_other_store_text",
        help="That another store of the group has this person, and who keeps the "
        "claim; never which store.",
    )

    logged_text = fields.Char(readonly=True)

    # What comes next
    grade_id = fields.Many2one(
        comodel_name="auto.lead.grade",
        string="Grade",
        compute="_compute_grade_id",
        compute_sudo=False,  # what the agent may do decides
        store=True,
        readonly=False,
        domain="[('is_lost', '=', False), ('is_won', '=', False)]",
    )
    next_date = fields.Date(
        string="Next contact",
        compute="_compute_next_date",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Proposed from the grade; the next working day of the store.",
    )

    @api.depends("partner_id")
    @api.depends_context("uid", "company")
    def _compute_lead_id(self):
        lead_model = self.env["crm.lead"]
        found = {}
        if self.partner_id and lead_model.has_access("read"):
            found = {
                lead.partner_id.id: lead
                for lead in lead_model.search(
                    [
                        ("partner_id", "in", self.partner_id._origin.ids),
                        ("won_status", "=", "pending"),
                        ("company_id", "=", self.env.company.id),
                    ],
                    order="id",
                )
            }
        roles = self.env.user._auto_roles()
        may_register = self.env.su or not roles.isdisjoint(lead_model._intake_roles())
        for call in self:
            lead = found.get(call.partner_id._origin.id, lead_model)
            call.lead_id = lead
            call.can_grade = bool(lead) and lead.has_access("write")
            call.can_register = may_register and not lead

    @api.depends("partner_id", "number", "new_email", "wants_car", "can_register")
    def _compute_other_store_text(self):
        for call in self:
            call.other_store_text = (
                call.can_register
                and call.wants_car
                and self.env["crm.lead"]._other_store_hint(
                    self.env.company, **call._caller_identity()
                )
            )

    @api.depends("lead_id", "horizon_id", "wants_car")
    def _compute_grade_id(self):
        for call in self:
            if call.lead_id:
                grade = call.lead_id.grade_id
                call.grade_id = grade if grade._is_open() else False
            else:
                call.grade_id = call.wants_car and call.horizon_id.grade_id

    @api.depends("lead_id", "grade_id", "wants_car", "result")
    def _compute_next_date(self):
        for call in self:
            grade = call.grade_id
            call.next_date = (
                call.lead_id._next_dates(self.env.company, grade)[grade]
                if (call.can_grade or (call.wants_car and call.can_register))
                and call.result != "opt_out"
                else False
            )

    def action_book_test_drive(self):
        """Open a new test drive for the caller, over the call.

        :raise UserError: when nobody is named
        """
        self.ensure_one()
        partner = self._named_caller()
        lead = self.lead_id
        company = self.env.company
        wanted = self.model_id or lead.need_model_ids
        # Whose customer it is was shown above.
        keeper = lead.user_id or partner.user_id
        action = self.env["auto.test.drive"]._action_new(
            lead_id=lead.id,
            partner_id=partner.id,
            company_id=company.id,
            user_id=company in keeper.sudo().company_ids and keeper.id,
            vehicle_id=self.env["auto.vehicle"]._demo_for(wanted, company).id,
        )
        return action | {"target": "new"}

    def _log_call(self):
        """Log the call; a caller who wants a car is taken in with it."""
        if not self.wants_car or self.lead_id:
            return super()._log_call()
        contact = self._prepare_contact_values()
        result = self.env["crm.lead"]._intake_by_hand(
            self._intake_values(),
            "phone",
            self.env.company,
            external_ref=self.external_ref,
            contact={
                name: contact[name]
                for name in (
                    *self._intake_contact_fields(),
                    "vehicle_id",
                    "direction",
                    "result",
                    "next_step",
                    "number",
                    "date",
                    "duration",
                )
            },
        )
        self._take_registered(result)
        self.logged_text = self.env["crm.lead"]._by_hand_text(result)
        # The one contact of this call; intake wrote it, whoever may see the prospect.
        contacts = self.env["auto.contact"]
        entry = contacts.sudo().search(
            [("lead_id", "=", result["lead"].id)], order="id desc", limit=1
        )
        return contacts.browse(entry.ids)

    @api.model
    def _intake_contact_fields(self):
        """Return further fields of the contact that an intake writes; a hook."""
        return ()

    def _caller_identity(self):
        """Return by what the caller is known: ``phone``, ``email``, ``social_id``."""
        self.ensure_one()
        # The number that proves who it is may be masked for the agent.
        partner = self.partner_id.sudo()
        known = self.state != "withheld" and self.number
        values = {
            "phone": partner.phone if partner else known,
            "email": partner.email if partner else self.new_email,
            "social_id": partner.social_id,
        }
        if partner and not any(values.values()):
            values["phone"] = known
        return values

    def _intake_values(self):
        """Return the caller and the wish as values of ``crm.lead._intake``."""
        self.ensure_one()
        # Whom the call screen found is known to the agent.
        partner = self.partner_id.sudo()
        name = partner.name or (self.new_name or "").strip()
        if not name:
            raise UserError(self.env._("What is the caller's name?"))
        values = self._caller_identity()
        if not any(values.values()):
            raise UserError(
                self.env._(
                    "How can the caller be reached? Ask for an e-mail address, or "
                    "find the customer by the number."
                )
            )
        vehicle = {
            "brand": self.model_id.brand_id.name,
            "model": self.model_id.name or self.wanted_text,
            "condition": self.condition,
        }
        return {
            "name": name,
            **values,
            "purchase_horizon": self.horizon_id.code,
            "message": self.summary,
            "vehicle": {key: value for key, value in vehicle.items() if value},
        }

    def _take_registered(self, result):
        """Show whom the intake made of the caller, and plan the next contact."""
        lead = result["lead"]
        # Read before the caller is known, which would propose them afresh.
        grade, next_date = self.grade_id, self.next_date
        values = {}
        if grade and grade != lead.grade_id and result["created"]:
            values["grade_id"] = grade.id
        if next_date and lead.followup_state != "shelved":
            self.env["crm.lead"]._check_not_past(self.next_date)
            values["next_followup_date"] = next_date
        self.env["auto.access.log"]._log(
            "lookup",
            self.env["res.partner"].browse(lead.partner_id.id),
            self.env._("Call screen: registered"),
        )
        self.env.invalidate_all()
        self.partner_id = lead.partner_id.id
        if values and (
            result["created"] or lead.with_env(self.env).has_access("write")
        ):
            # Who registers somebody says how urgent it is, with or without a right on
            # prospects afterwards.
            lead.write(values)

    def _prepare_contact_values(self):
        """Log the call on the customer's open prospect, where the agent sees one."""
        values = super()._prepare_contact_values()
        values["lead_id"] = self.lead_id.id
        return values

    def _wrap_up(self):
        """Let the contact count for the prospect: clock, grade and next contact."""
        action = super()._wrap_up()
        lead = self.lead_id
        if not lead or self.wants_car:
            return action
        date = self.contact_id.sudo().date
        if self.can_grade:
            grade = self.grade_id if self.grade_id != lead.grade_id else None
            lead._follow_contact(
                date,
                self.summary,
                self.result,
                self.next_date,
                grade,
                next_step=self.next_step,
            )
        elif self.result not in NOT_SPOKEN:
            # Who only reads the prospect has talked to the customer all the same;
            # the work on it stays its consultant's: on the day that the customer
            # named, else at once.
            lead._log_clock("first_touch", date=date)
            if self.next_date:
                self.env["crm.lead"]._check_not_past(self.next_date)
                lead.sudo().next_followup_date = self.next_date
            else:
                lead.sudo()._due_at_once()
        return action

    def _logged_text(self):
        return self.logged_text or super()._logged_text()
