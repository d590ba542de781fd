from odoo import api, fields, models
from odoo.tools import format_date


class AutoContactLog(models.TransientModel):
    """Log a contact with one or more prospects and set what comes next."""

    _name = "auto.contact.log"
    _description = "Log a contact"

    lead_ids = fields.Many2many(
        comodel_name="crm.lead", string="Prospects", required=True
    )
    lead_count = fields.Integer(compute="_compute_lead_count")
    recent_contacts = fields.Html(
        string="Last contacts", compute="_compute_lead_count", sanitize=False
    )
    channel = fields.Selection(
        selection=lambda self: (
            self.env["auto.contact"]._fields["channel"]._description_selection(self.env)
        ),
        required=True,
        default="phone",
    )
    direction = fields.Selection(
        selection=lambda self: (
            self.env["auto.contact"]
            ._fields["direction"]
            ._description_selection(self.env)
        ),
        required=True,
        default="out",
    )
    result = fields.Selection(
        selection=lambda self: (
            self.env["auto.contact"]._fields["result"]._description_selection(self.env)
        ),
    )
    summary = fields.Text(string="What was said", required=True)
    next_step = fields.Char()
    grade_id = fields.Many2one(
        comodel_name="auto.lead.grade",
        string="Grade",
        domain="[('is_lost', '=', False), ('is_won', '=', False)]",
    )
    horizon_id = fields.Many2one(
        comodel_name="auto.lead.horizon", string="Purchase horizon"
    )
    followup_state = fields.Selection(
        selection=[
            ("first_contact", "First contact"),
            ("intent", "Intent"),
            ("quotation", "Quotation"),
        ],
        string="Follow-up state",
    )
    next_date = fields.Date(
        string="Next follow-up",
        compute="_compute_next_date",
        store=True,
        readonly=False,
    )
    next_date_reason = fields.Char(compute="_compute_next_date_reason")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        if not values.get("lead_ids") and context.get("active_model") == "crm.lead":
            values["lead_ids"] = [(6, 0, context.get("active_ids", []))]
        command = values.get("lead_ids") or []
        ids = [
            record_id
            for item in command
            for record_id in (
                [item]
                if isinstance(item, int)
                else item[2]
                if item[0] == 6
                else [item[1]]
            )
        ]
        if len(ids) == 1:
            lead = self.env["crm.lead"].browse(ids)
            values.setdefault(
                "grade_id", (lead.grade_id._is_open() and lead.grade_id.id) or False
            )
            values.setdefault("horizon_id", lead.horizon_id.id)
            if lead.followup_state in ("first_contact", "intent", "quotation"):
                values.setdefault("followup_state", lead.followup_state)
        return values

    @api.depends("lead_ids")
    def _compute_lead_count(self):
        for wizard in self:
            wizard.lead_count = len(wizard.lead_ids)
            wizard.recent_contacts = (
                len(wizard.lead_ids) == 1 and wizard.lead_ids._origin.recent_contacts
            ) or False

    def _grade_used(self):
        self.ensure_one()
        one = self.lead_ids._origin if len(self.lead_ids) == 1 else False
        return (
            self.grade_id
            or (one and one.grade_id._is_open() and one.grade_id)
            or self.env["auto.lead.grade"]
        )

    @api.depends("lead_ids", "grade_id", "result")
    def _compute_next_date(self):
        for wizard in self:
            leads = wizard.lead_ids._origin
            if (
                len(leads) != 1
                or wizard.result == "opt_out"
                or leads.won_status != "pending"
            ):
                wizard.next_date = False
                continue
            grade = wizard._grade_used()
            wizard.next_date = leads._next_dates(leads.company_id, grade)[grade]

    @api.depends("lead_ids", "grade_id", "next_date", "result")
    def _compute_next_date_reason(self):
        for wizard in self:
            leads = wizard.lead_ids._origin
            grade = wizard._grade_used()
            if wizard.result == "opt_out":
                wizard.next_date_reason = self.env._(
                    "The customer wants no more contact: nothing more is due."
                )
            elif len(leads) != 1:
                wizard.next_date_reason = self.env._(
                    "Left empty, each prospect is due again by its own grade."
                )
            elif not grade:
                wizard.next_date_reason = self.env._(
                    "Not graded yet: due again the next working day."
                )
            else:
                proposed = leads._next_dates(leads.company_id, grade)[grade]
                values = {
                    "grade": grade.code,
                    "days": grade.interval_days,
                    "date": format_date(self.env, proposed),
                }
                wizard.next_date_reason = (
                    self.env._(
                        "Grade %(grade)s: every day, so %(date)s (a working day of "
                        "the store).",
                        **values,
                    )
                    if grade.interval_days == 1
                    else self.env._(
                        "Grade %(grade)s: every %(days)s days, so %(date)s (a working "
                        "day of the store).",
                        **values,
                    )
                )

    def action_log(self):
        """Log the contact with each prospect and close the window."""
        self.ensure_one()
        leads = self.lead_ids
        values = {}
        if self.horizon_id and (leads.horizon_id != self.horizon_id):
            values["horizon_id"] = self.horizon_id.id
        if (
            self.followup_state
            and len(leads) == 1
            and leads.followup_state != self.followup_state
            and leads.followup_state != "shelved"
        ):
            values["followup_state"] = self.followup_state
        leads._log_contact(
            self.channel,
            self.summary,
            result=self.result,
            next_date=self.next_date,
            grade=self.grade_id or None,
            direction=self.direction,
            next_step=self.next_step,
            **values,
        )
        return {"type": "ir.actions.act_window_close"}
