from odoo import api, fields, models
from odoo.fields import Domain

# Only code that imports this object can pass it in the context: what everybody else
# writes is a person's choice.
BY_RULE = object()
POSITION = "auto_crm_base.level_last_partner_id"


class AutoCustomerLevelRule(models.Model):
    """What gives a customer a level by itself.

    The most valuable level of which any rule holds is given; a level that a person
    chose, or took away, stays. Other addons add what is counted: an entry of
    ``measure`` and a method ``_measure_<entry>``.
    """

    _name = "auto.customer.level.rule"
    _description = "Rule for a customer level"
    _order = "level_id, id"
    _rec_name = "level_id"

    level_id = fields.Many2one(
        comodel_name="auto.customer.level",
        string="Level",
        required=True,
        index=True,
        ondelete="cascade",
    )
    measure = fields.Selection(
        selection=[
            ("cars", "Cars bought"),
            ("visits", "Visits to a store"),
            ("years", "Years as a customer"),
        ],
        required=True,
        default="cars",
    )
    minimum = fields.Float(string="At least", required=True, default=1)
    within_months = fields.Integer(
        string="Within (months)",
        help="Counts only what happened in so many months; 0: ever. Has no meaning "
        "for years as a customer.",
    )
    active = fields.Boolean(default=True)

    _minimum_positive = models.Constraint(
        "CHECK (minimum > 0 AND within_months >= 0)",
        "A rule asks for more than nothing, and its months are not negative.",
    )

    def _values_of(self, partners):
        """Return what this rule counts of each customer.

        :param partners: ``res.partner`` records
        :return: dict partner id → number; who is missing has none
        """
        self.ensure_one()
        return getattr(self, f"_measure_{self.measure}")(partners)

    def _since(self):
        """Return the day from which things count, False for ever."""
        today = fields.Date.context_today(self)
        return self.within_months and fields.Date.subtract(
            today, months=self.within_months
        )

    def _measure_cars(self, partners):
        domain = Domain("partner_id", "in", partners.ids)
        if since := self._since():
            domain &= Domain("date_start", ">=", since)
        rows = self.env["auto.vehicle.owner"]._read_group(
            domain, ["partner_id"], ["vehicle_id:count_distinct"]
        )
        return {partner.id: count for partner, count in rows}

    def _measure_visits(self, partners):
        domain = Domain("partner_id", "in", partners.ids) & (
            Domain("channel", "=", "visit") | Domain("result", "=", "visited")
        )
        if since := self._since():
            domain &= Domain("date", ">=", since)
        rows = self.env["auto.contact"]._read_group(domain, ["partner_id"], ["__count"])
        return {partner.id: count for partner, count in rows}

    def _measure_years(self, partners):
        today = fields.Date.context_today(self)
        rows = self.env["auto.vehicle.owner"]._read_group(
            [("partner_id", "in", partners.ids)], ["partner_id"], ["date_start:min"]
        )
        return {
            partner.id: (today - first).days / 365.25
            for partner, first in rows
            if first
        }

    @api.model
    def _cron_set_levels(self, batch_size=1000):
        """Give customers the level of the rules; goes on where it stopped."""
        cron = self.env["ir.cron"]
        parameters = self.env["ir.config_parameter"].sudo()
        # The job belongs to no store and looks at all customers.
        partner_model = self.env["res.partner"].sudo()
        last = int(parameters.get_param(POSITION, 0))
        domain = partner_model._level_by_rule_domain()
        if not self.search_count([], limit=1):
            domain &= Domain("auto_level_by", "=", "rule")  # their rules are gone
        cron._commit_progress(
            remaining=partner_model.search_count(domain & Domain("id", ">", last))
        )
        while partners := partner_model.search(
            domain & Domain("id", ">", last), order="id", limit=batch_size
        ):
            self._apply(partners)
            last = partners[-1].id
            parameters.set_param(POSITION, last)
            if not cron._commit_progress(len(partners)):
                return
        parameters.set_param(POSITION, 0)

    @api.model
    def _apply(self, partners):
        """Set the level of customers whose level is left to the rules."""
        partners = partners.filtered_domain(partners._level_by_rule_domain())
        levels = {}
        rules = self.search([])  # pylint: disable=no-search-all
        for rule in rules.sorted(
            lambda rule: (rule.level_id.sequence, rule.level_id.id)
        ):
            if not rule.level_id.active:
                continue
            values = rule._values_of(partners)
            for partner_id, value in values.items():
                if value >= rule.minimum:
                    levels.setdefault(partner_id, rule.level_id)
        none = self.env["auto.customer.level"]
        for level, group in partners.grouped(
            lambda partner: levels.get(partner.id, none)
        ).items():
            changed = group.filtered(
                lambda partner, level=level: partner.auto_level_id != level
            )
            changed.with_context(auto_level_by=BY_RULE).write(
                {"auto_level_id": level.id}
            )
