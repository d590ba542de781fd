from odoo import api, fields, models
from odoo.fields import Domain


class AutoSegment(models.Model):
    """Segments of prospects, and of customers by their prospects."""

    _inherit = "auto.segment"

    target = fields.Selection(
        selection_add=[("lead", "Prospects")], ondelete={"lead": "cascade"}
    )
    prospect_state = fields.Selection(
        selection=[("open", "Open"), ("won", "Won"), ("lost", "Lost")],
        string="Prospect is",
    )
    grade_ids = fields.Many2many(
        comodel_name="auto.lead.grade",
        relation="auto_segment_grade_rel",
        string="Grades",
    )
    horizon_ids = fields.Many2many(
        comodel_name="auto.lead.horizon",
        relation="auto_segment_horizon_rel",
        string="Purchase horizons",
    )
    need_model_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model",
        relation="auto_segment_need_model_rel",
        string="Models wanted",
    )
    need_category_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.category",
        relation="auto_segment_need_category_rel",
        string="Bodies wanted",
    )
    need_condition = fields.Selection(
        selection=[("new", "New"), ("used", "Used")], string="Wants new or used"
    )
    budget_min = fields.Float(
        string="Budget from",
        digits=(16, 0),
        help="In the currency of the prospect's store; by what the customer would "
        "spend at most.",
    )
    budget_max = fields.Float(string="Budget to", digits=(16, 0))
    channel_ids = fields.Many2many(
        comodel_name="auto.intake.channel",
        relation="auto_segment_channel_rel",
        string="Came by",
    )
    received_days = fields.Integer(string="Came within (days)")
    untouched_days = fields.Integer(
        string="Prospect without contact for (days)",
        help="Prospects whom nobody has contacted for so many days, or never.",
    )

    @api.model
    def _criteria_fields(self):
        return [
            *super()._criteria_fields(),
            "prospect_state",
            "grade_ids",
            "horizon_ids",
            "need_model_ids",
            "need_category_ids",
            "need_condition",
            "budget_min",
            "budget_max",
            "channel_ids",
            "received_days",
            "untouched_days",
        ]

    def _criteria(self):
        criteria = super()._criteria()
        domains = criteria["lead"] = []
        if self.prospect_state:
            status = {"open": "pending"}.get(self.prospect_state, self.prospect_state)
            domains.append(Domain("won_status", "=", status))
        for name, path in (
            ("grade_ids", "grade_id"),
            ("horizon_ids", "horizon_id"),
            ("need_model_ids", "need_model_ids"),
            ("need_category_ids", "need_category_ids"),
            ("channel_ids", "intake_channel_id"),
        ):
            if self[name]:
                domains.append(Domain(path, "in", self[name].ids))
        if self.need_condition:
            domains.append(Domain("need_condition", "in", [self.need_condition, "any"]))
        if self.budget_min:
            domains.append(Domain("need_budget_max", ">=", self.budget_min))
        if self.budget_max:
            domains.append(Domain("need_budget_max", ">", 0))
            domains.append(Domain("need_budget_max", "<=", self.budget_max))
        now = fields.Datetime.now()
        if self.received_days:
            since = fields.Datetime.subtract(now, days=self.received_days)
            domains.append(Domain("received_date", ">=", since))
        if self.untouched_days:
            since = fields.Datetime.subtract(now, days=self.untouched_days)
            domains.append(
                Domain("last_contact_date", "=", False)
                | Domain("last_contact_date", "<", since)
            )
        return criteria

    def _model(self):
        return "crm.lead" if self.target == "lead" else super()._model()

    def _lead_domain(self, criteria):
        """Return the domain of the prospects by the conditions on them."""
        domain = Domain("type", "=", "opportunity") & Domain.AND(criteria["lead"])
        # A lost prospect is an archived one; no other archived one counts.
        domain &= Domain("active", "=", self.prospect_state != "lost")
        return domain & Domain("company_id", "in", self._stores().ids)

    def _customer_domain(self, criteria):
        domain = super()._customer_domain(criteria)
        if self.target == "partner" and criteria["lead"]:
            domain &= Domain("opportunity_ids", "any", self._lead_domain(criteria))
        return domain

    def _member_domain(self):
        if self.target != "lead":
            return super()._member_domain()
        criteria = self._criteria()
        # Where a prospect lives, and whose it is, the prospect says itself.
        domain = self._lead_domain(criteria) & Domain.AND(criteria["place"])
        if criteria["customer"] or criteria["vehicle"]:
            customer = self._customer_domain({**criteria, "place": []})
            domain &= Domain("partner_id", "any", customer)
        return domain

    def action_open_members(self):
        if self.target != "lead":
            return super().action_open_members()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.crm_lead_action"
        )
        action = self._members_action(action)
        action["context"]["active_test"] = False
        return action

    def _contacted_partners(self, members, complete=False):
        if members._name != "crm.lead":
            return super()._contacted_partners(members, complete=complete)
        if complete:
            members._complete_customers()
        return members.partner_id

    def action_call_list(self):
        """Open a new call list of the people of the segment."""
        self.ensure_one()
        source = "lead" if self.target == "lead" else "partner"
        domain = [("auto_segment_ids", "in", self.ids)]
        if self.prospect_state == "lost":
            domain.append(("active", "in", [True, False]))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Call list"),
            "res_model": "auto.call.list",
            "views": [(False, "form")],
            "context": {
                "default_name": self.name,
                "default_source": source,
                f"default_{source}_domain": str(domain),
            },
        }
