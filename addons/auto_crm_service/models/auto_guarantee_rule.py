from dateutil.relativedelta import relativedelta

from odoo import fields, models


class AutoGuaranteeRule(models.Model):
    """A limit of the three guarantees: what is counted, and when it is reached.

    Those shipped follow the Chinese regulation on repair, replacement and return of
    family cars of 2021, in force since 2022 (articles 20 to 24); another country's
    rules are other records.
    """

    _name = "auto.guarantee.rule"
    _inherit = ["auto.kept.mixin"]
    _description = "Limit of the three guarantees"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=[
            ("problem", "Repairs for the same problem"),
            ("safety", "Repairs for a serious safety fault"),
            ("unit", "Replacements of a unit: engine, gearbox, battery, motor"),
            ("early", "Replacements of a unit or of one of its main parts"),
            ("main", "Replacements of the same main part"),
            ("days", "Days out of use for repairs"),
            ("stay", "Days of one stay in the workshop"),
        ],
        string="What is counted",
        required=True,
        help="The same problem: the same causal part, or else the same fault code.",
    )
    threshold = fields.Integer(
        required=True, help="The customer has the right from this count on."
    )
    warn_at = fields.Integer(
        string="Warn at",
        required=True,
        help="The service manager is told from this count on, before it is too late.",
    )
    months = fields.Integer(
        default=24, help="Counted so long from the day of delivery."
    )
    days = fields.Integer(
        help="Instead of months, so many days from the day of delivery."
    )
    km = fields.Integer(
        string="Distance (km)",
        default=50000,
        aggregator=False,
        help="Counted up to this odometer; what comes first ends it. 0: no limit.",
    )
    right = fields.Text(
        string="What the customer may ask",
        translate=True,
        required=True,
        help="Told with the warning.",
    )

    _limits_check = models.Constraint(
        "CHECK (threshold >= 1 AND warn_at >= 1 AND warn_at <= threshold)",
        "The warning comes from 1 on, and not after the limit.",
    )
    _period_check = models.Constraint(
        "CHECK (months >= 0 AND days >= 0 AND km >= 0 AND months + days > 0)",
        "A limit holds for some months or days from the delivery.",
    )

    def _last_day(self, delivery):
        """Return the last day on which a repair of a delivered car counts."""
        self.ensure_one()
        if self.days:
            return delivery + relativedelta(days=self.days)
        return delivery + relativedelta(months=self.months)
