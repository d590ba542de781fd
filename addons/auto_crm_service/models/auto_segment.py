from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class AutoSegment(models.Model):
    """Criteria of the workshop: when the person came last, how often, for how much."""

    _inherit = "auto.segment"

    visit_days = fields.Integer(
        string="In the workshop within (days)",
        help="Whose car was received at least once within so many days.",
    )
    absent_days = fields.Integer(
        string="Not in the workshop for (days)",
        help="Who came before, but not within so many days.",
    )
    visit_count = fields.Integer(
        string="Visits of the workshop, at least", help="In the last two years."
    )
    service_amount = fields.Float(
        string="Spent in the workshop at least",
        digits=(16, 0),
        help="In the last two years: what the customer paid, in the currency of the "
        "store.",
    )

    @api.model
    def _criteria_fields(self):
        return [
            *super()._criteria_fields(),
            "visit_days",
            "absent_days",
            "visit_count",
            "service_amount",
        ]

    def _criteria(self):
        criteria = super()._criteria()
        domains = criteria["customer"]
        now = fields.Datetime.now()
        if self.visit_days:
            since = fields.Datetime.subtract(now, days=self.visit_days)
            domains.append(self._visitors(Domain("date_in", ">=", since)))
        if self.absent_days:
            since = fields.Datetime.subtract(now, days=self.absent_days)
            domains.append(self._visitors())
            domains.append(~self._visitors(Domain("date_in", ">=", since)))
        if self.visit_count or self.service_amount:
            domains.append(self._regulars(fields.Datetime.subtract(now, years=2)))
        return criteria

    def _visits(self, *domains):
        """Return the query of the repairs in the segment's stores."""
        # Only whether somebody came is asked, in one's own stores; who may read the
        # repair orders does not matter for that.
        return (
            self.env["repair.order"]
            .sudo()
            ._search(
                Domain.AND(
                    [
                        Domain("vehicle_id", "!=", False),
                        Domain("service_state", "!=", "cancelled"),
                        Domain("company_id", "in", self._stores().ids),
                        *domains,
                    ]
                )
            )
        )

    def _visitors(self, *domains):
        """Return the domain of the customers of such repairs."""
        return Domain("id", "in", self._visits(*domains).subselect("partner_id"))

    def _regulars(self, since):
        """Return the domain of those who came as often and spent as much."""
        query = self._visits(Domain("date_in", ">=", since))
        return Domain(
            "id",
            "in",
            SQL(
                "(SELECT partner_id FROM repair_order WHERE id IN %s"
                " GROUP BY partner_id HAVING COUNT(*) >= %s"
                " AND SUM(COALESCE(amount_customer, 0)) >= %s)",
                query.subselect(),
                self.visit_count or 1,
                self.service_amount,
            ),
        )
