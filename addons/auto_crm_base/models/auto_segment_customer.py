from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain


class AutoSegment(models.Model):
    """Criteria of the person: profile, level, where and how old, last contact."""

    _inherit = "auto.segment"

    kind_ids = fields.Many2many(
        comodel_name="auto.customer.kind",
        relation="auto_segment_kind_rel",
        string="Kinds of customer",
    )
    level_ids = fields.Many2many(
        comodel_name="auto.customer.level",
        relation="auto_segment_level_rel",
        string="Levels",
    )
    interest_ids = fields.Many2many(
        comodel_name="auto.customer.interest",
        relation="auto_segment_interest_rel",
        string="Interests",
    )
    gender = fields.Selection(
        selection=[("male", "Male"), ("female", "Female")], string="Sex"
    )
    age_min = fields.Integer(string="Age from")
    age_max = fields.Integer(string="Age to")
    is_birthday_month = fields.Boolean(string="Birthday this month")
    state_ids = fields.Many2many(
        comodel_name="res.country.state",
        relation="auto_segment_state_rel",
        string="Regions",
    )
    city = fields.Char(help="A part of the name is enough.")
    seller_ids = fields.Many2many(
        comodel_name="res.users",
        relation="auto_segment_seller_rel",
        string="Consultants",
        domain="[('share', '=', False)]",
    )
    quiet_days = fields.Integer(
        string="No contact for (days)",
        help="Whom no store has talked or written to for so many days.",
    )

    @api.model
    def _criteria_fields(self):
        return [
            *super()._criteria_fields(),
            "kind_ids",
            "level_ids",
            "interest_ids",
            "gender",
            "age_min",
            "age_max",
            "is_birthday_month",
            "state_ids",
            "city",
            "seller_ids",
            "quiet_days",
        ]

    def _criteria(self):
        criteria = super()._criteria()
        domains = criteria["customer"]
        for name, path in (
            ("kind_ids", "auto_kind_ids"),
            ("level_ids", "auto_level_id"),
            ("interest_ids", "auto_interest_ids"),
        ):
            if self[name]:
                domains.append(Domain(path, "in", self[name].ids))
        for name, path in (("state_ids", "state_id"), ("seller_ids", "user_id")):
            if self[name]:
                criteria["place"].append(Domain(path, "in", self[name].ids))
        if self.gender:
            domains.append(Domain("auto_gender", "=", self.gender))
        domains += self._age_criteria(fields.Date.context_today(self))
        if self.is_birthday_month:
            domains.append(Domain("is_birthday_month", "=", True))
        if self.city:
            criteria["place"].append(Domain("city", "ilike", self.city))
        if self.quiet_days:
            since = fields.Datetime.subtract(
                fields.Datetime.now(), days=self.quiet_days
            )
            domains.append(Domain("last_auto_contact_date", "<", since))
        return criteria

    def _age_criteria(self, today):
        """Return the conditions on the person's age, in full years."""
        domains = []
        if self.age_min:
            born = today - relativedelta(years=self.age_min)
            domains.append(Domain("birthday", "<=", born))
        if self.age_max:
            # Until the day before the next birthday one is as old.
            born = today - relativedelta(years=self.age_max + 1)
            domains.append(Domain("birthday", ">", born))
        return domains
