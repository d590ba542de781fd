from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class AutoSegment(models.Model):
    """Criteria of what the person bought: when last, and for how much."""

    _inherit = "auto.segment"

    purchase_state = fields.Selection(
        selection=[("yes", "Bought a car from us"), ("no", "Never bought a car here")],
        string="Purchases",
    )
    purchase_age_min = fields.Integer(
        string="Last car bought at least (months) ago",
        help="Nobody who bought a car since then is in the segment.",
    )
    purchase_amount = fields.Float(
        string="Has spent at least",
        digits=(16, 0),
        help="All orders of the stores, in the currency of each store.",
    )

    @api.model
    def _criteria_fields(self):
        return [
            *super()._criteria_fields(),
            "purchase_state",
            "purchase_age_min",
            "purchase_amount",
        ]

    def _criteria(self):
        criteria = super()._criteria()
        domains = criteria["customer"]
        if self.purchase_state == "no":
            domains.append(~self._buyers_of_cars())
        elif self.purchase_state == "yes" or self.purchase_age_min:
            domains.append(self._buyers_of_cars())
        if self.purchase_age_min:
            since = fields.Datetime.subtract(
                fields.Datetime.now(), months=self.purchase_age_min
            )
            domains.append(~self._buyers_of_cars(Domain("date_order", ">", since)))
        if self.purchase_amount:
            domains.append(self._spenders(self.purchase_amount))
        return criteria

    def _orders(self, *domains):
        """Return the query of the confirmed orders of the segment's stores."""
        # Only whether somebody bought is asked, in one's own stores; who may read
        # the contracts does not matter for that.
        return (
            self.env["sale.order"]
            .sudo()
            ._search(
                Domain.AND(
                    [
                        Domain("state", "=", "sale"),
                        Domain("company_id", "in", self._stores().ids),
                        *domains,
                    ]
                )
            )
        )

    def _buyers_of_cars(self, *domains):
        """Return the domain of the customers with a contract for a car."""
        query = self._orders(
            Domain("order_line.product_id.is_vehicle", "=", True), *domains
        )
        return Domain("id", "in", query.subselect("partner_id"))

    def _spenders(self, amount):
        """Return the domain of those whose orders come to so much."""
        query = self._orders()
        return Domain(
            "id",
            "in",
            SQL(
                "(SELECT partner_id FROM sale_order WHERE id IN %s GROUP BY partner_id"
                " HAVING SUM(amount_total / COALESCE(NULLIF(currency_rate, 0), 1))"
                " >= %s)",
                query.subselect(),
                amount,
            ),
        )
