from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.tests.common_matrix import MatrixCase

from ..models.auto_sale_addon import SYNC
from .test_contract_approval import ContractCase


@tagged("post_install", "-at_install")
class TestSaleAddon(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kinds = {
            code: cls.env.ref(f"auto_crm_sale.addon_kind_{code}")
            for code in ("accessory", "commercial", "loan", "registration")
        }
        cls.insurer = cls.env["res.partner"].create(
            {"name": "Test Insurer", "is_company": True}
        )

    def _addon(self, order, kind="accessory", **values):
        return (
            self.env["auto.sale.addon"]
            .with_user(self.consultant)
            .create(
                {
                    "order_id": order.id,
                    "kind_id": self.kinds[kind].id,
                    "amount": 3000,
                    **values,
                }
            )
        )

    def test_one_line_that_stays_in_step(self):
        order = self._order()
        addon = self._addon(order, description="Tinted windows")
        line = order.order_line - order.order_line[0]
        self.assertEqual(line.addon_id, addon)
        self.assertEqual(line.price_unit, 3000)
        self.assertIn("Tinted windows", line.name)
        addon.amount = 2800
        self.assertEqual(line.price_unit, 2800)
        addon.write({"amount": 2900, "description": "Better ones"})
        self.assertEqual(len(order.order_line), 2)
        self.assertEqual(order.amount_untaxed, 152900)
        line.write({"price_unit": 3000, "discount": 10})
        self.assertEqual(addon.amount, 2700)
        self.assertEqual(line.discount, 10)
        addon.is_charged = False
        self.assertEqual(len(order.order_line), 1)
        addon.is_charged = True
        self.assertEqual(order.order_line[1].price_unit, 2700)
        order.order_line[1].unlink()
        self.assertFalse(addon.is_charged)
        addon.is_charged = True
        self._refused(lambda: order.order_line[0].write({"addon_id": addon.id}))
        line = {"order_id": order.id, "product_id": self.mat.id, "addon_id": addon.id}
        lines = self.env["sale.order.line"]
        self.assertFalse(lines.create(line).addon_id)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            lines.with_context(auto_addon_sync=SYNC).create(line)

    def test_form_of_the_contract(self):
        order = self._order()
        with Form(order) as form, form.addon_ids.new() as addon:
            addon.kind_id = self.kinds["registration"]
            addon.amount = 500
        self.assertEqual(order.addon_ids.amount, 500)
        self.assertEqual(len(order.order_line), 2)

    def test_cancelled_leaves_the_contract(self):
        order = self._order()
        addon = self._addon(order)
        addon.action_cancel()
        self.assertEqual(len(order.order_line), 1)
        self.assertEqual(order.addon_count, 0)
        addon = self._addon(order)
        order.action_confirm()
        addon.action_cancel()
        self.assertEqual(order.order_line[1].product_uom_qty, 0)
        self.assertEqual(order.contract_approval, "changed")

    def test_adding_one_later_is_a_change(self):
        order = self._order()
        order.action_confirm()
        self._addon(order)
        self.assertEqual(order.contract_approval, "changed")

    def test_fitting_to_the_minute(self):
        order = self._order()
        now = fields.Datetime.now()
        addon = self._addon(order, date_planned_start=now - timedelta(hours=2))
        self.assertEqual(
            addon.date_planned_end, addon.date_planned_start + timedelta(hours=4)
        )
        self.assertTrue(addon.is_late)  # not begun
        self._refused(addon.action_start)
        order.action_confirm()
        addon.action_start()
        self.assertFalse(addon.is_late)
        self._refused(addon.action_start)
        self._refused(lambda: addon.write({"date_start": now}))
        self._refused(lambda: addon.sudo().write({"state": "done"}))
        self._refused(
            lambda: addon.with_context(auto_addon_state=True).write({"state": "done"})
        )
        addon.date_planned_end = addon.date_planned_start + timedelta(minutes=30)
        late = self.env["auto.sale.addon"].search([("is_late", "=", True)])
        self.assertIn(addon.sudo(), late)
        self.assertGreaterEqual(addon.delay_minutes, 89)
        addon.action_done()
        self.assertFalse(addon.is_late)
        self.assertEqual(addon.date_done.second, 0)
        event = order.vehicle_ids.event_ids.filtered(lambda one: one.kind == "addon")
        self.assertEqual(event.res_id, addon.id)

    def test_insurance_becomes_a_policy(self):
        order = self._order()
        addon = self._addon(order, "commercial", amount=5000)
        self.assertEqual(addon.sudo().commission, 750)
        order.action_confirm()
        addon.action_start()
        self._refused(addon.action_done)  # what is missing is told
        addon.write(
            {
                "supplier_id": self.insurer.id,
                "policy_number": "P-1",
                "policy_start": fields.Date.today(),
            }
        )
        addon.action_done()
        policy = addon.policy_id
        self.assertEqual(policy.vehicle_id, order.vehicle_ids)
        self.assertEqual((policy.number, policy.premium), ("P-1", 5000))
        self.assertTrue(policy.is_sold_by_us)
        second = self._addon(order, "commercial")
        second.action_start()
        second.write(
            {
                "supplier_id": self.insurer.id,
                "policy_number": "P-2",
                "policy_start": fields.Date.today(),
            }
        )
        with self.assertRaises(ValidationError), self.cr.savepoint():
            second.action_done()  # two policies for the same days
        self.assertEqual(second.state, "in_progress")

    def test_registration_gives_the_plate(self):
        order = self._order()
        addon = self._addon(order, "registration")
        order.action_confirm()
        addon.action_start()
        self._refused(addon.action_done)
        addon.license_plate = "浙A12345"
        addon.action_done()
        self.assertEqual(order.vehicle_ids.license_plate, "浙A12345")

    def test_loan(self):
        order = self._order()
        loan = self._addon(order, "loan", loan_amount=100000, loan_months=36)
        self.assertEqual(len(order.order_line), 1)
        self.assertEqual(loan.sudo().commission, 1500)
        loan.action_start()
        self.assertEqual(loan.loan_state, "requested")
        self._refused(loan.action_done)
        managed = loan.with_user(self.manager)
        self._refused(managed.action_loan_approve)  # which bank?
        loan.supplier_id = self.insurer
        self._refused(loan.action_loan_approve)  # not who sells
        managed.action_loan_approve()
        self._refused(loan.action_loan_refuse)
        self._refused(lambda: loan.write({"loan_amount": 150000}))
        self._refused(lambda: loan.write({"supplier_id": False}))
        loan.write({"loan_amount": 100000, "note": "Granted"})
        loan.action_done()
        self.assertEqual((loan.state, loan.loan_state), ("done", "paid_out"))
        other = self._addon(order, "loan")
        other.action_start()
        other.action_loan_refuse()
        self.assertEqual((other.state, other.loan_state), ("cancelled", "refused"))

    def test_a_loan_is_not_more_than_the_contract(self):
        order = self._order()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._addon(order, "loan", loan_amount=90000000)
        loan = self._addon(order, "loan", loan_amount=order.amount_total)
        loan.action_start()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            loan.loan_amount += 1
        order.sudo().order_line[:1].price_unit -= 50000
        loan.supplier_id = self.insurer
        managed = loan.with_user(self.manager)
        self._refused(managed.action_loan_approve)
        loan.loan_amount = order.amount_total
        managed.action_loan_approve()
        self.assertEqual(loan.loan_state, "approved")

    def test_bad_input(self):
        order = self._order()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._addon(order, vehicle_id=self._receive().id)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._addon(order, product_id=self.product.id)
        for values in (
            {"amount": -1},
            {"loan_months": 999},
            {
                "date_planned_start": "2026-01-02 10:00:00",
                "date_planned_end": "2026-01-02 09:00:00",
            },
        ):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self._addon(order, **values)
        forged = self._addon(order, state="done", loan_state="approved")
        self.assertEqual((forged.state, forged.loan_state), ("draft", False))
        order.action_cancel()
        self.assertEqual(forged.state, "cancelled")
        self._refused(lambda: self._addon(order))

    def test_only_on_ones_own_contract(self):
        order = self._order(user=self.manager)
        order.sudo().user_id = self.manager
        with self.assertRaises(AccessError):
            self._addon(order)

    def test_cross_selling(self):
        order = self._order()
        self._addon(order)
        self._addon(order, "commercial")
        order.action_confirm()
        plain = self._order()
        plain.action_confirm()
        self.env.flush_all()
        report = self.env["auto.cross.sell.report"].with_user(self.consultant)
        rows = report.search([("order_id", "in", (order | plain).ids)])
        self.assertEqual(rows.mapped("addon_count"), [0, 2])
        self.assertEqual(rows[1].insurance_rate, 100)
        [(rate,)] = report._read_group(
            [("id", "in", rows.ids)], [], ["insurance_rate:avg"]
        )
        self.assertEqual(rate, 50)
        other = self.env["auto.cross.sell.report"].with_user(
            self.users["consultant", 2]
        )
        self.assertFalse(other.search([("order_id", "=", order.id)]))

    def test_what_it_brings_is_for_who_runs_the_store(self):
        order = self._order()
        addon = self._addon(order, "commercial", amount=5000)
        addon.sudo().cost = 1000
        order.action_confirm()
        self.env.flush_all()
        row = self.env["auto.cross.sell.report"].search([("order_id", "=", order.id)])
        secrets = (
            (addon, "cost"),
            (addon, "commission"),
            (addon, "margin"),
            (addon.kind_id, "commission_rate"),
            (row, "commission"),
            (row, "margin"),
        )
        for record, name in secrets:
            for user in (self.consultant, self.users["adviser", 1]):
                with self.assertRaises(AccessError):
                    record.with_user(user).read([name])
                with self.assertRaises(AccessError):
                    record.with_user(user).search([(name, ">", 0)])
            for user in (self.manager, self.users["store_manager", 1]):
                self.assertTrue(record.with_user(user).read([name])[0][name])
        # What the consultant changes is reckoned all the same.
        addon.amount = 6000
        self.assertEqual(addon.sudo().commission, 900)
        for view in ("form", "list", "pivot"):
            arch = addon.with_user(self.consultant).get_view(view_type=view)["arch"]
            self.assertNotIn('name="margin"', arch)

    def test_customer_360(self):
        order = self._order()
        self._addon(order)
        order.action_confirm()
        partner = self.partners[0].with_user(self.consultant)
        tiles = {tile["key"]: tile["count"] for tile in partner._auto_360_counters()}
        self.assertEqual(tiles["contracts"], 1)
        self.assertEqual(tiles["addons"], 1)
        self.assertEqual(tiles["addon_loans"], 0)


@tagged("post_install", "-at_install")
class TestSaleAddonRights(MatrixCase):
    def test_matrix(self):
        self.check_matrix(
            "auto.sale.addon",
            """
            consultant: CRUD own
            sales_manager: CRUD st
            store_manager: CRUD st
            head_office: CRUD all
            adviser: R st
            auditor: R all
            """,
            self._make,
        )

    def _make(self, store, user):
        partner = self.env["res.partner"].create(
            {"name": "Buyer", "store_ids": [(6, 0, store.ids)]}
        )
        order = (
            self.env["sale.order"]
            .with_company(store)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": store.id,
                    "user_id": user.id,
                }
            )
        )
        addon = self.env["auto.sale.addon"].create(
            {
                "order_id": order.id,
                "user_id": user.id,
                "kind_id": self.env.ref("auto_crm_sale.addon_kind_loan").id,
            }
        )
        return addon, None
