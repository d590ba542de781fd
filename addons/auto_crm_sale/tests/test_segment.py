from odoo import Command
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.common import AutoCase


@tagged("post_install", "-at_install")
class TestSaleSegment(AutoCase):
    """Customers by what they bought."""

    def test_purchases(self):
        store = self.stores[1]
        interest = self.env["auto.customer.interest"].create({"name": "Buyers (T)"})
        buyer, looker = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_auto_customer": True,
                    "store_ids": [Command.set(store.ids)],
                    "auto_interest_ids": [Command.set(interest.ids)],
                }
                for name in ("Buyer", "Looker")
            ]
        )
        car, mat = self.env["product.product"].create(
            [
                {"name": "Car", "is_vehicle": True, "list_price": 100000},
                {"name": "Mat", "list_price": 100},
            ]
        )
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": store.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "price_unit": product.list_price,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
                for partner, product in ((buyer, car), (looker, mat))
            ]
        )
        self.env.flush_all()
        # What counts is the confirmed order, not how it was confirmed.
        self.cr.execute(
            "UPDATE sale_order SET state = 'sale' WHERE id IN %s", [tuple(orders.ids)]
        )
        self.env.invalidate_all()
        manager = self.users["store_manager", 1]
        for values, expected in (
            ({"purchase_state": "yes"}, buyer),
            ({"purchase_state": "no"}, looker),
            ({"purchase_age_min": 2}, buyer.browse()),
            ({"purchase_amount": 50}, buyer | looker),
            ({"purchase_amount": 5000}, buyer),
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
