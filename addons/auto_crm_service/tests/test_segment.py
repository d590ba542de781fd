from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestServiceSegment(ServiceCase):
    """Customers by their visits of the workshop."""

    def test_visits(self):
        store = self.stores[1]
        interest = self.env["auto.customer.interest"].create({"name": "Visits (T)"})
        often, long_ago, never = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_auto_customer": True,
                    "store_ids": [Command.set(store.ids)],
                    "auto_interest_ids": [Command.set(interest.ids)],
                }
                for name in ("Often", "Long ago", "Never")
            ]
        )
        now = fields.Datetime.now()
        for partner, days in ((often, 400), (often, 20), (long_ago, 500)):
            self._receive(self._vehicle(partner), date_in=now - timedelta(days=days))
        manager = self.users["service_manager", 1]
        for values, expected in (
            ({"visit_days": 30}, often),
            ({"absent_days": 365}, long_ago),
            ({"visit_count": 2}, often),
            ({"visit_count": 1}, often | long_ago),
            ({"service_amount": 10}, never.browse()),
        ):
            with self.subTest(values=values):
                segment = (
                    self.env["auto.segment"]
                    .with_user(manager)
                    .create(
                        {
                            "name": "S",
                            "interest_ids": [Command.set(interest.ids)],
                            **values,
                        }
                    )
                )
                self.assertEqual(segment._members(), expected)
                self.assertEqual(segment.member_count, len(expected))
