"""Why the demo's prospects went to whom, as the rules would have written it.

The story gives its prospects to those whom it needs. Nothing here runs unless demo
data is loaded.
"""

from odoo import api, fields, models

# Open prospects with which the counting begins, by turns.
OPEN = (9, 7, 8)


class AutoLeadAssignment(models.Model):
    _inherit = "auto.lead.assignment"

    @api.model
    def _load_demo_assignments(self):
        """Write the assignments of this and last month, once."""
        since = fields.Date.start_of(
            fields.Date.subtract(fields.Date.today(), months=1), "month"
        )
        rule = self.env["auto.allocation.rule"].search([], limit=1)
        leads = self.env["crm.lead"].with_context(active_test=False)
        leads = leads.search(
            [
                ("received_date", ">=", since),
                ("user_id", "!=", False),
                ("assignment_ids", "=", False),
            ],
            order="received_date, id",
        )
        vals_list = []
        for company, group in leads.grouped("company_id").items():
            users = group.user_id.sorted("id")
            count = {user: OPEN[turn % len(OPEN)] for turn, user in enumerate(users)}
            day, today = None, dict.fromkeys(users, 0)
            for lead in group:
                if lead.received_date.date() != day:
                    day, today = lead.received_date.date(), dict.fromkeys(users, 0)
                # Who got it had the fewest then.
                winner = lead.user_id
                count[winner] = min(count.values())
                vals_list.append(
                    {
                        "lead_id": lead.id,
                        "company_id": company.id,
                        "date": lead.received_date,
                        "kind": "auto",
                        "rule_id": rule.id,
                        "rule_name": rule.name,
                        "method": "least",
                        "user_id": winner.id,
                        "candidates": [
                            {
                                "user": user.id,
                                "name": user.name,
                                "open": count[user],
                                "today": today[user],
                                "on_duty": True,
                                "cap": 0,
                                "score": count[user],
                            }
                            for user in users
                        ],
                    }
                )
                count[winner] += 2
                today[winner] += 1
        self._log_many(vals_list)
