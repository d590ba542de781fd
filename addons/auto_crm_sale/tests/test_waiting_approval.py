from odoo import fields
from odoo.tests import tagged

from .common import SaleCase

KINDS = {
    "sale.order": ("can_decide_contract", "action_request_contract_approval"),
    "auto.group.agreement": ("can_decide", "action_request"),
    "auto.sales.plan": ("can_decide", "action_submit"),
    "auto.vehicle.transfer": ("can_decide", "action_request"),
}


@tagged("post_install", "-at_install")
class TestWaitingApproval(SaleCase):
    """A document that waits for somebody can be opened by all who may read it."""

    def setUp(self):
        super().setUp()
        today = fields.Date.context_today(self.partners)
        contract = self._contract(
            self._receive(), self.partners[0], user_id=self.consultant.id
        )
        self.product.lst_price = 150000
        contract.order_line.price_unit = 100000
        own = self.env(user=self.manager.id)
        own = own(context={"allowed_company_ids": self.store.ids})
        store = {"company_id": self.store.id}
        self.documents = [
            contract.with_user(self.consultant).with_company(self.store),
            own["auto.group.agreement"].create(
                {
                    **store,
                    "partner_id": self.partners[0].id,
                    "date_start": today,
                    "date_end": fields.Date.add(today, years=1),
                    "line_ids": [(0, 0, {"product_id": self.product.id, "price": 1})],
                }
            ),
            own["auto.sales.plan"].create(
                {
                    **store,
                    "date_from": "2041-01-01",
                    "line_ids": [
                        (0, 0, {"month": "2041-01-01", "target_contracts": 5})
                    ],
                }
            ),
            own["auto.vehicle.transfer"].create(
                {**store, "vehicle_id": self._receive(store=2).id}
            ),
        ]

    def test_whoever_reads_it_can_open_it(self):
        for document in self.documents:
            name, request = KINDS[document._name]
            getattr(document, request)()
            deciders = set()
            for key, user in self.users.items():
                # As in the next request: what others read is not in the cache.
                self.env.flush_all()
                self.env.invalidate_all()
                seen = document.with_user(user).with_context(
                    allowed_company_ids=user.company_ids.ids
                )
                if seen.has_access("read"):
                    [values] = seen.read([name])
                    deciders |= {key} if values[name] else set()
            with self.subTest(model=document._name):
                self.assertTrue(deciders)
                self.assertNotIn(("sales_manager", 1), deciders)
