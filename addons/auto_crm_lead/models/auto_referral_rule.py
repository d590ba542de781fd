from odoo import api, fields, models
from odoo.fields import Domain


class AutoReferralRule(models.Model):
    """How a store thanks those who recommend it, and what they get for it."""

    _name = "auto.referral.rule"
    _description = "Thanks for recommendations"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", help="Empty: all stores."
    )
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="Until")
    thank = fields.Selection(
        selection=[
            ("person", "A person thanks"),
            ("email", "E-mail at once; a person where there is none"),
        ],
        string="Thanks",
        required=True,
        default="person",
    )
    thank_days = fields.Integer(string="Thank within (days)", default=2)
    reward_kind = fields.Selection(
        selection=[("none", "Nothing but thanks"), ("gift", "A gift")],
        string="When the friend buys",
        required=True,
        default="none",
    )
    reward_text = fields.Char(
        string="Gift", translate=True, help="What is handed out: a voucher, a service."
    )
    max_a_year = fields.Integer(
        string="Rewards a year, at most",
        help="To one who recommends, over the last twelve months; 0: without limit.",
    )

    _dates_check = models.Constraint(
        "CHECK (date_to >= date_from)", "It cannot end before it begins."
    )
    _numbers_check = models.Constraint(
        "CHECK (max_a_year >= 0 AND thank_days BETWEEN 0 AND 60)",
        "Rewards are not negative, and thanks come within 0 to 60 days.",
    )

    @api.model
    def _of_store(self, company):
        """Return the rule that holds in a store today, possibly none."""
        today = fields.Date.context_today(self)
        rules = self.sudo()  # they hold whoever takes the friend in
        found = rules.search(
            Domain("company_id", "in", (False, company.id))
            & (Domain("date_from", "=", False) | Domain("date_from", "<=", today))
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
        )
        return (found.filtered("company_id") or found)[:1]
