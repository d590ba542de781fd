from odoo import fields
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.common_matrix import MatrixCase

from .common import SaleCase

# What a consultant works on, what managers see of it, and who else may look.
OWN_WORK = """
    consultant: CRUD own
    sales_manager: CRUD st
    store_manager: CRUD st
    head_office: CRUD all
    auditor: R all
"""
# The same where colleagues see each other's: who has which car until when.
SHARED_WORK = OWN_WORK.replace("CRUD own", "R st, CUD own")


@tagged("post_install", "-at_install")
class TestSaleAccessMatrix(MatrixCase, SaleCase):
    """Who may do what with the documents of a sale, role by role."""

    def number(self, store):
        return next(key for key, value in self.stores.items() if value == store)

    def make_car(self, store):
        return self._receive(store=self.number(store))

    def make_contract(self, store, user):
        order = self._contract(
            self.make_car(store),
            self.partners[0].copy(),
            store=self.number(store),
            user_id=user.id,
        )
        return order, None

    def test_contract(self):
        self.check_matrix(
            "sale.order",
            """
            consultant: CRU own
            sales_manager: CRU st
            store_manager: CRU st
            head_office: CRU all
            auditor: R all
            """,
            self.make_contract,
        )

    def test_reservation(self):
        def make(store, user):
            values = {
                "vehicle_id": self.make_car(store).id,
                "partner_id": self.partners[0].id,
                "company_id": store.id,
                "user_id": user.id,
            }
            return self.env["auto.reservation"].create(values), None

        self.check_matrix(
            "auto.reservation",
            """
            consultant: R st, CU own
            sales_manager: CRU st
            adviser: R st
            store_manager: CRU st
            head_office: CRU all
            auditor: R all
            """,
            make,
        )

    def test_addon(self):
        kind = self.env["auto.sale.addon.kind"].search([], limit=1)

        def make(store, user):
            order, _subject = self.make_contract(store, user)
            values = {"order_id": order.id, "kind_id": kind.id, "user_id": user.id}
            return self.env["auto.sale.addon"].create(values), None

        self.check_matrix("auto.sale.addon", OWN_WORK + "adviser: R st", make)

    def make_confirmed(self, store, user):
        order, _subject = self.make_contract(store, user)
        order.action_confirm()
        return order

    def test_delivery_notice(self):
        def make(store, user):
            order = self.make_confirmed(store, user)
            return self.env["auto.delivery.notice"].create({"order_id": order.id}), None

        self.check_matrix(
            "auto.delivery.notice",
            SHARED_WORK + "adviser: R st\nservice_manager: R st",
            make,
        )

    def test_handover(self):
        def make(store, user):
            order = self.make_confirmed(store, user)
            values = {"order_id": order.id, "user_id": user.id}
            return self.env["auto.handover"].create(values), order.partner_id

        self.check_matrix(
            "auto.handover",
            SHARED_WORK + "adviser: R st\nservice_manager: R st\ncomplaint: R found",
            make,
        )

    def test_inspection(self):
        def make(store, user):
            values = {
                "kind": "pdi",
                "vehicle_id": self.make_car(store).id,
                "company_id": store.id,
                "user_id": user.id,
            }
            return self.env["auto.checklist"].create(values), None

        self.check_matrix(
            "auto.checklist",
            """
            consultant: CRU st
            sales_manager: CRU st
            adviser: CRU st
            technician: CRU st
            service_manager: CRU st
            store_manager: CRU st
            head_office: CRU all
            auditor: R all
            """,
            make,
        )

    def test_transfer(self):
        def make(store, user):
            other = self.stores[3 - self.number(store)]
            values = {
                "vehicle_id": self.make_car(other).id,
                "company_id": store.id,
                "user_id": user.id,
            }
            return self.env["auto.vehicle.transfer"].create(values), None

        self.check_matrix("auto.vehicle.transfer", SHARED_WORK, make)

    def test_agreement(self):
        def make(store, user):
            today = fields.Date.context_today(self.partners)
            values = {
                "partner_id": self.partners[0].id,
                "company_id": store.id,
                "user_id": user.id,
                "date_start": today,
                "date_end": fields.Date.add(today, years=1),
            }
            return self.env["auto.group.agreement"].create(values), None

        self.check_matrix(
            "auto.group.agreement",
            """
            consultant: R st
            sales_manager: CRUD st
            store_manager: CRUD st
            head_office: CRUD all
            auditor: R all
            """,
            make,
        )

    def test_trade_in(self):
        def make(store, user):
            values = {
                "partner_id": self.partners[0].id,
                "company_id": store.id,
                "user_id": user.id,
                "description": "An old one",
            }
            return self.env["auto.tradein"].create(values), None

        self.check_matrix("auto.tradein", OWN_WORK, make)

    def test_sales_plan(self):
        months = iter(range(1, 1000))

        def make(store, user):
            start = fields.Date.add(
                fields.Date.to_date("2040-01-01"), months=next(months)
            )
            values = {
                "company_id": store.id,
                "user_id": user.id,
                "date_from": start,
            }
            return self.env["auto.sales.plan"].create(values), None

        self.check_matrix(
            "auto.sales.plan",
            """
            sales_manager: CRUD st
            store_manager: CRUD st
            head_office: CRUD all
            auditor: R all
            """,
            make,
        )
