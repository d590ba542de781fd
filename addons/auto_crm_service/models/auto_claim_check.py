from odoo import fields, models

CHECKS = [
    ("three_c", "Concern, cause and correction written"),
    ("odometer", "Odometer at reception"),
    ("odometer_plausible", "Odometer not below an earlier reading"),
    ("eligible", "Warranty in force"),
    ("causal_part", "Causal part named"),
    ("part_fits", "Causal part fits what was done"),
    ("time_clocked", "Time clocked covers time claimed"),
    ("attachments", "Photos and papers attached"),
    ("authorisation", "Pre-authorisation in force"),
    ("duplicate", "Not claimed before"),
    ("work_done", "Work done and checked"),
    ("deadline", "Submitted in time"),
    ("payer_ref", "Insurer's case number"),
    ("policy", "Policy in force"),
    ("refused_before", "Like claims refused before"),
]


class AutoClaimCheck(models.Model):
    """A check of claims before they are submitted, and whether it blocks."""

    _name = "auto.claim.check"
    _inherit = ["auto.kept.mixin"]
    _description = "Claim check"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    code = fields.Selection(
        selection=CHECKS, string="What is checked", required=True, readonly=True
    )
    kind = fields.Selection(
        selection=[("warranty", "Warranty"), ("insurance", "Insurance")],
        string="Only for",
        help="Empty: warranty and insurance.",
    )
    severity = fields.Selection(
        selection=[("block", "Blocks"), ("warn", "Warns")],
        required=True,
        default="block",
    )
    advice = fields.Text(
        string="What to do",
        translate=True,
        required=True,
        help="Told with every finding of this check.",
    )
    amount = fields.Float(
        string="From an amount of",
        digits="Product Price",
        help="Claims below it pass; in the currency of the store.",
    )
    days = fields.Integer(
        help="How far back, or how long, depending on what is checked."
    )
    minimum = fields.Integer(
        default=1, help="So many are needed: photos, or refusals that count."
    )
    share = fields.Integer(
        string="Share refused (%)",
        help="Warn when so many of a hundred lines like these were not paid in full.",
    )
    failed_count = fields.Integer(string="Claims found", compute="_compute_figures")
    refused_count = fields.Integer(
        string="Of these cut or refused",
        compute="_compute_figures",
        help="Claims that were submitted in spite of the finding, and not paid in "
        "full.",
    )
    refused_share = fields.Float(
        string="Cut or refused (%)", compute="_compute_figures", aggregator=None
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(kind, ''))", "There is such a check already."
    )
    _numbers_check = models.Constraint(
        "CHECK (amount >= 0 AND days BETWEEN 0 AND 3650 AND minimum BETWEEN 0 AND 1000"
        " AND share BETWEEN 0 AND 100)",
        "Amounts and days are not negative, a share is between 0 and 100 %.",
    )

    def _compute_figures(self):
        results = self.env["auto.claim.check.result"]
        decided = [
            ("check_id", "in", self.ids),
            ("outcome", "=", "failed"),
            ("claim_id.date_decided", "!=", False),
        ]
        failed, refused = {}, {}
        if results.has_access("read"):
            count = ["claim_id:count_distinct"]
            failed = dict(results._read_group(decided, ["check_id"], count))
            cut = [*decided, ("claim_id.amount_refused", ">", 0)]
            refused = dict(results._read_group(cut, ["check_id"], count))
        for check in self:
            check.failed_count = failed.get(check._origin, 0)
            check.refused_count = refused.get(check._origin, 0)
            check.refused_share = (
                100 * check.refused_count / check.failed_count
                if check.failed_count
                else 0
            )

    def action_open_results(self):
        """Open what this check found."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_service.auto_claim_check_result_action"
        )
        return action | {
            "domain": [
                ("check_id", "=", self.id),
                ("outcome", "=", "failed"),
                ("claim_id.date_decided", "!=", False),
            ],
            "context": {},
        }
