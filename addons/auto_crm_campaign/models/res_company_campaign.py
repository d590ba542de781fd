from odoo import fields, models


class ResCompany(models.Model):
    """Up to what a store spends on campaigns without asking."""

    _inherit = "res.company"

    auto_campaign_budget_free = fields.Monetary(
        string="Campaign budget without approval",
        default=5000,
        help="A plan with a larger budget is approved before money is spent. "
        "0: every plan is.",
    )
    auto_campaign_cost_free = fields.Monetary(
        string="Campaign cost without approval",
        default=2000,
        help="A larger cost, and any cost above what was planned for it, is approved "
        "before it counts. 0: every cost is.",
    )

    _auto_campaign_check = models.Constraint(
        "CHECK((auto_campaign_budget_free IS NULL OR auto_campaign_budget_free >= 0)"
        " AND (auto_campaign_cost_free IS NULL OR auto_campaign_cost_free >= 0))",
        "An amount without approval is not negative.",
    )

    def _auto_own_stores(self):
        """Return the company, first, and those of its branches the user looks at."""
        self.ensure_one()
        branches = self.env.companies.filtered_domain([("id", "child_of", self.ids)])
        return self | branches
