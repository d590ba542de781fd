from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common_handover import HandoverCase


@tagged("post_install", "-at_install")
class TestHandover(HandoverCase):
    def test_the_whole_handover(self):
        handover = self._handover()
        self.assertEqual(handover.vehicle_id, self.vehicle)
        self.assertEqual(
            sorted(handover.checklist_ids.mapped("kind")), ["delivery", "handover"]
        )
        with self.assertRaisesRegex(UserError, "has not signed"), self.cr.savepoint():
            handover.action_finish()
        self.assertEqual(self.vehicle.supply_state, "in_stock")
        self._prepare(handover)
        self.assertTrue(handover.customer_signed_on)
        handover.action_finish()
        vehicle, today = self.vehicle, fields.Date.context_today(handover)
        self.assertEqual(handover.state, "done")
        self.assertEqual(self.order.picking_ids.state, "done")
        self.assertEqual(vehicle.sale_state, "delivered")
        self.assertEqual(vehicle.owner_id, self.partners[0])
        self.assertEqual(vehicle.delivery_date, today)
        self.assertEqual(vehicle.odometer, 12)
        self.assertEqual(vehicle.warranty_end_date, today + relativedelta(months=36))
        self.assertEqual(vehicle.next_service_date, today + relativedelta(months=6))
        self.assertEqual(vehicle.next_service_odometer, 5000)
        self.assertIn("handover", vehicle.event_ids.mapped("kind"))
        self.assertTrue(self.lead.stage_id.is_won)
        self.assertEqual(set(handover.checklist_ids.mapped("state")), {"passed"})
        with self.assertRaises(UserError), self.cr.savepoint():
            handover.odometer = 13
        with self.assertRaises(UserError), self.cr.savepoint():
            handover.action_finish()
        with self.assertRaises(UserError), self.cr.savepoint():
            handover.action_cancel()

    def test_terms_begin_with_the_handover(self):
        handover = self._handover(
            date_planned=fields.Datetime.add(fields.Datetime.now(), days=9)
        )
        today = fields.Date.context_today(handover)
        service = today + relativedelta(days=100)
        handover.next_service_date = service  # as agreed with the customer
        self._prepare(handover)
        handover.action_finish()
        self.assertEqual(
            self.vehicle.warranty_end_date, today + relativedelta(months=36)
        )
        self.assertEqual(self.vehicle.next_service_date, service)

    def test_delivered_contract_stays(self):
        order = self.order.with_user(self.consultant)
        self.assertFalse(order.is_car_delivered)
        handover = self._handover()
        self._prepare(handover)
        handover.action_finish()
        self.assertTrue(order.is_car_delivered)
        with self.assertRaisesRegex(UserError, "a handover already"):
            self._handover()
        service = self.vehicle.next_service_date + timedelta(days=9)
        self.vehicle.next_service_date = service  # agreed anew since
        for step in (
            order.action_cancel,
            self.order._action_cancel,
            lambda: order.write({"state": "draft"}),
        ):
            with self.assertRaisesRegex(UserError, "returned"), self.cr.savepoint():
                step()
        self.assertEqual(order.state, "sale")
        picking = self.order.picking_ids
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return()
        if not back.move_ids.move_line_ids.lot_id:
            back.move_ids.move_line_ids.lot_id = self.vehicle.lot_id
        back.move_ids.picked = True
        back.with_context(skip_sms=True).button_validate()
        self.assertEqual(back.state, "done")
        self.assertFalse(order.is_car_delivered)
        self.assertFalse(self.vehicle.warranty_end_date)
        self.assertFalse(self.vehicle.next_service_odometer)
        self.assertEqual(self.vehicle.next_service_date, service)
        order.action_cancel()
        self.assertEqual(order.state, "cancel")

    def test_a_colleague_prints_it(self):
        handover = self._handover()
        colleague = self._new_user(
            "consultant", "test_consultant_1b", self.store, self.store
        )
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(colleague)
            ._render_qweb_html("auto_crm_sale.report_handover_sheets", handover.ids)
        )
        self.assertIn(self.order.name, html.decode())

    def test_signed_inspection_stays(self):
        handover = self._handover()
        self._prepare(handover)
        handover.action_finish()
        with self.assertRaisesRegex(UserError, "signed"), self.cr.savepoint():
            handover.checklist_ids[0].action_reopen()
        self.assertEqual(set(handover.checklist_ids.mapped("state")), {"passed"})

    def test_follow_ups_start(self):
        handover = self._handover()
        self._prepare(handover)
        handover.action_finish()
        rule = self.env.ref("auto_crm_sale.followup_rule_handover_3_days")
        self.env.flush_all()
        rule.invalidate_recordset()
        later = self.vehicle.delivery_date + timedelta(days=3)
        self.patch(fields.Date, "context_today", lambda *_args: later)
        rule._generate()
        followup = self.env["auto.followup"].search(
            [("rule_id", "=", rule.id), ("vehicle_id", "=", self.vehicle.id)]
        )
        self.assertEqual(followup.partner_id, self.partners[0])
        self.assertEqual(followup.date_due, later)
        followup._done("unhappy", "The seat is dirty")
        self.assertTrue(handover.is_unhappy)
        activity = handover.sudo().activity_ids
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn("The seat is dirty", activity.note)

    def test_model_goes_before_store(self):
        self.model.auto_warranty_months = 60
        self.model.auto_first_service_km = 10000
        handover = self._handover()
        today = fields.Date.context_today(handover)
        self.assertEqual(handover.warranty_end_date, today + relativedelta(months=60))
        self.assertEqual(handover.next_service_odometer, 10000)
        self.assertEqual(handover.next_service_date, today + relativedelta(months=6))

    def test_change_after_signing_asks_again(self):
        handover = self._handover()
        self._prepare(handover)
        handover.remarks = "Without the second key"
        self.assertFalse(handover.customer_signature)
        self.assertFalse(handover.customer_signed_on)
        with self.assertRaisesRegex(UserError, "has not signed"):
            handover.action_finish()

    def test_notice_holds_the_handover(self):
        self.store.auto_notice_required = True
        handover = self._handover()
        self._prepare(handover)
        with self.assertRaisesRegex(UserError, "delivery notice"), self.cr.savepoint():
            handover.action_finish()
        self.assertEqual(handover.state, "planned")
        self.assertEqual(self.vehicle.supply_state, "in_stock")

    def test_car_elsewhere(self):
        handover = self._handover()
        self._prepare(handover)
        shelf = self.env["stock.location"].create(
            {
                "name": "Far away",
                "usage": "internal",
                "company_id": self.store.id,
                "location_id": self.warehouses[1].view_location_id.id,
            }
        )
        self.order.picking_ids.do_unreserve()
        self._move(self._stock(), shelf, self.vehicle.vin)
        with self.assertRaisesRegex(UserError, "not ready in stock"):
            handover.action_finish()

    def test_stock_was_first(self):
        picking = self.order.picking_ids
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
        handover = self._handover(vehicle_id=self.vehicle.id)
        self._prepare(handover)
        handover.action_finish()
        self.assertEqual(handover.state, "done")
        self.assertEqual(self.vehicle.odometer, 12)

    def test_two_cars_one_after_the_other(self):
        vehicle, second = self._receive(), self._receive()
        order = self._contract(vehicle, self.partners[0])
        order.order_line.copy(
            {"order_id": order.id, "vehicle_id": second.id, "price_unit": 150000}
        )
        order.action_confirm()
        first = self._handover(order)
        other = self._handover(order)
        self.assertEqual((first | other).vehicle_id, vehicle | second)
        self._prepare(other)
        other.action_finish()
        self.assertEqual(other.vehicle_id.sale_state, "delivered")
        self.assertEqual(first.vehicle_id.sale_state, "sold")
        self._prepare(first)
        first.action_finish()
        self.assertEqual(first.vehicle_id.sale_state, "delivered")

    def test_bad_input(self):
        other = self._receive()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._handover(vehicle_id=other.id)
        handover = self._handover()
        for vals in ({"state": "done"}, {"is_unhappy": True}):
            with self.assertRaises(UserError), self.cr.savepoint():
                handover.write(vals)
        handover.checklist_ids.line_ids[0].result = "ok"
        with self.assertRaises(UserError), self.cr.savepoint():
            handover.vehicle_id = other
        self.order._action_cancel()
        self.assertEqual(handover.state, "cancelled")

    def test_days_that_make_no_sense(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._handover(date_planned="2020-01-01 08:00:00")
        handover = self._handover()
        today = fields.Date.context_today(handover)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            handover.date_planned = "2020-01-01 08:00:00"
        for name in (
            "warranty_end_date",
            "next_service_date",
            "insurance_end_date",
            "inspection_due_date",
        ):
            for day in (today, "2020-01-01"):
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    handover[name] = day
            handover[name] = today + timedelta(days=200)

    def test_rights(self):
        handover = self._handover()
        self.assertEqual(handover.with_user(self.users["adviser", 1]).state, "planned")
        with self.assertRaises(AccessError):
            handover.with_user(self.users["sales_manager", 2]).read(["name"])
        with self.assertRaises(AccessError), self.cr.savepoint():
            handover.with_user(self.users["auditor"]).odometer = 3
        with self.assertRaises(AccessError), self.cr.savepoint():
            handover.with_user(self.users["adviser", 1]).action_finish()

    def test_open_insurance_is_told(self):
        """Who hands the car over sees that it is not insured yet."""
        handover = self._handover()
        self.assertFalse(handover.unfinished_addons)
        kind = self.env["auto.sale.addon.kind"].search(
            [("category", "=", "insurance")], limit=1
        )
        addon = self.env["auto.sale.addon"].create(
            {"order_id": self.order.id, "kind_id": kind.id}
        )
        self.assertEqual(handover.unfinished_addons, kind.name)
        addon.action_cancel()
        self.assertFalse(handover.unfinished_addons)

    def test_print(self):
        self.partners[0].email = "buyer@example.com"
        handover = self._handover()
        self._prepare(handover)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "auto_crm_sale.report_handover", handover.ids
        )
        self.assertIn(self.vehicle.vin, html.decode())
        self.assertIn("data:image", html.decode())
        self.assertIn("buyer@example.com", html.decode())

    def test_stock_by_age(self):
        self.store.write({"auto_aged_days": 90, "auto_markdown_percent": 1})
        self.product.list_price = 100000
        aged = self._receive()
        aged._write_from_stock(
            {"stock_date": fields.Datetime.now() - timedelta(days=125)}
        )
        self.env.flush_all()
        ages = self.env["auto.stock.age"].with_user(self.manager)
        row = ages.browse(aged.id)
        self.assertTrue(row.is_aged)
        self.assertEqual(row.age_band, "4")
        self.assertEqual((row.markdown_percent, row.markdown_price), (2, 98000))
        fresh = ages.browse(self.vehicle.id)
        self.assertEqual((fresh.is_aged, fresh.markdown_price), (False, 100000))
        other = ages.with_user(self.users["sales_manager", 2])
        self.assertFalse(other.search([("id", "=", aged.id)]))
