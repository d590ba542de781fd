from odoo import api, fields, models

SEVERITIES = [
    ("low", "Low"),
    ("normal", "Normal"),
    ("high", "High"),
    ("critical", "Critical"),
]
#: Hours for the first answer, the solution and the call-back, should a severity
#: have no limits of its own: a complaint without a limit would never be late.
FALLBACK = (4.0, 24.0, 16.0)


class AutoComplaintLimit(models.Model):
    """How fast a complaint of a severity must be answered, in working hours."""

    _name = "auto.complaint.limit"
    _description = "Time limits of complaints"
    _order = "company_id, sequence, id"
    _rec_name = "severity"

    sequence = fields.Integer(default=10)
    severity = fields.Selection(selection=SEVERITIES, required=True, default="normal")
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        index=True,
        help="Empty: for every store without limits of its own.",
    )
    first_hours = fields.Float(
        string="First answer within",
        required=True,
        default=FALLBACK[0],
        help="Until a person has spoken with the customer, in working hours of the "
        "store.",
    )
    solution_hours = fields.Float(
        string="Solution within",
        required=True,
        default=FALLBACK[1],
        help="Until the customer has the answer, in working hours of the store.",
    )
    callback_hours = fields.Float(
        string="Call-back after",
        required=True,
        default=FALLBACK[2],
        help="After the answer, in working hours of the store.",
    )

    _once_uniq = models.UniqueIndex(
        "(severity, COALESCE(company_id, 0))",
        "There are limits for this severity and store already.",
    )
    _hours_positive = models.Constraint(
        "CHECK(first_hours > 0 AND solution_hours > 0 AND callback_hours >= 0)",
        "The limits must be above zero.",
    )
    _hours_order = models.Constraint(
        "CHECK(first_hours <= solution_hours)",
        "The first answer cannot be due after the solution.",
    )

    @api.model
    def _of_store(self, company):
        """Return ``{severity: (first, solution, call-back)}`` of a store, in hours."""
        # How fast we must be is read by whoever registers a complaint.
        limits = self.sudo().search_fetch(
            [("company_id", "in", (company.id, False))],
            [
                "severity",
                "company_id",
                "first_hours",
                "solution_hours",
                "callback_hours",
            ],
        )
        result = dict.fromkeys(dict(SEVERITIES), FALLBACK)
        # What holds for every store comes first, the store's own replaces it.
        for limit in limits.sorted(lambda limit: bool(limit.company_id)):
            result[limit.severity] = (
                limit.first_hours,
                limit.solution_hours,
                limit.callback_hours,
            )
        return result
