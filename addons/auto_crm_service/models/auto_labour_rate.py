from odoo import api, fields, models

PAY_TYPES = [
    ("customer", "Customer"),
    ("warranty", "Warranty"),
    ("insurance", "Insurance"),
    ("internal", "Internal"),
]


class AutoLabourRate(models.Model):
    """What an hour of labour costs, by store, trade and payer."""

    _name = "auto.labour.rate"
    _description = "Labour rate"
    _order = "company_id, skill_id, pay_type, id"

    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        index=True,
        help="Only for this store and its branches; empty: for all stores.",
    )
    skill_id = fields.Many2one(
        comodel_name="auto.skill",
        string="Trade",
        index=True,
        ondelete="restrict",
        help="Empty: for every trade without a rate of its own.",
    )
    pay_type = fields.Selection(
        selection=PAY_TYPES, string="Paid by", help="Empty: whoever pays."
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    rate = fields.Monetary(string="An hour", required=True)

    _rate_check = models.Constraint(
        "CHECK (rate >= 0)", "A labour rate cannot be negative."
    )
    _rate_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(skill_id, 0), COALESCE(pay_type, ''))",
        "There is a rate for this store, trade and payer already.",
    )

    @api.depends("skill_id", "pay_type", "rate")
    def _compute_display_name(self):
        payers = dict(self._fields["pay_type"]._description_selection(self.env))
        for rate in self:
            parts = (rate.skill_id.name, payers.get(rate.pay_type), f"{rate.rate:.2f}")
            rate.display_name = " · ".join(part for part in parts if part)

    @api.model
    def _rates_for(self, company):
        """Return the rates of a store, the most particular first."""
        return self.search(
            ["|", ("company_id", "=", False), ("company_id", "parent_of", company.ids)]
        ).sorted(
            lambda one: (
                not one.skill_id,
                not one.pay_type,
                -len((one.company_id.parent_path or "").split("/")),
                one.id,
            )
        )

    def _rate_for(self, skill, pay_type):
        """Return the price of an hour by these rates, 0 without one.

        :param skill: the ``auto.skill`` of the work
        :param str pay_type: who pays
        """
        for rate in self:
            if rate.skill_id in (skill, skill.browse()) and rate.pay_type in (
                pay_type,
                False,
            ):
                return rate.rate
        return 0.0
