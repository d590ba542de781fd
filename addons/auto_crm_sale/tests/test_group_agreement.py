from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.tests.common_matrix import MatrixCase

from .test_contract_approval import ContractCase


@tagged("post_install", "-at_install")
class TestGroupAgreement(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.fleet = cls.env["res.partner"].create(
            {
                "name": "Test Fleet",
                "is_company": True,
                "store_ids": [(6, 0, cls.store.ids)],
                "child_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Fleet manager",
                            "store_ids": [(6, 0, cls.store.ids)],
                        },
                    )
                ],
            }
        )

    def _agreement(self, line=None, approve=True, **values):
        agreement = (
            self.env["auto.group.agreement"]
            .with_user(self.manager)
            .create(
                {
                    "partner_id": self.fleet.id,
                    "date_end": self.today + timedelta(days=90),
                    "line_ids": [
                        (
                            0,
                            0,
                            line
                            or {
                                "product_tmpl_id": self.product.product_tmpl_id.id,
                                "price_kind": "fixed",
                                "price": 138000,
                                "volume": 5,
                            },
                        )
                    ],
                    **values,
                }
            )
        )
        if approve:
            agreement.action_request()
            agreement.with_user(self.boss).action_approve()
        return agreement

    def _fleet_order(self, partner=None, **line):
        vehicle = self._receive()
        return (
            self.env["sale.order"]
            .with_user(self.consultant)
            .create(
                {
                    "partner_id": (partner or self.fleet.child_ids).id,
                    "user_id": self.consultant.id,
                    "warehouse_id": self.warehouses[1].id,
                    "order_line": [(0, 0, {"vehicle_id": vehicle.id, **line})],
                }
            )
        )

    def test_price_applies_by_itself(self):
        agreement = self._agreement()
        self.assertEqual(agreement.state, "active")
        order = self._fleet_order()
        self.assertEqual(order.order_line.price_unit, 138000)
        self.assertEqual(order.order_line.agreement_line_id, agreement.line_ids)
        # Below the floor, but approved with the agreement.
        self.assertEqual(order.contract_approval, "none")
        order.action_confirm()
        self.assertEqual(order.order_line.price_unit, 138000)
        agreement.invalidate_recordset()
        agreement.line_ids.invalidate_recordset()
        self.assertEqual(
            (agreement.volume, agreement.contracted, agreement.delivered), (5, 1, 0)
        )
        picking = order.sudo().picking_ids
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
        agreement.line_ids.invalidate_recordset()
        self.assertEqual(agreement.line_ids.delivered, 1)
        self.assertEqual(agreement.line_ids.remaining, 4)
        self.assertEqual(agreement.line_ids.execution, 20)
        self.assertEqual(agreement.order_count, 1)

    def test_lower_than_agreed_needs_approval(self):
        self._agreement()
        order = self._fleet_order(price_unit=130000)
        self.assertEqual(order.order_line.price_unit, 130000)
        self.assertEqual(order.contract_discount, 8000)
        self._refused(order.action_confirm)

    def test_agreement_is_not_chosen_by_hand(self):
        line = self._agreement().line_ids
        order = self._fleet_order(
            self.partners[0], price_unit=138000, agreement_line_id=line.id
        )
        self.assertFalse(order.order_line.agreement_line_id)
        self._refused(lambda: order.order_line.write({"agreement_line_id": line.id}))
        lines = order.order_line.with_context(default_agreement_line_id=line.id)
        extra = lines.create({"order_id": order.id, "product_id": self.mat.id})
        self.assertFalse(extra.agreement_line_id)
        self._refused(order.action_confirm)

    def test_only_where_and_when_it_holds(self):
        agreement = self._agreement()
        self.assertEqual(
            self._fleet_order(self.partners[0]).order_line.price_unit, 150000
        )
        agreement.action_close()
        self.assertEqual(self._fleet_order().order_line.price_unit, 150000)
        self._agreement(
            date_start=self.today + timedelta(days=1), title="Begins tomorrow"
        )
        self._agreement(approve=False, title="Not approved")
        self.assertEqual(self._fleet_order().order_line.price_unit, 150000)

    def test_customer_chosen_later(self):
        self._agreement()
        order = self._fleet_order(self.partners[0])
        order.partner_id = self.fleet
        self.assertEqual(order.order_line.price_unit, 138000)

    def test_model_discount_and_rank(self):
        agreement = self._agreement(
            {"model_id": self.model.id, "price_kind": "discount", "discount": 6},
            approve=False,
        )
        self.assertEqual(self._fleet_order().order_line.price_unit, 150000)
        agreement.line_ids = [
            (0, 0, {"product_id": self.product.id, "discount": 7, "volume": 2})
        ]
        agreement.action_request()
        self.assertEqual(agreement.sudo().approval_ids.amount, 9000 + 21000)
        agreement.with_user(self.boss).action_approve()
        order = self._fleet_order()
        self.assertEqual(order.order_line.price_unit, 139500)
        self.assertEqual(order.contract_approval, "none")

    def test_terms_stand(self):
        agreement = self._agreement()
        for change in (
            lambda: agreement.write({"state": "draft"}),
            lambda: agreement.write({"date_end": "2099-01-01"}),
            lambda: agreement.line_ids.write({"price": 1}),
            agreement.line_ids.unlink,
            agreement.unlink,
            lambda: agreement.sudo().line_ids.create(
                {"agreement_id": agreement.id, "model_id": self.model.id}
            ),
        ):
            self._refused(change)
        agreement.action_revise()
        agreement.line_ids.price = 137000
        self.assertEqual(agreement.state, "draft")
        self.assertEqual(self._fleet_order().order_line.price_unit, 150000)
        forged = agreement.copy({"state": "active"})
        self.assertEqual(forged.state, "draft")

    def test_decisions(self):
        agreement = self._agreement(approve=False)
        agreement.action_request()
        with self.assertRaises(UserError):
            agreement.action_approve()
        approval = agreement.sudo().approval_ids
        approval.with_user(self.boss).action_refuse("Too low")
        self.assertEqual(agreement.state, "draft")
        agreement.action_request()
        agreement.sudo().approval_ids.filtered(
            lambda one: one.state == "waiting"
        ).with_user(self.manager).action_cancel()
        self.assertEqual(agreement.state, "draft")

    def test_bad_input(self):
        with self.assertRaises(UserError):
            empty = self._agreement(approve=False)
            empty.line_ids.unlink()
            empty.action_request()
        for line in (
            {"price_kind": "discount", "discount": 5},
            {"model_id": self.model.id, "discount": 101},
            {"model_id": self.model.id, "volume": -1},
        ):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self._agreement(line)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._agreement({"model_id": self.model.id, "price_kind": "fixed"})
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self._agreement(date_end=self.today - timedelta(days=9))
        foreign = self.env["res.company"].create({"name": "Not of the group"})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._agreement().sudo().copy({"store_ids": [(6, 0, foreign.ids)]})

    def test_other_store_reads_what_holds_there(self):
        agreement = self._agreement().sudo()
        other = self.users["sales_manager", 2]
        theirs = agreement.with_user(other).with_context(
            allowed_company_ids=other.company_ids.ids
        )
        self.assertFalse(theirs.has_access("read"))
        agreement.action_revise()
        agreement.store_ids += self.stores[2]
        self.assertTrue(theirs.has_access("read"))
        with self.assertRaises(AccessError):
            theirs.write({"title": "Ours now"})


@tagged("post_install", "-at_install")
class TestGroupAgreementRights(MatrixCase):
    def test_matrix(self):
        self.check_matrix(
            "auto.group.agreement",
            """
            consultant: R st
            sales_manager: CRUD st
            store_manager: CRUD st
            head_office: CRUD all
            auditor: R all
            """,
            self._make,
        )

    def _make(self, store, user):
        partner = self.env["res.partner"].create(
            {"name": "Fleet", "store_ids": [(6, 0, store.ids)]}
        )
        agreement = self.env["auto.group.agreement"].create(
            {
                "partner_id": partner.id,
                "company_id": store.id,
                "user_id": user.id,
                "date_end": "2099-12-31",
            }
        )
        return agreement, None
